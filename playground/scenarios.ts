import type { VisitorId } from './visitors.js';

/** A request that the playground makes, and why it is worth a look. Who may is the policy's to tell. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** True for whoever reads it, or for each visitor apart. */
  readonly why: string | Readonly<Record<VisitorId, string>>;
  /** Default: `GET`. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the CSRF token goes along that signing in brought. */
  readonly csrf?: true;
  readonly body?: string;
  /** Default: `omit`. */
  readonly credentials?: 'include';
  /** Default: `cors`. */
  readonly mode?: 'no-cors';
  readonly via?: 'EventSource';
  /** Whether the answer is a stream, of which the first event is enough. */
  readonly stream?: true;
  /** Where redirects lead. */
  readonly follows?: readonly string[];
  /** What the application answers to whoever is let through, where that does not depend on what came before. */
  readonly status?: number;
}

/** A feature of the bookshop, and what its policy comes to. Back-ticks mark code. */
export interface Feature {
  readonly id: string;
  readonly name: string;
  readonly policy: string;
  /** Where the documentation tells more: a page of `docs/`, and a heading of it. */
  readonly chapter: { readonly page: string; readonly heading: string };
  readonly scenarios: readonly Scenario[];
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PARTNER = { Authorization: 'Bearer partner-demo-token' };

const shopOr = (shop: string, others: string) => ({ shop, partner: others, stranger: others });
const partnerOr = (partner: string, others: string) => ({
  partner,
  shop: others,
  stranger: others,
});

/** Every request that the playground makes, one feature of the bookshop after the other. */
export const FEATURES: readonly Feature[] = [
  {
    id: 'catalog',
    name: 'Public catalog',
    chapter: { page: 'combining', heading: 'Several policies on one route' },
    policy: "`@Cors(['shop', 'public'])`: the shop's pages with cookies, any other page without",
    scenarios: [
      {
        id: 'catalog-list',
        title: 'Read the catalog',
        why: shopOr(
          'A simple GET. `X-Request-Id` is on the answer, and this page may read it: the `shop` policy exposes it.',
          'A simple GET. `X-Request-Id` is on the answer, and this page cannot read it: the `public` policy exposes no header.',
        ),
        path: '/catalog',
        status: 200,
      },
      {
        id: 'catalog-head',
        title: 'Ask for the headers only',
        why: 'HEAD goes to the GET route and its policy.',
        method: 'HEAD',
        path: '/catalog/1',
        status: 200,
      },
      {
        id: 'catalog-missing',
        title: 'A book that does not exist',
        why: 'An error is an answer: the page reads a 404, and no CORS failure.',
        path: '/catalog/99',
        status: 404,
      },
      {
        id: 'catalog-invalid',
        title: 'A parameter that is not a number',
        why: 'The pipe throws before the handler runs; the 400 is readable all the same.',
        path: '/catalog?limit=many',
        status: 400,
      },
      {
        id: 'catalog-redirect',
        title: 'Follow a redirect',
        why: 'The redirect and the answer behind it both have to pass the CORS check.',
        path: '/catalog/latest',
        follows: ['/catalog/4'],
        status: 302,
      },
      {
        id: 'catalog-header',
        title: 'With a header of one’s own',
        why: '`X-Requested-With` is not safelisted: the browser asks first. It is allowed by default.',
        path: '/catalog',
        headers: { 'X-Requested-With': 'playground' },
        status: 200,
      },
      {
        id: 'catalog-header-unlisted',
        title: 'With a header that nobody allowed',
        why: '`X-Tracking` is not in `allowedHeaders`. The preflight fails, and the GET is never sent.',
        path: '/catalog',
        headers: { 'X-Tracking': 'on' },
      },
      {
        id: 'catalog-cookie',
        title: 'With cookies',
        why: shopOr(
          'The catalog’s first policy, `shop`, takes cookies. So the shop’s page reads the catalog as its customer.',
          '“Everybody” and “with my cookies” do not go together: browsers never take `*` for a request with cookies.',
        ),
        path: '/catalog',
        credentials: 'include',
        status: 200,
      },
      {
        id: 'catalog-no-cors',
        title: 'Without CORS',
        why: '`mode: no-cors` sends no `Origin`, and gives the page an answer that it cannot read.',
        path: '/catalog',
        mode: 'no-cors',
        status: 200,
      },
      {
        id: 'catalog-put',
        title: 'A method that is not routed',
        why: 'Nothing serves PUT at this URL, so no page gets past the preflight.',
        method: 'PUT',
        path: '/catalog/1',
        headers: JSON_TYPE,
        body: '{}',
      },
      {
        id: 'covers',
        title: 'The pixels of a cover',
        why: 'No controller serves the covers; their policy stands under `paths`.',
        path: '/covers/1.svg',
        status: 200,
      },
    ],
  },
  {
    id: 'account',
    name: 'Account',
    chapter: { page: 'patterns', heading: 'One front end with cookies' },
    policy: '`@Cors()`: the module’s defaults, which are the shop’s own pages, with cookies',
    scenarios: [
      {
        id: 'account-sign-in',
        title: 'Sign in',
        why: shopOr(
          'JSON makes it preflighted. The answer sets the cookie that later requests bring along.',
          'JSON makes it preflighted, and the preflight is where it ends: this page cannot sign anybody in.',
        ),
        method: 'POST',
        path: '/account/session',
        headers: JSON_TYPE,
        body: '{"name":"Ada"}',
        credentials: 'include',
        status: 200,
      },
      {
        id: 'account-read',
        title: 'Read the account',
        why: shopOr(
          'A simple GET with the session’s cookie: the page reads the account of whoever has signed in.',
          'A simple GET: cookies go along from this page too, since all these ports are one site. That is why the server itself has to refuse.',
        ),
        path: '/account',
        credentials: 'include',
      },
      {
        id: 'account-read-omit',
        title: 'Read it without cookies',
        why: shopOr(
          'No cookie, so the application answers 401. The page reads that, because CORS let it through.',
          'Even without cookies: whoever is not on the list cannot read even the 401.',
        ),
        path: '/account',
        status: 401,
      },
      {
        id: 'account-address',
        title: 'Change the address',
        why: 'PUT, JSON and the CSRF token: each alone would make it preflighted.',
        method: 'PUT',
        path: '/account/address',
        headers: JSON_TYPE,
        csrf: true,
        body: '{"address":"1 Loopback Lane"}',
        credentials: 'include',
      },
      {
        id: 'account-address-no-token',
        title: 'Change it without the CSRF token',
        why: shopOr(
          'CORS is not CSRF protection: the application’s own guard says no, with a 403 that the page reads.',
          'The CSRF token is missing, but nothing gets as far as asking for it: the preflight is refused first.',
        ),
        method: 'PUT',
        path: '/account/address',
        headers: JSON_TYPE,
        body: '{"address":"2 Loopback Lane"}',
        credentials: 'include',
      },
      {
        id: 'account-address-invalid',
        title: 'Send an invalid address',
        why: shopOr(
          'The application’s validation answers 400, and the page reads what is wrong.',
          'The application would answer 400. It never sees the request: the preflight is refused first.',
        ),
        method: 'PUT',
        path: '/account/address',
        headers: JSON_TYPE,
        csrf: true,
        body: '{"address":""}',
        credentials: 'include',
      },
      {
        id: 'account-malformed',
        title: 'Send malformed JSON',
        why: shopOr(
          'The body parser gives up before Nest has a route; the headers are still there, and the 400 is readable.',
          'The body is broken JSON. Nobody parses it: the preflight is refused first.',
        ),
        method: 'PUT',
        path: '/account/address',
        headers: JSON_TYPE,
        csrf: true,
        body: '{"address":',
        credentials: 'include',
        status: 400,
      },
      {
        id: 'account-newsletter',
        title: 'PATCH in upper case',
        why: shopOr(
          'An ordinary preflighted request, allowed.',
          'An ordinary preflighted request, refused.',
        ),
        method: 'PATCH',
        path: '/account/newsletter',
        csrf: true,
        credentials: 'include',
      },
      {
        id: 'account-newsletter-lower-case',
        title: 'patch in lower case',
        why: '`fetch()` makes upper case of `put` and `delete`, but not of `patch`, and methods are case-sensitive.',
        method: 'patch',
        path: '/account/newsletter',
        csrf: true,
        credentials: 'include',
      },
      {
        id: 'account-address-delete',
        title: 'Forget the address',
        why: 'DELETE is not safelisted: the browser asks first, and the shop’s pages alone hear yes.',
        method: 'DELETE',
        path: '/account/address',
        csrf: true,
        credentials: 'include',
      },
      {
        id: 'account-nowhere',
        title: 'A URL that nothing serves',
        why: shopOr(
          'No route, so the module’s defaults apply, and the shop’s page reads a plain 404.',
          'No route, so the module’s defaults apply: this page cannot even find out that nothing is there.',
        ),
        path: '/account/nowhere',
        credentials: 'include',
        status: 404,
      },
    ],
  },
  {
    id: 'reviews',
    name: 'Reviews',
    chapter: { page: 'combining', heading: 'How policies combine' },
    policy: 'One URL, two policies: `GET` is public, `POST` is `@Cors()`',
    scenarios: [
      {
        id: 'reviews-read',
        title: 'Read reviews',
        why: 'The GET route’s policy: everybody.',
        path: '/catalog/1/reviews',
        status: 200,
      },
      {
        id: 'reviews-write',
        title: 'Write a review',
        why: shopOr(
          'The preflight asks about POST, and gets the POST route’s policy, not that of GET.',
          'This page reads the reviews, and cannot write one: the preflight gets the POST route’s policy.',
        ),
        method: 'POST',
        path: '/catalog/1/reviews',
        headers: JSON_TYPE,
        csrf: true,
        body: '{"text":"Could not put it down."}',
        credentials: 'include',
      },
      {
        id: 'reviews-write-simple',
        title: 'Write one without asking',
        why: shopOr(
          'POST with `text/plain` needs no preflight. It arrives, and lacks the CSRF token: 403 from the application.',
          'POST with `text/plain` needs no preflight. It arrives, so the server itself has to refuse it, before any handler runs.',
        ),
        method: 'POST',
        path: '/catalog/1/reviews',
        headers: { 'Content-Type': 'text/plain' },
        body: '{"text":"Buy at my place instead!"}',
        credentials: 'include',
      },
    ],
  },
  {
    id: 'orders',
    name: 'Partner orders',
    chapter: { page: 'origin-rules', heading: 'Origin rules' },
    policy: "`@Cors('partners')`: origins from the provider `PartnerOrigins`",
    scenarios: [
      {
        id: 'orders-list',
        title: 'List the orders',
        why: '`Authorization` is never safelisted, so the browser asks first. A page that no partner runs hears no.',
        path: '/orders',
        headers: PARTNER,
        status: 200,
      },
      {
        id: 'orders-place',
        title: 'Place an order',
        why: partnerOr(
          '`Idempotency-Key` may be sent, `Location` and `X-Request-Id` may be read.',
          'The preflight is refused, and no order is placed.',
        ),
        method: 'POST',
        path: '/orders',
        headers: { ...PARTNER, ...JSON_TYPE, 'Idempotency-Key': 'playground' },
        body: '{"bookId":2}',
        status: 201,
      },
      {
        id: 'orders-no-token',
        title: 'Without the token',
        why: partnerOr(
          'No preflight is needed. The page reads the application’s 401.',
          'No preflight is needed. It arrives, and is refused before the application looks for a token.',
        ),
        path: '/orders',
        status: 401,
      },
      {
        id: 'orders-cancel',
        title: 'Cancel an order',
        why: partnerOr(
          'Routed, but outside the policy’s `methods`: a partner’s page may not cancel.',
          'Neither the origin nor the method is on the list.',
        ),
        method: 'DELETE',
        path: '/orders/1001',
        headers: PARTNER,
      },
      {
        id: 'orders-cookie',
        title: 'With cookies as well',
        why: 'The policy is without credentials: a token is what counts here.',
        path: '/orders',
        headers: PARTNER,
        credentials: 'include',
      },
    ],
  },
  {
    id: 'report',
    name: 'Report',
    chapter: { page: 'combining', heading: 'How policies combine' },
    policy: 'The partners’ policy, two more exposed headers by the function form',
    scenarios: [
      {
        id: 'report',
        title: 'Read the bestsellers',
        why: partnerOr(
          '`X-Total-Count` is readable, and `Vary` names the handler’s `Accept-Language` next to `Origin`.',
          '`Accept-Language` is safelisted: nothing to ask about beforehand. The request arrives and is refused.',
        ),
        path: '/reports/bestsellers',
        headers: { 'Accept-Language': 'de' },
        status: 200,
      },
    ],
  },
  {
    id: 'stock',
    name: 'Live stock',
    chapter: { page: 'operations', heading: 'Event streams' },
    policy: "`@Cors('live')`: the shop and its partners, over `@Sse()`",
    scenarios: [
      {
        id: 'stock-event-source',
        title: 'EventSource',
        why: {
          shop: 'A plain GET without preflight. The first event proves that it is open.',
          partner: 'A plain GET without preflight. The first event proves that it is open.',
          stranger: 'A plain GET without preflight. To the page a refusal is just an error event.',
        },
        path: '/stock/live',
        via: 'EventSource',
        headers: { Accept: 'text/event-stream' },
        status: 200,
      },
      {
        id: 'stock-fetch',
        title: 'fetch() and a stream reader',
        why: {
          shop: 'The same stream, read by hand: the page sees status and headers too.',
          partner: 'The same stream, read by hand: the page sees status and headers too.',
          stranger: 'By hand it is the same: refused, and `fetch` says no more than “failed”.',
        },
        path: '/stock/live',
        headers: { Accept: 'text/event-stream' },
        stream: true,
        status: 200,
      },
    ],
  },
  {
    id: 'admin',
    name: 'Admin',
    chapter: { page: 'answers', heading: 'Requests' },
    policy: '`@Cors(false)`: no page of another origin',
    scenarios: [
      {
        id: 'admin-stats',
        title: 'Read the figures',
        why: 'A simple GET arrives, and the guard refuses it before anything runs.',
        path: '/admin/stats',
      },
      {
        id: 'admin-token',
        title: 'With the right token',
        why: 'A token that leaked into a page is of no use there.',
        path: '/admin/stats',
        headers: { Authorization: 'Bearer admin-demo-token' },
      },
      {
        id: 'admin-delete',
        title: 'Remove a book',
        why: 'Stopped by the preflight.',
        method: 'DELETE',
        path: '/admin/books/1',
      },
      {
        id: 'admin-no-cors',
        title: 'Without CORS',
        why: 'No `Origin`, so it is not a CORS request and reaches the application, whose token guard says 401. The page cannot see even that.',
        path: '/admin/stats',
        mode: 'no-cors',
        status: 401,
      },
    ],
  },
  {
    id: 'callback',
    name: 'Sign-in callback',
    chapter: { page: 'csrf', heading: 'OAuth and SAML form posts' },
    policy:
      '`@Cors({ origin: false, enforce: false })`: accepted from anywhere, readable by nobody',
    scenarios: [
      {
        id: 'callback-form',
        title: 'Post the form',
        why: 'What an identity provider’s form does: it must arrive, whatever its `Origin`.',
        method: 'POST',
        path: '/sign-in/callback',
        mode: 'no-cors',
        credentials: 'include',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'code=demo&state=demo',
        status: 200,
      },
      {
        id: 'callback-read',
        title: 'Try to read the answer',
        why: 'The handler runs, and still there is nothing for the page to see.',
        method: 'POST',
        path: '/sign-in/callback',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'code=demo&state=demo',
        status: 200,
      },
    ],
  },
];
