import type { ConfigurationProblem } from '../configuration-error.js';
import { readHeaderNames } from './request-headers.js';

/** Names that no page can read (Fetch, "forbidden response-header name"). */
const FORBIDDEN_RESPONSE_HEADERS: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2']);

/** Request headers of the protocol (Fetch, "CORS protocol", "HTTP requests"). */
function isProtocolRequestHeader(name: string): boolean {
  return name === 'origin' || name.startsWith('access-control-request-');
}

/** The `exposedHeaders` option as the policy holds it, with everything that is wrong about it. */
export function readExposedHeaders(value: unknown): {
  value?: '*' | readonly string[];
  problems: readonly ConfigurationProblem[];
} {
  return readHeaderNames(value, 'exposedHeaders', (name) => {
    if (isProtocolRequestHeader(name.toLowerCase())) {
      return {
        code: 'misplaced-header-name',
        message: `"${name}" is a header of requests, and exposedHeaders names those of answers.`,
        hint: 'Remove it: browsers send it by themselves.',
      };
    }
    return FORBIDDEN_RESPONSE_HEADERS.has(name.toLowerCase())
      ? {
          code: 'forbidden-header-name',
          message: `No page can read the response header "${name}".`,
          hint: 'Remove it.',
        }
      : undefined;
  });
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
