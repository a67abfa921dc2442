import { copiedQuestion, type Header } from './copied-request.js';
import { isLiteralObject, type Literal, type LiteralObject, LiteralReader } from './literal.js';
import type { PastedQuestion } from './paste-reading.js';

/** Where a call of `fetch()` begins, as code or developer tools write it. */
const CALL = /\bfetch\s{0,20}\(/;

/** The first `fetch(…)` in the text whose URL is written out; `undefined` where there is none. */
export function readFetchCall(text: string): PastedQuestion | undefined {
  const call = CALL.exec(text);
  if (call === null) return undefined;
  const [url, ...more] = new LiteralReader(text, call.index + call[0].length).list();
  if (typeof url !== 'string' || url === '') return undefined;
  const [init] = more;
  // Nothing is known of a variable.
  const given: LiteralObject = isLiteralObject(init)
    ? init
    : more.length === 0
      ? {}
      : { '...': undefined };
  const written = (name: string) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const isUnread = (name: string) => Object.hasOwn(given, name) || Object.hasOwn(given, '...');
  const known = Object.hasOwn(given, 'headers') ? headersOf(given['headers']) : undefined;
  const headers = known ?? [];
  const unread = FIELDS.filter(
    (name) => isUnread(name) && (name === 'headers' ? known : written(name)) === undefined,
  );
  // No page sets a cookie: what has one was copied for a client that has no credentials mode.
  const hasCookie = headers.some(([name]) => name.toLowerCase() === 'cookie');
  return copiedQuestion({
    from: 'a call of fetch()',
    url,
    method: written('method'),
    headers,
    referrer: written('referrer'),
    credentials: written('credentials') ?? (hasCookie ? undefined : 'same-origin'),
    mode: written('mode') ?? 'cors',
    untold: unread,
    remarks: unread.length === 0 ? [] : [`Not written out, and so not read: ${unread.join(', ')}.`],
  });
}

const FIELDS = ['method', 'headers', 'credentials', 'mode'] as const;

/** An object, or a list of pairs; `undefined` where a name is not written out. */
function headersOf(value: Literal): readonly Header[] | undefined {
  const pairs: unknown = isLiteralObject(value) ? Object.entries(value) : value;
  if (!Array.isArray(pairs)) return undefined;
  const headers: Header[] = [];
  for (const pair of pairs as readonly Literal[]) {
    const [name, text] = Array.isArray(pair) ? (pair as readonly Literal[]) : [];
    if (typeof name !== 'string' || name === '...') return undefined;
    headers.push([name, typeof text === 'string' ? text : '']);
  }
  return headers;
}
