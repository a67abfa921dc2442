import type { ConfigurationProblem } from '../configuration-error.js';
import { HEADER_NAMES, type NameList, type ReadNames, readNames } from './name-lists.js';

/** Names that no page can read (Fetch, "forbidden response-header name"). */
const FORBIDDEN_RESPONSE_HEADERS: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2']);

/** Request headers of the protocol (Fetch, "CORS protocol", "HTTP requests"). */
function isProtocolRequestHeader(name: string): boolean {
  return name === 'origin' || name.startsWith('access-control-request-');
}

/** The `exposedHeaders` option as the policy holds it, with everything that is wrong about it. */
export function readExposedHeaders(value: unknown): ReadNames {
  const check: NameList['check'] = (name) => {
    const lower = name.toLowerCase();
    const message = isProtocolRequestHeader(lower)
      ? `"${name}" is a header of requests, and exposedHeaders names those of answers.`
      : `No page can read the response header "${name}".`;
    if (isProtocolRequestHeader(lower)) {
      return {
        code: 'misplaced-header-name',
        message,
        hint: 'Remove it: browsers send it by themselves.',
      };
    }
    return FORBIDDEN_RESPONSE_HEADERS.has(lower)
      ? { code: 'forbidden-header-name', message, hint: 'Remove it.' }
      : undefined;
  };
  return readNames(value, { ...HEADER_NAMES, option: 'exposedHeaders', check });
}

/** With credentials, browsers take `*` for a header of that name (Fetch, "CORS protocol and credentials"). */
export function checkExposedHeaders(
  exposed: '*' | readonly string[],
  credentials: boolean,
): readonly ConfigurationProblem[] {
  return credentials && exposed === '*'
    ? [
        {
          code: 'wildcard-exposed-headers-with-credentials',
          value: '*',
          message: 'With credentials, browsers take "*" for a header that is called "*".',
          hint: 'List the response headers that pages need to read.',
        },
      ]
    : [];
}
