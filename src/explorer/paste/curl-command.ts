import { copiedQuestion, type Header } from './copied-request.js';
import type { PastedQuestion } from './paste-reading.js';
import { shellWords } from './shell-words.js';

/** curl's options that say something of the request, by what their value is. */
const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ X: 'request', H: 'header', b: 'cookie', d: 'data', F: 'form', u: 'user' },
    ...{ e: 'referer', T: 'upload', r: 'range' },
  }),
);

const LONG: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ request: 'request', header: 'header', cookie: 'cookie', user: 'user', url: 'url' },
    ...{ data: 'data', 'data-raw': 'data', 'data-binary': 'data', 'data-ascii': 'data' },
    ...{ 'data-urlencode': 'data', form: 'form', 'form-string': 'form', json: 'json' },
    ...{ referer: 'referer', 'upload-file': 'upload', range: 'range', 'oauth2-bearer': 'bearer' },
  }),
);

/** Those whose value says nothing of the request, and is passed over with them. */
const OTHER_SHORT = 'AoxmEwUcDKCYyztQP';
const OTHER_LONG = new Set(
  'user-agent output proxy max-time connect-timeout cacert cert key write-out resolve connect-to cookie-jar ciphers retry interface proxy-user config max-redirs'.split(
    ' ',
  ),
);

interface Curl {
  url?: string;
  method?: string;
  readonly headers: Header[];
  /** The content type that a body brings along. */
  bodyType?: string;
  isHead: boolean;
  isGet: boolean;
}

/** A request as `curl` sends it; `undefined` where no URL is given. */
export function readCurl(text: string): PastedQuestion | undefined {
  const [, ...words] = shellWords(text);
  const curl: Curl = { headers: [], isHead: false, isGet: false };
  const left = [...words].reverse();
  for (let word = left.pop(); word !== undefined; word = left.pop()) {
    if (word.startsWith('--')) readLong(curl, word.slice(2), left);
    else if (word.startsWith('-')) readShort(curl, word, left);
    else takeUrl(curl, word);
  }
  const { url, bodyType, headers, isHead, isGet } = curl;
  if (url === undefined) return undefined;
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const hasBody = bodyType !== undefined && !isGet;
  return copiedQuestion({
    from: 'a request copied as cURL',
    url,
    method: curl.method ?? (isHead ? 'HEAD' : hasBody ? 'POST' : 'GET'),
    headers: hasBody && !hasType ? [...headers, ['content-type', bodyType]] : headers,
  });
}

function takeUrl(curl: Curl, word: string): void {
  const isUrl = /^https?:\/\//i.test(word);
  // Only the copy of a browser is sure to name the scheme.
  if (curl.url === undefined && (isUrl || /^[\w.-]{1,253}(?:[:/?#]|$)/.test(word))) {
    curl.url = isUrl ? word : `http://${word}`;
  }
}

function readLong(curl: Curl, name: string, left: string[]): void {
  const what = LONG.get(name);
  if (what !== undefined) apply(curl, what, left.pop() ?? '');
  else if (OTHER_LONG.has(name)) left.pop();
  else if (name === 'head') curl.isHead = true;
  else if (name === 'get') curl.isGet = true;
}

/** Several may share a dash, and the value of the last one may follow at once: `-sXPUT`. */
function readShort(curl: Curl, word: string, left: string[]): void {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const what = SHORT.get(letter);
    if (what !== undefined || OTHER_SHORT.includes(letter)) {
      const value = word.slice(at + 1) || (left.pop() ?? '');
      if (what !== undefined) apply(curl, what, value);
      return;
    }
    if (letter === 'I') curl.isHead = true;
    if (letter === 'G') curl.isGet = true;
  }
}

function apply(curl: Curl, what: string, value: string): void {
  switch (what) {
    case 'url':
      takeUrl(curl, value);
      break;
    case 'request':
      if (value !== '') curl.method = value;
      break;
    case 'header': {
      // `X-Empty;` is how curl writes a header without a value.
      const end = value.search(/[:;]/);
      if (end > 0) curl.headers.push([value.slice(0, end).trim(), value.slice(end + 1).trim()]);
      break;
    }
    case 'cookie':
    case 'referer':
    case 'range':
      curl.headers.push([what, what === 'range' ? `bytes=${value}` : value]);
      break;
    case 'user':
    case 'bearer':
      curl.headers.push(['authorization', '']);
      break;
    case 'data':
      curl.bodyType ??= 'application/x-www-form-urlencoded';
      break;
    case 'form':
      curl.bodyType ??= 'multipart/form-data';
      break;
    case 'json':
      curl.bodyType ??= 'application/json';
      break;
    case 'upload':
      curl.method ??= 'PUT';
      break;
  }
}
