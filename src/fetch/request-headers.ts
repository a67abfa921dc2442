export type HeaderList = readonly (readonly [name: string, value: string])[];

const FORBIDDEN = new Set([
  ...['accept-charset', 'accept-encoding', 'access-control-request-headers'],
  ...['access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2', 'date'],
  ...['dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'via'],
]);

/** Fetch, "forbidden request-header": `fetch()` drops them without a word. */
export function isForbiddenRequestHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return FORBIDDEN.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-');
}

/** Fetch, "CORS-unsafe request-header byte". */
const UNSAFE_BYTE = /[^\t\u0020-\u00ff]|["():<>?@[\\\]{}\u007f]/;

const SAFELISTED_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Fetch, "CORS-safelisted request-header". */
export function isSafelistedRequestHeader(name: string, value: string): boolean {
  if (value.length > 128) return false;
  switch (name.toLowerCase()) {
    case 'accept':
      return !UNSAFE_BYTE.test(value);
    case 'accept-language':
    case 'content-language':
      return /^[0-9A-Za-z *,\-.;=]*$/.test(value);
    case 'content-type':
      return !UNSAFE_BYTE.test(value) && SAFELISTED_TYPES.includes(essenceOf(value));
    case 'range':
      return /^bytes=\d+-\d*$/.test(value);
    default:
      return false;
  }
}

/** Fetch, "no-CORS-safelisted request-header": all that a `no-cors` request may carry. */
export function isNoCorsSafelisted(name: string, value: string): boolean {
  return name.toLowerCase() !== 'range' && isSafelistedRequestHeader(name, value);
}

/** MIME Sniffing, "essence", as far as the values that are used here need it. */
function essenceOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

/** Fetch, "CORS-unsafe request-header names": lower-case and sorted. */
export function unsafeRequestHeaderNames(headers: HeaderList): string[] {
  const unsafe = new Set<string>();
  const potentiallyUnsafe: string[] = [];
  let safelistedLength = 0;
  for (const [name, value] of headers) {
    if (isSafelistedRequestHeader(name, value)) {
      potentiallyUnsafe.push(name.toLowerCase());
      safelistedLength += value.length;
    } else {
      unsafe.add(name.toLowerCase());
    }
  }
  if (safelistedLength > 1024) for (const name of potentiallyUnsafe) unsafe.add(name);
  return [...unsafe].sort();
}
