import { FILE_ORIGIN, isSerializedOrigin } from '../../protocol/origin/origin.js';
import { readOriginPattern } from '../../protocol/origin/origin-pattern.js';
import { isToken } from '../../protocol/policy/name-lists.js';
import type { PageRequest } from '../../fetch/request.js';
import type { PageQuestion } from './cors-explanation.js';
import { quoteShort } from './short-text.js';

/** Stands for a server whose name is not known (RFC 2606, section 2: it is nobody's). */
const UNKNOWN_SERVER = 'https://server.invalid';

/** Bytes that Node reads of the head of a request; it answers longer ones with 431, before anything is asked. */
const LONGEST_HEAD = 16 * 1024;

/** A question that can be asked of the model of Fetch. */
export interface ReadQuestion {
  readonly asked: PageQuestion;
  readonly origin: string;
  readonly request: PageRequest;
  /** Whether the question names the server; a path alone does not. */
  readonly knowsServer: boolean;
}

/** @throws RangeError where no page of a browser could ask so; the message says what to change */
export function readQuestion(asked: PageQuestion): ReadQuestion {
  const { method = 'GET', headers = {}, mode = 'cors', credentials = 'same-origin' } = asked;
  checkOrigin(asked.origin);
  if (!isToken(method)) {
    throw new RangeError(`${quoteShort(method)} is not a method. Write e.g. GET or PUT.`);
  }
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value);
  for (const name of asked.reads ?? []) checkHeader(name, '');
  const knowsServer = !asked.url.startsWith('/');
  const url = readUrl(asked.url);
  const size = url.href.length + JSON.stringify(headers).length + asked.origin.length;
  if (size > LONGEST_HEAD) {
    throw new RangeError(
      `URL and headers have ${String(size)} characters together. Node answers 431 to a request whose head has more than ${String(LONGEST_HEAD)} bytes, before any policy is asked.`,
    );
  }
  return {
    asked,
    origin: asked.origin,
    knowsServer,
    request: {
      url: url.href,
      method,
      headers: Object.entries(headers),
      mode: oneOf('mode', mode, ['cors', 'no-cors', 'same-origin']),
      credentials: oneOf('credentials', credentials, ['omit', 'same-origin', 'include']),
      redirect: 'follow',
      useCorsPreflight: asked.useCorsPreflight ?? false,
    },
  };
}

function checkOrigin(origin: string): void {
  const isOne = !origin.includes('*');
  if (isOne && (isSerializedOrigin(origin) || origin === FILE_ORIGIN)) return;
  const read = readOriginPattern(origin.length > 512 ? '' : origin);
  const hint = 'problem' in read ? read.problem.hint : 'A page has one origin, not a pattern.';
  throw new RangeError(
    `${quoteShort(origin)} is not the origin of a page as browsers send it. ${hint.slice(0, 300)}`,
  );
}

function checkHeader(name: string, value: string): void {
  if (!isToken(name)) {
    throw new RangeError(`${quoteShort(name)} is not a header name. Write e.g. x-trace-id.`);
  }
  // Fetch, "header value": bytes, without these, and without white space around them.
  if (/[\0\r\n]|[^\0-\xff]/.test(value)) {
    throw new RangeError(`The value of ${quoteShort(name)} cannot be sent in a header.`);
  }
}

function readUrl(text: string): URL {
  if (text.startsWith('/') && !/^\/[/\\]/.test(text)) {
    if (URL.canParse(text, UNKNOWN_SERVER)) return new URL(text, UNKNOWN_SERVER);
  } else if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      throw new RangeError('fetch() takes no URL with a user name or password. Leave them out.');
    }
    url.hash = '';
    return url;
  }
  throw new RangeError(
    `${quoteShort(text)} is not a URL that a page could fetch here. Write e.g. https://api.example.com/books/1, or the path /books/1.`,
  );
}

function oneOf<Value extends string>(name: string, value: Value, known: readonly Value[]): Value {
  if (known.includes(value)) return value;
  throw new RangeError(`${name} is ${quoteShort(value)}. It has to be ${known.join(', ')}.`);
}

/** How the server is called. */
export function serverName({ request, knowsServer }: ReadQuestion): string {
  return knowsServer ? new URL(request.url).origin : 'the server';
}

/** The URL as it was asked. */
export function shownUrl({ request, knowsServer }: ReadQuestion): string {
  return knowsServer ? request.url : request.url.slice(UNKNOWN_SERVER.length);
}
