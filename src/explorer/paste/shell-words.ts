/**
 * The words of a command as a shell reads them, as far as developer tools write them: bash, or Windows' cmd where a
 * `^` stands before a quote or at the end of a line. Nothing is expanded.
 */
export function shellWords(command: string): readonly string[] {
  return /\^["\r\n]/.test(command) ? windowsWords(uncaret(command)) : bashWords(command);
}

/** A caret takes the next character as it is; with the end of the line it is nothing. */
function uncaret(command: string): string {
  return command.replace(/\^(\r?\n|[^])/g, (_, next: string) => (/[\r\n]/.test(next) ? '' : next));
}

const SPACE = /\s/;

/** The rules of Microsoft's C runtime: `\"` and `""` within quotes are a quote. */
function windowsWords(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < command.length; at += 1) {
    const character = command.charAt(at);
    const next = command.charAt(at + 1);
    if (character === '\\' && next === '"') {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (character === '\\' && next === '\\' && isQuoted) {
      word = `${word ?? ''}\\`;
      at += 1;
    } else if (character === '"' && isQuoted && next === '"') {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (character === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (SPACE.test(character) && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** POSIX, "Shell Command Language", 2.2 "Quoting", and bash's `$'…'`. */
function bashWords(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < command.length) {
    const character = command.charAt(at);
    const rest = character === '$' && command.charAt(at + 1) === "'" ? "$'" : character;
    if (rest === "'" || rest === '"' || rest === "$'") {
      const { text, end } = quoted(command, at + rest.length, rest);
      word = (word ?? '') + text;
      at = end;
    } else if (character === '\\') {
      const next = /^\r?\n/.exec(command.slice(at + 1, at + 3))?.[0];
      if (next === undefined) word = (word ?? '') + command.charAt(at + 1);
      at += 1 + (next ?? ' ').length;
    } else if (SPACE.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else {
      word = (word ?? '') + character;
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function quoted(command: string, start: number, open: string): { text: string; end: number } {
  const close = open === '"' ? '"' : "'";
  let text = '';
  let at = start;
  while (at < command.length && command.charAt(at) !== close) {
    const character = command.charAt(at);
    if (character !== '\\' || open === "'") {
      text += character;
      at += 1;
    } else if (open === '"') {
      const next = command.charAt(at + 1);
      text += '$`"\\'.includes(next) ? next : next === '\n' ? '' : `\\${next}`;
      at += 2;
    } else {
      const escape = ESCAPE.exec(command.slice(at + 1, at + 10))?.[0] ?? '';
      text += unescaped(escape);
      at += 1 + escape.length;
    }
  }
  return { text, end: at + 1 };
}

/** bash, "ANSI-C Quoting". */
const ESCAPE = /^(?:x[\da-fA-F]{1,2}|u[\da-fA-F]{1,4}|U[\da-fA-F]{1,8}|[0-7]{1,3}|[^])/;

const ESCAPED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
    ...{ '\\': '\\', "'": "'", '"': '"', '?': '?' },
  }),
);

/** What is no escape stays as it is, its backslash included. */
function unescaped(escape: string): string {
  if (/^[0-7]/.test(escape)) return character(Number.parseInt(escape, 8));
  if (escape.length > 1) return character(Number.parseInt(escape.slice(1), 16));
  return ESCAPED.get(escape) ?? `\\${escape}`;
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
