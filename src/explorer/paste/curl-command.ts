import { copiedQuestion, type Header } from './copied-request.js';
import type { PastedQuestion } from './paste-reading.js';
import { shellWords } from './shell-words.js';

/** curl's options that take a value, and what they are to a request; the others that take one are passed over with it. */
const SHORT: Readonly<Record<string, string>> = {
  ...{ X: 'request', H: 'header', b: 'cookie', d: 'data', F: 'form', u: 'user', A: 'user-agent' },
  ...{ e: 'referer', o: '', x: '', m: '', E: '', w: '', U: '', T: 'upload', r: 'range', c: '' },
  ...{ D: '', K: '', C: '', Y: '', y: '', z: '', t: '', Q: '', P: '' },
};

const LONG: Readonly<Record<string, string>> = {
  ...{ request: 'request', header: 'header', cookie: 'cookie', user: 'user', url: 'url' },
  ...{ data: 'data', 'data-raw': 'data', 'data-binary': 'data', 'data-ascii': 'data' },
  ...{ 'data-urlencode': 'data', form: 'form', 'form-string': 'form', json: 'json' },
  ...{ 'user-agent': 'user-agent', referer: 'referer', 'upload-file': 'upload', range: 'range' },
  ...{
    output: '',
    proxy: '',
    'max-time': '',
    'connect-timeout': '',
    cacert: '',
    cert: '',
    key: '',
  },
  ...{ 'write-out': '', resolve: '', 'connect-to': '', 'cookie-jar': '', ciphers: '', retry: '' },
  ...{ interface: '', 'proxy-user': '', config: '', 'max-redirs': '', 'oauth2-bearer': 'bearer' },
};

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
  const [, ...words] = shellWords(text.trim());
  const curl: Curl = { headers: [], isHead: false, isGet: false };
  const left = [...words].reverse();
  for (let word = left.pop(); word !== undefined; word = left.pop()) {
    if (word.startsWith('--')) readLong(curl, word.slice(2), left);
    else if (word.startsWith('-') && word.length > 1) readShort(curl, word.slice(1), left);
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
    headers:
      hasBody && !hasType && bodyType !== '' ? [...headers, ['content-type', bodyType]] : headers,
  });
}

function takeUrl(curl: Curl, word: string): void {
  const isUrl = /^https?:\/\//i.test(word);
  // Only the copy of a browser is sure to name the scheme.
  if (curl.url === undefined && (isUrl || /^[\w.-]{1,253}(?:[:/]|$)/.test(word))) {
    curl.url = isUrl ? word : `http://${word}`;
  }
}

function readLong(curl: Curl, name: string, left: string[]): void {
  if (Object.hasOwn(LONG, name)) apply(curl, LONG[name] ?? '', left.pop() ?? '');
  else if (name === 'head') curl.isHead = true;
  else if (name === 'get') curl.isGet = true;
}

/** Several may share a dash, and the value of the last one may follow at once: `-sXPUT`. */
function readShort(curl: Curl, letters: string, left: string[]): void {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters.charAt(at);
    if (Object.hasOwn(SHORT, letter)) {
      const value = letters.slice(at + 1);
      apply(curl, SHORT[letter] ?? '', value === '' ? (left.pop() ?? '') : value);
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
      curl.method = value;
      break;
    case 'header': {
      // `X-Empty;` is how curl writes a header without a value.
      const match = /^([^:;]{1,200})[:;]/.exec(value);
      if (match !== null) {
        curl.headers.push([match[1]?.trim() ?? '', value.slice(match[0].length).trim()]);
      }
      break;
    }
    case 'cookie':
    case 'user-agent':
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
