import { copiedQuestion, type Header } from './copied-request.js';
import { isLiteralObject, type Literal, LiteralReader } from './literal.js';
import type { PastedQuestion } from './paste-reading.js';

/** Where a call of `fetch()` begins, as code or developer tools write it. */
const CALL = /\bfetch\s{0,20}\(/;

/** The first `fetch(…)` in the text whose URL is written out; `undefined` where there is none. */
export function readFetchCall(text: string): PastedQuestion | undefined {
  const call = CALL.exec(text);
  if (call === null) return undefined;
  const [url, init] = new LiteralReader(text, call.index + call[0].length).list(')');
  if (typeof url !== 'string' || url === '') return undefined;
  const given = isLiteralObject(init) ? init : {};
  const named = (name: string) => (Object.hasOwn(given, name) ? given[name] : undefined);
  const written = (name: string) => {
    const value = named(name);
    return typeof value === 'string' ? value : undefined;
  };
  const isUnread = (name: string) =>
    written(name) === undefined && (Object.hasOwn(given, name) || Object.hasOwn(given, '...'));
  const unread = FIELDS.filter((name) =>
    name === 'headers' ? isUnread(name) && named(name) === undefined : isUnread(name),
  );
  const headers = headersOf(named('headers'));
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

/** An object, or a list of pairs. */
function headersOf(value: Literal): readonly Header[] {
  const pairs: readonly (readonly [Literal, Literal])[] = isLiteralObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? (value as readonly Literal[]).map((pair) => {
          const [name, text] = Array.isArray(pair) ? (pair as readonly Literal[]) : [];
          return [name, text];
        })
      : [];
  return pairs.flatMap(([name, text]) =>
    typeof name === 'string' ? [[name, typeof text === 'string' ? text : '']] : [],
  );
}
