const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 6265bis, section 5.1.1: milliseconds since 1970; `undefined` for what is no date. */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(/[\t\x20-/;-@[-`{-~]+/)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (time === null && clock !== null) time = clock;
    else if (day === undefined && /^\d{1,2}(?:\D|$)/.test(token)) day = parseInt(token, 10);
    else if (month === undefined && named >= 0) month = named;
    else if (year === undefined && /^\d{2,4}(?:\D|$)/.test(token)) year = fullYear(token);
  }
  if (time === null || day === undefined || month === undefined || year === undefined) {
    return undefined;
  }
  const [hour = 0, minute = 0, second = 0] = time.slice(1).map(Number);
  if (day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  const date = Date.UTC(year, month, day, hour, minute, second);
  // The 31st of February is no day.
  return new Date(date).getUTCDate() === day ? date : undefined;
}

function fullYear(token: string): number {
  const year = parseInt(token, 10);
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
