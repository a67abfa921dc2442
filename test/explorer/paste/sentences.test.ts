import { describe, expect, test } from '@jest/globals';
import { readConsole, readForeignLine } from '../../../src/explorer/paste/console-lines.js';
import { SHOP } from '../../harness/origins.js';

const API = 'https://api.example.com/books';
const ACCESS = `Access to fetch at '${API}' from origin '${SHOP}' has been blocked by CORS policy: `;
const MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
const PREFLIGHT = "Response to preflight request doesn't pass access control check: ";
const FIREFOX =
  'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ';

const told = { origin: SHOP, url: API, mode: 'cors' };
const FIREFOX_TOLD = { url: API, mode: 'cors' };
const preflight = { useCorsPreflight: true };

type Row = readonly [line: string, fault: string | undefined, question?: object];

/** Lines as engines print them or printed them, and what they say. */
const CHROMIUM: readonly Row[] = [
  [ACCESS + MISSING, 'no-allow-origin', told],
  [
    `${ACCESS}The 'Access-Control-Allow-Origin' header contains multiple values 'a, b'`,
    'several-origins',
    told,
  ],
  [
    `${ACCESS}The 'Access-Control-Allow-Origin' header contains the invalid value 'shop'.`,
    'other-origin',
    told,
  ],
  [
    `${ACCESS}The 'Access-Control-Allow-Origin' header has a value 'https://a.example'`,
    'other-origin',
    told,
  ],
  [
    `${ACCESS}The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*'`,
    'wildcard-with-credentials',
    { ...told, credentials: 'include' },
  ],
  [
    `${ACCESS}The value of the 'Access-Control-Allow-Credentials' header in the response is ''`,
    'credentials-not-allowed',
    { ...told, credentials: 'include' },
  ],
  [
    `${ACCESS}${PREFLIGHT}It does not have HTTP ok status.`,
    'no-ok-status',
    { ...told, ...preflight },
  ],
  [
    `${ACCESS}${PREFLIGHT}Redirect is not allowed for a preflight request.`,
    'preflight-redirected',
    { ...told, ...preflight },
  ],
  [
    `${ACCESS}Cannot parse Access-Control-Allow-Methods response header field in preflight response.`,
    'malformed-list',
    { ...told, ...preflight },
  ],
  [
    `${ACCESS}Redirect location 'https://a:b@c.example' contains a username and password`,
    'redirect-with-user',
    told,
  ],
  [
    `${ACCESS}Cross origin requests are only supported for protocol schemes: http`,
    'not-http',
    told,
  ],
  [`${ACCESS}Cross origin requests are not allowed by request mode.`, 'same-origin-mode', told],
  [
    `${ACCESS}Permission was denied for this request to access the loopback address space.`,
    'local-network',
    told,
  ],
  [
    `${ACCESS}The request client is not a secure context and the resource is in more-private`,
    'local-network',
    told,
  ],
  [`${ACCESS}Request had a target IP address space of local`, 'local-network', told],
  [`${ACCESS}Request had no target IP address space`, 'local-network', told],
  [`${ACCESS}Something that nobody has written yet.`, 'blocked', told],
  [
    `${ACCESS}Method PUT is not allowed by Access-Control-Allow-Methods`,
    'method-not-listed',
    { ...told, method: 'PUT' },
  ],
  [
    `${ACCESS}Request header field X-A is not allowed by Access-Control-Allow-Headers`,
    'header-not-listed',
    { ...told, headers: { 'x-a': '' } },
  ],
  [
    `Access to fetch at 'https://b.example/' (redirected from '${API}') from origin '${SHOP}' has been blocked by CORS policy: ${MISSING}`,
    'no-allow-origin',
    told,
  ],
  [
    `Access to fetch at '${API}' from origin '' has been blocked by CORS policy: ${MISSING}`,
    'no-allow-origin',
    FIREFOX_TOLD,
  ],
  ['Access to the garden is free', undefined],
  // Until Chromium 71.
  [`Failed to load ${API}: ${MISSING}`, 'no-allow-origin', FIREFOX_TOLD],
  [
    `Failed to load ${API}: Odd. Origin '${SHOP}' is therefore not allowed access.`,
    'blocked',
    told,
  ],
  [`Failed to load ${API}: Odd.`, undefined],
  [
    `XMLHttpRequest cannot load ${API}. ${MISSING} Origin '${SHOP}' is therefore not allowed access.`,
    'no-allow-origin',
    told,
  ],
  [`Fetch API cannot load ${API}. ${MISSING}`, 'no-allow-origin', FIREFOX_TOLD],
  [
    `Fetch API cannot load ${API}. Request mode is "same-origin" but the URL's origin is not same as the request origin ${SHOP}.`,
    'same-origin-mode',
    { ...told, mode: 'same-origin' },
  ],
  [
    'Fetch API cannot load ftp://a.example/. URL scheme "ftp" is not supported.',
    'not-http',
    { url: 'ftp://a.example/' },
  ],
  [
    `Fetch API cannot load ${API}. Refused to connect because it violates the document's CSP.`,
    'content-security-policy',
    { url: API },
  ],
  [
    `Connecting to '${API}' violates the following CSP directive`,
    'content-security-policy',
    { url: API },
  ],
  [`Refused to connect to '${API}' because it violates`, 'content-security-policy', { url: API }],
  ['Not allowed to load local resource: file:///a', 'not-http', { url: 'file:///a' }],
  [
    "Failed to execute 'fetch' on 'Window': 'TRACE' HTTP method is unsupported.",
    'forbidden-method',
    { method: 'TRACE' },
  ],
  [
    "Failed to execute 'fetch' on 'Window': 'PUT' is unsupported in no-cors mode.",
    'no-cors-method',
    { method: 'PUT', mode: 'no-cors' },
  ],
  [
    "Failed to execute 'fetch' on 'Window': Request cannot be constructed from a URL that includes credentials: https://a:b@c.example/",
    'user-in-url',
    { url: 'https://a:b@c.example/' },
  ],
  ["Failed to execute 'fetch' on 'Window': Illegal invocation", undefined],
  ["Failed to execute 'fetch' on 'the moon': 'TRACE' HTTP method is unsupported.", undefined],
  [
    `Mixed Content: The page at '${SHOP}/a' was loaded over HTTPS, but requested an insecure resource 'http://a.example/'. This`,
    'mixed-content',
    { origin: SHOP, url: 'http://a.example/' },
  ],
  [
    "Mixed Content: The page at 'about:blank' was loaded over HTTPS, but requested an insecure resource 'http://a.example/'. This",
    'mixed-content',
    { url: 'http://a.example/' },
  ],
  ['Mixed Content: The page is fine.', undefined],
  [`GET ${API} net::ERR_FAILED`, 'blocked', { url: API, method: 'GET' }],
  [`GET ${API} net::ERR_FAILED 200 (OK)`, 'blocked', { url: API, method: 'GET' }],
  [`GET ${API} net::ERR_CONNECTION_FAILED`, 'network', { url: API, method: 'GET' }],
  [`a.js:3 GET ${API} net::ERR_CERT_INVALID`, 'network', { url: API, method: 'GET' }],
  [`a.js:3 ${API} net::ERR_CERT_INVALID`, 'network', { url: API }],
  [`3 ${API} net::ERR_CERT_INVALID`, 'network', { url: API }],
  [`${API} net::ERR_CERT_INVALID`, 'network', { url: API }],
  [`x${API} net::ERR_CERT_INVALID`, undefined],
  ['ws://a.example/ net::ERR_CERT_INVALID', 'network', { url: 'ws://a.example/' }],
  [`${API}:12345 Failed to load resource: net::ERR_CERT_INVALID`, 'network', { url: API }],
  [`GET ${API}:1 Failed to load resource: net::ERR_CERT_INVALID`, 'network', { url: API }],
  [
    `GET ${API} net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin 200`,
    'resource-policy',
    { url: API, method: 'GET', mode: 'no-cors' },
  ],
  [
    `GET ${API} net::ERR_BLOCKED_BY_ORB 200`,
    'resource-policy',
    { url: API, method: 'GET', mode: 'no-cors' },
  ],
  ['net::ERR_FAILED', undefined],
];

const blocked = (reason: string) => `${FIREFOX}${API}. (Reason: ${reason}).`;

const LISTENED_FIREFOX: readonly Row[] = [
  [blocked("CORS header 'Access-Control-Allow-Origin' missing"), 'no-allow-origin', FIREFOX_TOLD],
  [
    blocked("CORS header 'Access-Control-Allow-Origin' does not match 'a'"),
    'other-origin',
    FIREFOX_TOLD,
  ],
  [
    blocked("Multiple CORS header 'Access-Control-Allow-Origin' not allowed"),
    'several-origins',
    FIREFOX_TOLD,
  ],
  [
    blocked("Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'"),
    'wildcard-with-credentials',
    { ...FIREFOX_TOLD, credentials: 'include' },
  ],
  [
    blocked("expected 'true' in CORS header 'Access-Control-Allow-Credentials'"),
    'credentials-not-allowed',
    { ...FIREFOX_TOLD, credentials: 'include' },
  ],
  [
    blocked('Did not find method in CORS header'),
    'method-not-listed',
    { ...FIREFOX_TOLD, ...preflight },
  ],
  [
    blocked('CORS preflight response did not succeed'),
    'no-ok-status',
    { ...FIREFOX_TOLD, ...preflight },
  ],
  [
    blocked('CORS preflight channel did not succeed'),
    'no-ok-status',
    { ...FIREFOX_TOLD, ...preflight },
  ],
  [
    blocked("invalid token 'a b' in CORS header"),
    'malformed-list',
    { ...FIREFOX_TOLD, ...preflight },
  ],
  [
    blocked('CORS request external redirect not allowed'),
    'preflight-redirected',
    { ...FIREFOX_TOLD, ...preflight },
  ],
  [blocked('CORS request not http'), 'not-http', FIREFOX_TOLD],
  [blocked('CORS request did not succeed'), 'network', FIREFOX_TOLD],
  [blocked('nobody has written it yet'), 'blocked', FIREFOX_TOLD],
  [
    blocked("header 'x-a' is not allowed according to header 'Access-Control-Allow-Headers'"),
    'header-not-listed',
    { ...FIREFOX_TOLD, headers: { 'x-a': '' } },
  ],
  [
    blocked("missing token 'X-A' in CORS header"),
    'header-not-listed',
    { ...FIREFOX_TOLD, headers: { 'x-a': '' } },
  ],
  ['Cross-Origin Request Blocked: for today.', undefined],
  [
    `Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at ${API} soon. (Reason: a)`,
    'header-not-listed',
    { ...FIREFOX_TOLD, headers: { authorization: '' } },
  ],
  [
    `Security Error: Content at ${SHOP}/a may not load data from ${API}.`,
    'same-origin-mode',
    { origin: SHOP, url: API, mode: 'same-origin' },
  ],
  [
    `Security Error: Content at ${SHOP}/a may not load or link to file:///a.`,
    'not-http',
    { origin: SHOP, url: 'file:///a' },
  ],
  [
    'Security Error: Content at moz-nullprincipal:{1} may not load or link to file:///a.',
    'not-http',
    { url: 'file:///a' },
  ],
  ['Security Error: Content at home.', undefined],
  ['Window.fetch: Invalid request method TRACE.', 'forbidden-method', { method: 'TRACE' }],
  [
    'Window.fetch: Invalid request method A.B.',
    'no-cors-method',
    { method: 'A.B', mode: 'no-cors' },
  ],
  [
    'Window.fetch: https://a:b@c.example/ is an url with embedded credentials.',
    'user-in-url',
    { url: 'https://a:b@c.example/' },
  ],
  ['Window.fetch: At least 1 argument required', undefined],
  [
    'Blocked loading mixed active content "http://a.example/b"',
    'mixed-content',
    { url: 'http://a.example/b' },
  ],
  [
    `The resource at "${API}" was blocked due to its Cross-Origin-Resource-Policy header`,
    'resource-policy',
    { url: API, mode: 'no-cors' },
  ],
  [
    `Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at ${API} because`,
    'content-security-policy',
    { url: API },
  ],
];

const LISTENED_SAFARI: readonly Row[] = [
  [
    `Origin ${SHOP} is not allowed by Access-Control-Allow-Origin.`,
    'origin-not-allowed',
    { origin: SHOP, mode: 'cors' },
  ],
  [
    'Origin null is not allowed by Access-Control-Allow-Origin.',
    'origin-not-allowed',
    { mode: 'cors' },
  ],
  ['Origin of everything', undefined],
  [
    'Preflight response is not successful. Status code: 401',
    'no-ok-status',
    { mode: 'cors', ...preflight },
  ],
  [
    'Preflight response is not successful. Status code: 308',
    'preflight-redirected',
    { mode: 'cors', ...preflight },
  ],
  [
    'Preflight response is not successful Status code: 308',
    'preflight-redirected',
    { mode: 'cors', ...preflight },
  ],
  [
    'Preflight response is not successful. Status code: 3',
    'no-ok-status',
    { mode: 'cors', ...preflight },
  ],
  ['Preflight response is not successful', 'no-ok-status', { mode: 'cors', ...preflight }],
  [
    'Cross-origin redirection to https://a:b@c.example/ denied by Cross-Origin Resource Sharing policy: redirection URL https://a:b@c.example/ has credentials',
    'redirect-with-user',
    { mode: 'cors' },
  ],
  [
    'Cross-origin redirection to ftp://a.example/ denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin redirection to it',
    'not-http',
    { mode: 'cors' },
  ],
  [
    `Cross-origin redirection to ${API} denied by Cross-Origin Resource Sharing policy: Origin ${SHOP} is not allowed by Access-Control-Allow-Origin. Status code: 200`,
    'origin-not-allowed',
    { origin: SHOP, mode: 'cors' },
  ],
  [
    `Cross-origin redirection to ${API} denied by Cross-Origin Resource Sharing policy: nobody knows`,
    undefined,
  ],
  ['Cross-origin redirection to nowhere', undefined],
  ...['requested', 'was not allowed to run', 'was not allowed to display'].map((what): Row => [
    `The page at ${SHOP}/a ${what} insecure content from http://a.example/. This`,
    'mixed-content',
    { origin: SHOP, url: 'http://a.example/' },
  ]),
  [
    'The page at about:blank requested insecure content from http://a.example/. This',
    'mixed-content',
    { url: 'http://a.example/' },
  ],
  ['The page at the end', undefined],
  [
    'Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.',
    'wildcard-with-credentials',
    { credentials: 'include', mode: 'cors' },
  ],
  [
    'Access-Control-Allow-Origin cannot contain more than one origin.',
    'several-origins',
    { mode: 'cors' },
  ],
  [
    'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
    'credentials-not-allowed',
    { credentials: 'include', mode: 'cors' },
  ],
  [
    'Header Access-Control-Allow-Methods has an invalid value: a b',
    'malformed-list',
    { mode: 'cors', ...preflight },
  ],
  [
    'Header Access-Control-Allow-Headers has an invalid value: a b',
    'malformed-list',
    { mode: 'cors', ...preflight },
  ],
  [
    'Method PUT is not allowed by Access-Control-Allow-Methods.',
    'method-not-listed',
    { method: 'PUT', mode: 'cors' },
  ],
  [
    'Request header field X-A is not allowed by Access-Control-Allow-Headers.',
    'header-not-listed',
    { headers: { 'x-a': '' }, mode: 'cors' },
  ],
  [
    `Cancelled load to ${API} because it violates the resource's policy`,
    'resource-policy',
    { url: API, mode: 'no-cors' },
  ],
  [
    `Refused to connect to ${API} because it does not appear in connect-src`,
    'content-security-policy',
    { url: API },
  ],
  [`Not allowed to use restricted network port 25: ${API}`, 'network', { url: API }],
  ['Method must be GET, POST or HEAD in no-cors mode.', 'no-cors-method', { mode: 'no-cors' }],
  ['Method is forbidden.', 'forbidden-method', {}],
  ['URL is not valid or contains user credentials.', 'user-in-url', {}],
  ['Cross origin requests are only supported for HTTP.', 'not-http', {}],
  ['FTP URLs are disabled', 'not-http', {}],
  ['Could not connect to the server.', 'network', {}],
  ['Connection terminated unexpectedly', 'network', {}],
  ...[
    ...['Fetch API cannot load', 'XMLHttpRequest cannot load', 'EventSource cannot load'],
    ...['Cannot load image', 'Cannot load script', 'Cannot load stylesheet'],
  ].flatMap((cannot): Row[] => [
    [`${cannot} ${API} due to access control checks.`, 'blocked', { url: API }],
    [`${cannot} ${API}.`, 'blocked', { url: API }],
    [`${cannot} ${API} for other reasons`, undefined],
  ]),
];

describe.each([
  ['Chromium', CHROMIUM],
  ['Firefox', LISTENED_FIREFOX],
  ['Safari', LISTENED_SAFARI],
] as const)('Of %s', (name, rows) => {
  test.each(rows.map(([line, fault, question]) => ({ line, fault, question })))(
    '$line',
    ({ line, fault, question }) => {
      const reading = readConsole(line);
      expect(reading?.fault).toBe(fault);
      expect(reading?.question).toStrictEqual(question);
      expect(reading?.from).toBe(fault && `a line of ${name}’s console`);
    },
  );
});

describe('Of several lines', () => {
  const network = (method: string, url = API) => `${method} ${url} net::ERR_FAILED`;
  test.each<[name: string, lines: readonly string[], fault: string, question: object]>([
    [
      'a reason counts before the network’s',
      [network('PUT'), ACCESS + MISSING],
      'no-allow-origin',
      { ...told, method: 'PUT' },
    ],
    [
      'a reason counts before what failed by itself',
      [
        'Connection terminated unexpectedly',
        `Cannot use wildcard in Access-Control-Allow-Origin when credentials`,
      ],
      'wildcard-with-credentials',
      { credentials: 'include', mode: 'cors' },
    ],
    [
      'the first one counts where there is no reason',
      [network('PUT'), network('GET', 'https://b.example/')],
      'blocked',
      { url: API, method: 'PUT' },
    ],
    [
      'another request tells nothing',
      [ACCESS + MISSING, network('PUT', 'https://b.example/')],
      'no-allow-origin',
      told,
    ],
    [
      'another reason tells nothing',
      [ACCESS + MISSING, `Connecting to '${API}' violates `, `${ACCESS}Method PUT is not allowed`],
      'no-allow-origin',
      told,
    ],
    [
      'another browser tells nothing',
      ['Cannot use wildcard in Access-Control-Allow-Origin when credentials', network('PUT')],
      'wildcard-with-credentials',
      { credentials: 'include', mode: 'cors' },
    ],
    [
      'a failed connection names the URL',
      [
        'Cannot use wildcard in Access-Control-Allow-Origin when credentials',
        `Not allowed to use restricted network port 1: ${API}`,
      ],
      'wildcard-with-credentials',
      { credentials: 'include', mode: 'cors', url: API },
    ],
    [
      'where a request was redirected to tells its method',
      [
        `Access to fetch at 'https://b.example/' (redirected from '${API}') from origin '${SHOP}' has been blocked by CORS policy: ${MISSING}`,
        network('PUT'),
      ],
      'no-allow-origin',
      { ...told, method: 'PUT' },
    ],
    [
      'the method of a preflight says what needs it',
      [`${ACCESS}${PREFLIGHT}${MISSING}`, network('PUT')],
      'no-allow-origin',
      { ...told, method: 'PUT' },
    ],
  ])('%s', (_name, lines, fault, question) => {
    const reading = readConsole(lines.join('\n'));
    expect(reading?.fault).toBe(fault);
    expect(reading?.question).toStrictEqual(question);
  });

  test.each([
    [499, 'PUT'],
    [500, undefined],
  ])('the one behind %s beginnings is read as %s', (count, method) => {
    const line = `${ACCESS}Method PUT is not allowed`;
    expect(readConsole(`${'Origin '.repeat(count)}${line}`)?.question.method).toBe(method);
  });
});

describe('People are told of', () => {
  const remarks = (line: string) => readConsole(line)?.remarks.slice(0, -1);
  const needsPreflight =
    'There was a preflight, so that the method or a header needs one; the line does not say which.';
  test.each<[line: string, remarks: readonly string[]]>([
    [ACCESS + MISSING, []],
    [
      `${ACCESS}Redirect location 'https://a:b@c.example'`,
      [
        'The server redirects to a URL with a user name or password, which no page may follow to another origin.',
      ],
    ],
    [
      'FTP URLs are disabled',
      [
        'Only http: and https: can be fetched so. Write the whole URL with its scheme, e.g. http://localhost:3000/books.',
      ],
    ],
    [
      'URL is not valid or contains user credentials.',
      ['fetch() takes no URL with a user name or password. Leave them out.'],
    ],
    [
      'Connection terminated unexpectedly',
      [
        'The browser got no answer at all: nobody listens there, the connection broke, a certificate is not trusted, or an extension stopped it. No policy was asked; see first whether the URL opens in a tab.',
      ],
    ],
    [
      `${ACCESS}Request had no target IP address space`,
      [
        'The browser guards the local network: it asks the user for a permission before a page of the public internet may call such an address. CORS was not asked.',
      ],
    ],
    [
      'Blocked loading mixed active content "http://a.example/b"',
      [
        'A page of https: may not fetch from http:. Serve the API with https:, too; CORS was not asked.',
      ],
    ],
    [
      `GET ${API} net::ERR_BLOCKED_BY_ORB`,
      [
        'The answer was kept from a request without CORS, by Cross-Origin-Resource-Policy, Cross-Origin-Embedder-Policy or opaque response blocking.',
      ],
    ],
    [
      `Connecting to '${API}' violates `,
      [
        'The page’s own Content-Security-Policy forbids the request: add the server to its connect-src. CORS was not asked.',
      ],
    ],
    [
      'Preflight response is not successful. Status code: 308',
      [
        'The preflight was redirected, which is never followed. Call the URL that it redirects to, slash at the end and https: included.',
        needsPreflight,
      ],
    ],
    [
      'Header Access-Control-Allow-Methods has an invalid value',
      [
        'The preflight’s answer has a list of methods or headers that no browser can read, so that something besides this module may have written it.',
        needsPreflight,
      ],
    ],
    [
      'Access-Control-Allow-Origin cannot contain more than one origin',
      [
        'Access-Control-Allow-Origin has several values: often a proxy adds a second one to the application’s.',
      ],
    ],
    [
      `Origin ${SHOP} is not allowed by Access-Control-Allow-Origin.`,
      [
        'Safari does not say whether Access-Control-Allow-Origin was missing or named another origin, nor whether it was the preflight’s.',
      ],
    ],
    [`GET ${API} net::ERR_FAILED`, ['The line does not say why the request was refused.']],
    [
      `Access to fetch at 'https://b.example/' (redirected from '${API}') from origin '${SHOP}' has been blocked by CORS policy: ${MISSING}`,
      [
        'The request was redirected, and it is the answer of https://b.example/ that was refused: that server has to allow the origin, too, which is null where the redirect led from one foreign server to another.',
      ],
    ],
    [
      ACCESS.replace(SHOP, 'null') + MISSING,
      [
        'The origin is null: that of a sandboxed frame or a file, or what a redirect between two servers leaves of the page’s own.',
      ],
    ],
    [`${ACCESS}${PREFLIGHT}${MISSING}`, [needsPreflight]],
    [`${ACCESS}${PREFLIGHT}${MISSING} PUT ${API} net::ERR_FAILED`, []],
    [
      `${ACCESS}Request header field x-a is not allowed`,
      ['Only the first header that is refused is named; the page may set others.'],
    ],
  ])('%s', (line, expected) => {
    expect(remarks(line)).toStrictEqual(expected);
  });

  test('what a line does not tell, last', () => {
    expect(readConsole('Method is forbidden.')?.remarks).toEqual([
      'The line does not tell the page’s origin (it stands in the address bar), the URL, the method, which headers the page set, whether cookies were to be sent and the mode: fill in what differs from fetch()’s defaults.',
    ]);
  });
});

describe('A line of another language', () => {
  test('is taken for its first URL', () => {
    expect(readForeignLine(`CORS: ${API} und https://b.example/`)).toStrictEqual({
      kind: 'question',
      question: { url: API, mode: 'cors' },
      from: 'a line in words that are not known here',
      fault: 'blocked',
      missing: ['origin', 'method', 'headers', 'credentials'],
      remarks: [
        'Nothing but the first URL of the text was taken; why it was refused could not be read.',
        'The text does not tell the page’s origin (it stands in the address bar), the method, which headers the page set and whether cookies were to be sent: fill in what differs from fetch()’s defaults.',
      ],
    });
  });

  test.each([
    ['CORS auf http://a.example/b.', 'http://a.example/b'],
    ['CORS auf http://a.example/b;', 'http://a.example/b'],
    ['cross-origin “https://a.example/b” (x)', 'https://a.example/b'],
    ['HTTPS://A.example Access-Control-Allow-Origin', 'HTTPS://A.example'],
    [`CORS http://a.example/${'b'.repeat(19_000)}`, `http://a.example/${'b'.repeat(3_990)}`],
  ])('%.40s names %.40s', (line, url) => {
    expect(readForeignLine(line)?.question.url?.slice(0, url.length)).toBe(url);
  });

  test.each([
    'nothing about https://a.example/',
    'CORS without a URL',
    'CORS at http://[',
    `${' -'.repeat(11_000)}CORS https://a.example/`,
  ])('is none: %.40s', (line) => {
    expect(readForeignLine(line)).toBeUndefined();
  });
});
