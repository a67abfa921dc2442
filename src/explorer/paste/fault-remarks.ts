import type { PastedFault } from './paste-reading.js';
import type { Said } from './said.js';

/** What to know of a fault where a policy neither causes nor cures it. */
const BEYOND_CORS: Readonly<Partial<Record<PastedFault, string>>> = {
  'redirect-with-user':
    'The server redirects to a URL with a user name or password, which no page may follow to another origin.',
  'not-http':
    'Only http: and https: can be fetched so. Write the whole URL with its scheme, e.g. http://localhost:3000/books.',
  'user-in-url': 'fetch() takes no URL with a user name or password. Leave them out.',
  network:
    'The browser got no answer at all: nobody listens there, the connection broke, a certificate is not trusted, or an extension stopped it. No policy was asked; see first whether the URL opens in a tab.',
  'local-network':
    'The browser guards the local network: it asks the user for a permission before a page of the public internet may call such an address. CORS was not asked.',
  'mixed-content':
    'A page of https: may not fetch from http:. Serve the API with https:, too; CORS was not asked.',
  'resource-policy':
    'The answer was kept from a request without CORS, by Cross-Origin-Resource-Policy, Cross-Origin-Embedder-Policy or opaque response blocking.',
  'content-security-policy':
    'The page’s own Content-Security-Policy forbids the request: add the server to its connect-src. CORS was not asked.',
  'preflight-redirected':
    'The preflight was redirected, which is never followed. Call the URL that it redirects to, slash at the end and https: included.',
  'malformed-list':
    'The preflight’s answer has a list of methods or headers that no browser can read, so that something besides this module may have written it.',
  'several-origins':
    'Access-Control-Allow-Origin has several values: often a proxy adds a second one to the application’s.',
  'origin-not-allowed':
    'Safari does not say whether Access-Control-Allow-Origin was missing or named another origin, nor whether it was the preflight’s.',
  blocked: 'The line does not say why the request was refused.',
};

export function faultRemarks({
  fault,
  origin,
  redirectedFrom,
  url,
  preflight,
  method,
  header,
}: Said): readonly string[] {
  const remarks: string[] = [];
  const beyond = BEYOND_CORS[fault];
  if (beyond !== undefined) remarks.push(beyond);
  if (redirectedFrom !== undefined) {
    remarks.push(
      `The request was redirected, and it is the answer of ${url ?? 'the other URL'} that was refused: that server has to allow the origin, too, which is null where the redirect led from one foreign server to another.`,
    );
  }
  if (origin === 'null') {
    remarks.push(
      'The origin is null: that of a sandboxed frame or a file, or what a redirect between two servers leaves of the page’s own.',
    );
  }
  if (preflight === true && method === undefined) {
    remarks.push(
      'There was a preflight, so that the method or a header needs one; the line does not say which.',
    );
  }
  if (header !== undefined) {
    remarks.push('Only the first header that is refused is named; the page may set others.');
  }
  return remarks;
}
