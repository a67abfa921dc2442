import type { CorsOriginResolver } from '../../../src/index.js';
import type { PageQuestion } from '../../../src/document/explanation/cors-explanation.js';
import type { ApplicationSpec } from './application-spec.js';

/** A resolver as an application would have it. */
export class PartnerOrigins implements CorsOriginResolver {
  isOriginAllowed(origin: string): boolean {
    if (origin === 'https://broken.example.com') throw new Error('The directory is down.');
    return origin === 'https://partner.example.com';
  }
}

/** Behind the one with cookies, the same rule without them is asked about the opaque origin alone. */
const MEMBERS: ApplicationSpec['controllers'][number] = {
  name: 'MembersController',
  path: 'members',
  cors: [
    [{ origin: (origin: string) => origin === 'https://partner.example.com', credentials: false }],
  ],
  handlers: [
    { name: 'list', method: 'GET', path: '' },
    { name: 'both', method: 'GET', path: 'both', cors: [[[{ credentials: true }, { maxAge: 5 }]]] },
  ],
};

/** A shop with every way of giving a policy. */
export const SHOP: ApplicationSpec = {
  options: {
    origin: ['https://app.example.com', 'https://*.preview.example.com'],
    policies: {
      public: { origin: '*' },
      app: { origin: 'https://app.example.com', credentials: true },
      partners: { origin: PartnerOrigins },
      tenants: { origin: 'https://*.github.io' },
      strict: { origin: 'https://app.example.com', allowedHeaders: 'x-strict', maxAge: 7 },
      reports: {
        origin: ['https://app.example.com', /^https:\/\/r\d\.example\.com$/],
        methods: ['GET'],
        exposedHeaders: '*',
      },
    },
    paths: [
      { path: '/files/open', policy: 'public' },
      { path: '/files/own', policy: { origin: 'https://app.example.com' } },
      { path: '/files', policy: {} },
      { path: '/files/strict', policy: 'strict' },
    ],
  },
  controllers: [
    {
      name: 'BooksController',
      path: 'books',
      cors: [['public']],
      handlers: [
        { name: 'list', method: 'GET', path: '' },
        { name: 'find', method: 'GET', path: ':id', cors: [[['app', 'public']]] },
        { name: 'add', method: 'POST', path: '', cors: [['app']] },
        { name: 'update', method: 'PUT', path: ':id', cors: [['app', { maxAge: 60 }]] },
        { name: 'patch', method: 'PATCH', path: ':id', cors: [[{ allowedHeaders: ['x-a'] }]] },
        { name: 'remove', method: 'DELETE', path: ':id', cors: [[false]] },
      ],
    },
    {
      name: 'OrdersController',
      path: 'orders',
      cors: [[{ origin: 'https://admin.example.com', credentials: true }]],
      handlers: [
        { name: 'list', method: 'GET', path: '' },
        { name: 'add', method: 'POST', path: '', cors: [[{ maxAge: 5 }]] },
        { name: 'replace', method: 'PUT', path: '', cors: [[{ isolate: true }]] },
        { name: 'report', method: 'GET', path: 'report', cors: [['reports']] },
        { name: 'send', method: 'POST', path: 'report', cors: [['reports']] },
      ],
    },
    {
      name: 'PartnersController',
      path: 'partners',
      cors: [['partners']],
      handlers: [
        { name: 'list', method: 'GET', path: '' },
        { name: 'add', method: 'POST', path: '' },
      ],
    },
    MEMBERS,
    {
      name: 'PagesController',
      path: 'pages',
      handlers: [
        { name: 'list', method: 'GET', path: '', cors: [[{ isolate: true }]] },
        {
          name: 'listed',
          method: 'GET',
          path: 'listed',
          cors: [
            [
              [
                { origin: 'https://app.example.com', credentials: true },
                { origin: '*', credentials: false },
              ],
            ],
          ],
        },
        { name: 'tenants', method: 'GET', path: 'tenants', cors: [['tenants']] },
        { name: 'own', method: 'PUT', path: 'own', cors: [[{ preflightContinue: true }]] },
        {
          name: 'watched',
          method: 'GET',
          path: 'watched',
          cors: [[{ isolate: true, enforce: false }]],
        },
        {
          name: 'asked',
          method: 'PUT',
          path: 'asked',
          cors: [[{ origin: (origin: string) => origin === 'https://partner.example.com' }]],
        },
      ],
    },
  ],
};

interface Refused {
  readonly name: string;
  readonly question: PageQuestion;
  /** Place and code of each fix, in order; that of the page has no place. */
  readonly fixes: readonly string[];
}

const API = 'https://api.example.com';
const shop = 'https://shop.example.com';
const app = 'https://app.example.com';
const partner = 'https://partner.example.com';
const include = 'include' as const;

/** Written by hand: what somebody who knows the module would write. */
export const REFUSED: readonly Refused[] = [
  {
    name: 'cookies to what anybody may read: a policy of its own in front of the named one',
    question: { origin: shop, url: `${API}/books`, credentials: include },
    fixes: [
      `BooksController.list: @Cors([{ origin: '${shop}', credentials: true }, 'public'])`,
      `fetch('${API}/books', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'a response header that is not exposed',
    question: { origin: shop, url: `${API}/books`, reads: ['X-Total'] },
    fixes: [
      "BooksController.list: @Cors({ exposedHeaders: ['X-Total'] })",
      "CorsModule.forRoot(): exposedHeaders: ['X-Total']",
    ],
  },
  {
    name: 'a header beyond the built-in list: what is inherited, and this one',
    question: { origin: shop, url: `${API}/books`, headers: { 'X-Trace': '1' } },
    fixes: [
      "BooksController.list: @Cors((inherited) => ({ allowedHeaders: [...inherited.allowedHeaders, 'x-trace'] }))",
      "CorsModule.forRoot(): allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'x-trace']",
      `fetch('${API}/books')`,
    ],
  },
  {
    name: 'cookies and a header at once: one line for both',
    question: {
      ...{ origin: shop, url: `${API}/books`, credentials: include },
      headers: { authorization: 'x', 'X-Trace': '1' },
    },
    fixes: [
      `BooksController.list: @Cors([{ origin: '${shop}', credentials: true, allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'x-trace'] }, 'public'])`,
      `fetch('${API}/books', { credentials: 'omit', headers: { 'authorization': 'x' } })`,
    ],
  },
  {
    name: 'cookies under a list of policies: the one that takes them',
    question: { origin: shop, url: `${API}/books/1`, credentials: include },
    fixes: [
      `CorsModule.forRoot() policies.app: origin: ['${app}', '${shop}']`,
      `fetch('${API}/books/1', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'an origin that a named policy leaves out, asking without cookies',
    question: { origin: shop, url: `${API}/books`, method: 'POST' },
    fixes: [
      `BooksController.add: @Cors({ origin: ['${app}', '${shop}'] })`,
      `BooksController.add: @Cors([{ origin: '${shop}', credentials: false }, 'app'])`,
      `CorsModule.forRoot() policies.app: origin: ['${app}', '${shop}']`,
    ],
  },
  {
    name: 'the same with cookies',
    question: {
      ...{ origin: shop, url: `${API}/books`, method: 'POST', credentials: include },
      headers: { 'content-type': 'application/json' },
    },
    fixes: [
      `BooksController.add: @Cors({ origin: ['${app}', '${shop}'] })`,
      `CorsModule.forRoot() policies.app: origin: ['${app}', '${shop}']`,
    ],
  },
  {
    name: 'a named policy with fields replaced is no longer called by its name',
    question: { origin: shop, url: `${API}/books/1`, method: 'PUT' },
    fixes: [
      `BooksController.update: @Cors({ origin: ['${app}', '${shop}'] })`,
      `BooksController.update: @Cors([{ origin: '${shop}', credentials: false }, {}])`,
      `CorsModule.forRoot() policies.app: origin: ['${app}', '${shop}']`,
    ],
  },
  {
    name: 'a header beyond a list of the handler',
    question: {
      ...{ origin: shop, url: `${API}/books/1`, method: 'PATCH', credentials: include },
      headers: { 'X-B': '1' },
    },
    fixes: [
      `BooksController.patch: @Cors([{ origin: '${shop}', credentials: true, allowedHeaders: ['x-a', 'x-b'] }, {}])`,
      `fetch('${API}/books/1', { method: 'PATCH', credentials: 'omit' })`,
    ],
  },
  {
    name: 'a closed handler is opened to one origin',
    question: { origin: shop, url: `${API}/books/1`, method: 'DELETE' },
    fixes: [`BooksController.remove: @Cors({ origin: '${shop}' })`],
  },
  {
    name: 'an origin that the controller leaves out: handler first, then controller',
    question: { origin: shop, url: `${API}/orders`, method: 'POST', credentials: include },
    fixes: [
      `OrdersController.add: @Cors({ origin: ['https://admin.example.com', '${shop}'] })`,
      `OrdersController: @Cors({ origin: ['https://admin.example.com', '${shop}'] })`,
    ],
  },
  {
    name: 'the opaque origin gets no cookies, and so a policy without them',
    question: { origin: 'null', url: `${API}/orders` },
    fixes: ["OrdersController.list: @Cors([{ origin: 'null', credentials: false }, {}])"],
  },
  {
    name: 'the opaque origin with cookies: nothing is safe',
    question: { origin: 'null', url: `${API}/orders`, credentials: include },
    fixes: [],
  },
  {
    name: 'an insecure origin with cookies: nothing is safe',
    question: { origin: 'http://old.example.com', url: `${API}/orders`, credentials: include },
    fixes: [],
  },
  {
    name: 'an insecure origin without cookies, beside an isolated policy with them',
    question: { origin: 'http://old.example.com', url: `${API}/orders`, method: 'PUT' },
    fixes: [
      "OrdersController.replace: @Cors([{ origin: 'http://old.example.com', credentials: false }, {}])",
    ],
  },
  {
    name: 'a method that the policy leaves out, though it needs no preflight',
    question: { origin: app, url: `${API}/orders/report`, method: 'POST' },
    fixes: [
      "OrdersController.send: @Cors({ methods: ['GET', 'POST'] })",
      "CorsModule.forRoot() policies.reports: methods: ['GET', 'POST']",
    ],
  },
  {
    name: 'cookies where any header is exposed: the star has to go',
    question: { origin: app, url: `${API}/orders/report`, credentials: include },
    fixes: [
      `OrdersController.report: @Cors([{ origin: '${app}', credentials: true, exposedHeaders: [] }, 'reports'])`,
      'OrdersController.report: @Cors({ credentials: true, exposedHeaders: [] })',
      `fetch('${API}/orders/report', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'an expression stays what it is',
    question: { origin: shop, url: `${API}/orders/report` },
    fixes: [
      `OrdersController.report: @Cors({ origin: ['${app}', /^https:\\/\\/r\\d\\.example\\.com$/, '${shop}'] })`,
      `CorsModule.forRoot() policies.reports: origin: ['${app}', /^https:\\/\\/r\\d\\.example\\.com$/, '${shop}']`,
    ],
  },
  {
    name: 'an origin that a resolver refuses: beside what is inherited, or in the list of the policy',
    question: { origin: shop, url: `${API}/partners` },
    fixes: [
      `PartnersController.list: @Cors((inherited) => ({ origin: [inherited.origin, '${shop}'].flat() }))`,
      `CorsModule.forRoot() policies.partners: '${shop}'`,
    ],
  },
  {
    name: 'cookies of a partner: its own policy first, for the resolver may know many',
    question: { origin: partner, url: `${API}/partners`, credentials: include },
    fixes: [
      `PartnersController.list: @Cors([{ origin: '${partner}', credentials: true }, 'partners'])`,
      'PartnersController.list: @Cors({ credentials: true })',
      `fetch('${API}/partners', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'a resolver that fails is not asked about what is listed beside it',
    question: { origin: 'https://broken.example.com', url: `${API}/partners`, method: 'POST' },
    fixes: [
      "PartnersController.add: @Cors((inherited) => ({ origin: [inherited.origin, 'https://broken.example.com'].flat() }))",
      "CorsModule.forRoot() policies.partners: 'https://broken.example.com'",
    ],
  },
  {
    name: 'cookies under a list of the handler: its first member',
    question: { origin: shop, url: `${API}/pages/listed`, credentials: include },
    fixes: [
      `PagesController.listed policy[0]: origin: ['${app}', '${shop}']`,
      `fetch('${API}/pages/listed', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'an origin that a function refuses',
    question: { origin: shop, url: `${API}/pages/asked`, method: 'PUT' },
    fixes: [
      `PagesController.asked: @Cors((inherited) => ({ origin: [inherited.origin, '${shop}'].flat() }))`,
    ],
  },
  {
    name: 'an isolated route that another site embeds',
    question: { origin: shop, url: 'https://api.example.org/pages', mode: 'no-cors' },
    fixes: ['PagesController.list: @Cors({ isolate: false })'],
  },
  {
    name: 'an isolated route that a page of an allowed origin embeds: it may ask with CORS',
    question: {
      origin: 'https://a.preview.example.com',
      url: 'https://api.example.org/pages',
      mode: 'no-cors',
    },
    fixes: [
      'PagesController.list: @Cors({ isolate: false })',
      "fetch('https://api.example.org/pages')",
    ],
  },
  {
    name: 'the defaults of the module: the handler alone, or all that inherit them',
    question: { origin: shop, url: `${API}/pages` },
    fixes: [
      `PagesController.list: @Cors({ origin: ['${app}', 'https://*.preview.example.com', '${shop}'] })`,
      `CorsModule.forRoot(): origin: ['${app}', 'https://*.preview.example.com', '${shop}']`,
    ],
  },
  {
    name: 'cookies to an entry with a named policy',
    question: { origin: shop, url: `${API}/files/open/a`, credentials: include },
    fixes: [
      `CorsModule.forRoot() paths[0]: policy: [{ origin: '${shop}', credentials: true }, 'public']`,
      `fetch('${API}/files/open/a', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'an origin that an entry leaves out',
    question: { origin: shop, url: `${API}/files/own/a` },
    fixes: [`CorsModule.forRoot() paths[1]: origin: ['${app}', '${shop}']`],
  },
  {
    name: 'an entry whose policy lists a header: a list there goes on from the defaults, which do not',
    question: {
      ...{ origin: shop, url: `${API}/files/strict/a`, credentials: include },
      headers: { 'X-Strict': '1' },
    },
    fixes: [
      `CorsModule.forRoot() paths[3]: origin: ['${app}', '${shop}'], credentials: true`,
      `CorsModule.forRoot() paths[3]: policy: [{ origin: '${shop}', credentials: true, allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'x-strict'] }, 'strict']`,
    ],
  },
  {
    name: 'cookies of one name under a public suffix: only a policy of its own starts',
    question: {
      ...{ origin: 'https://me.github.io', url: `${API}/pages/tenants`, credentials: include },
    },
    fixes: [
      "PagesController.tenants: @Cors([{ origin: 'https://me.github.io', credentials: true }, 'tenants'])",
      `fetch('${API}/pages/tenants', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'what would leave nothing to a policy of another route does not start, and is not said',
    question: { origin: partner, url: `${API}/members`, credentials: include },
    fixes: [
      `MembersController.list: @Cors([{ origin: '${partner}', credentials: true }, {}])`,
      'MembersController.list: @Cors({ credentials: true })',
      `fetch('${API}/members', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'an isolated route whose policy is not enforced: the browser keeps the answer back',
    question: { origin: app, url: 'https://api.example.org/pages/watched', mode: 'no-cors' },
    fixes: [
      'PagesController.watched: @Cors({ isolate: false })',
      "fetch('https://api.example.org/pages/watched')",
    ],
  },
  {
    name: 'an entry that inherits',
    question: { origin: shop, url: `${API}/files/a` },
    fixes: [
      `CorsModule.forRoot() paths[2]: origin: ['${app}', 'https://*.preview.example.com', '${shop}']`,
      `CorsModule.forRoot(): origin: ['${app}', 'https://*.preview.example.com', '${shop}']`,
    ],
  },
  {
    name: 'cookies to an entry that inherits',
    question: { origin: app, url: `${API}/files/a`, credentials: include },
    fixes: [
      `CorsModule.forRoot() paths[2]: policy: [{ origin: '${app}', credentials: true }, {}]`,
      'CorsModule.forRoot() paths[2]: credentials: true',
      `fetch('${API}/files/a', { credentials: 'omit' })`,
    ],
  },
  {
    name: 'a URL that nothing serves: only the defaults hold there',
    question: { origin: shop, url: `${API}/nowhere` },
    fixes: [`CorsModule.forRoot(): origin: ['${app}', 'https://*.preview.example.com', '${shop}']`],
  },
  {
    name: 'patch in lower case is no route, and no policy makes it one',
    question: { origin: app, url: `${API}/books/1`, method: 'patch' },
    fixes: [`fetch('${API}/books/1', { method: 'PATCH' })`],
  },
  {
    name: 'mode same-origin: the page has to ask with CORS',
    question: { origin: app, url: `${API}/books/1`, mode: 'same-origin' },
    fixes: [`fetch('${API}/books/1')`],
  },
  {
    name: 'mode no-cors with PUT: the page has to ask with CORS',
    question: { origin: app, url: `${API}/books/1`, mode: 'no-cors', method: 'PUT' },
    fixes: [`fetch('${API}/books/1', { method: 'PUT' })`],
  },
  {
    name: 'a method that no page may use',
    question: { origin: app, url: `${API}/books/1`, method: 'TRACE' },
    fixes: [],
  },
  {
    name: 'a response header that no page may read',
    question: { origin: app, url: `${API}/books`, reads: ['Set-Cookie'] },
    fixes: [],
  },
];
