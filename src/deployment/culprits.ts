import {
  LET_NODE_ANSWER,
  METHOD_FILTER,
  OWN_AUTHENTICATION,
  OWN_CACHE,
  REMOVES_HEADERS,
  WRITES_HEADERS,
} from './culprit-settings.js';
import type { Severity } from './finding.js';
import type { Settings } from './proxies.js';

/** What `verify` says about one kind of difference. */
export interface Culprit {
  readonly severity: Severity;
  readonly what: string;
  readonly means: string;
  /** Who did it, and the setting to change. */
  readonly settings: Settings;
}

/** For each kind of difference what it is, the likely culprit, and where it is set. */
export const CULPRITS = {
  unreachable: {
    severity: 'medium',
    what: 'The server gives no answer.',
    means: 'It cannot be verified. Check the URL, the port, the network and the server itself.',
    settings: {
      nginx: 'check `listen` and `server_name`.',
      HAProxy: 'check `bind`.',
      Caddy: 'check the address of the site.',
      another: 'check its listener, and whether a firewall drops the connection.',
    },
  },
  'tls-failed': {
    severity: 'medium',
    what: 'No TLS connection can be made with what the server offers.',
    means:
      'Browsers refuse it, too. For a private authority, set NODE_EXTRA_CA_CERTS to its certificate.',
    settings: {
      nginx: 'check `listen … ssl`, ssl_certificate (with the whole chain) and server_name.',
      HAProxy: 'check `bind … ssl crt` (with the whole chain).',
      Caddy: 'check the `tls` directive and the name of the site.',
      another: 'check the certificate, its names, its chain and its date; is the port one for TLS?',
    },
  },
  'broken-answer': {
    severity: 'medium',
    what: 'What the server sends is not an HTTP answer that can be read.',
    means: 'Browsers refuse it, too, or each reads it differently.',
    settings: {
      nginx: 'check what add_header writes.',
      HAProxy:
        'check what http-response set-header writes, and `option accept-invalid-http-response`.',
      Caddy: 'check what header writes.',
      another: 'check how long and how many its headers are.',
    },
  },
  'gateway-failed': {
    severity: 'medium',
    what: 'A proxy answers with an error of its own, because it gets no answer from the application.',
    means:
      'Pages see a CORS error instead of the status, because such answers have no CORS headers.',
    settings: {
      nginx: 'check proxy_pass and its timeouts; see error.log.',
      HAProxy: 'check the servers of the backend and `timeout server`.',
      Caddy: 'check the upstreams of reverse_proxy.',
      another: 'check its upstream, and whether the application runs.',
    },
  },
  'rate-limited': {
    severity: 'low',
    what: 'The server answers 429: too many requests.',
    means: 'A browser would not have asked so fast. Run again with a lower --rate.',
    settings: {
      nginx: 'see limit_req; leave OPTIONS out of its key.',
      HAProxy: 'see the stick-table behind `http-request deny deny_status 429`.',
      Caddy: 'see the rate_limit plug-in.',
      another: 'see its rate limit.',
    },
  },
  'redirected-to-https': {
    severity: 'medium',
    what: 'A proxy redirects from http: to https:.',
    means:
      'A preflight must not be redirected (Fetch, "ok status"): pages have to call the https: URL.',
    settings: {
      nginx: 'the `return 301 https://…` is fine; verify, and call, the https: URL.',
      HAProxy: 'the `redirect scheme https` is fine; verify, and call, the https: URL.',
      Caddy: 'its automatic redirect is fine; verify, and call, the https: URL.',
      another: 'the redirect is fine; verify, and call, the https: URL.',
    },
  },
  'redirected-for-a-slash': {
    severity: 'medium',
    what: 'A proxy redirects to the same path with or without a slash at its end.',
    means: 'A preflight must not be redirected (Fetch, "ok status"): pages get a CORS error.',
    settings: {
      nginx: 'let rewrite and `location /path/` (which redirects /path) leave the API alone.',
      HAProxy: 'give `http-request redirect` a condition: `unless METH_OPTIONS`.',
      Caddy: 'give `redir` and try_files a matcher that leaves the API alone.',
      another: 'switch the redirect for slashes off for the API.',
    },
  },
  redirected: {
    severity: 'medium',
    what: 'A proxy redirects the request to another place.',
    means: 'A preflight must not be redirected (Fetch, "ok status"): pages get a CORS error.',
    settings: {
      nginx: 'see `return 30x`, rewrite and error_page; a login page must not answer OPTIONS.',
      HAProxy: 'see `http-request redirect`; give it the condition `unless METH_OPTIONS`.',
      Caddy: 'see `redir` and forward_auth; put `not method OPTIONS` into their matchers.',
      another: 'see its login and its rules for host names; exempt OPTIONS.',
    },
  },
  'preflight-needs-authentication': {
    severity: 'medium',
    what: 'A gateway authenticates preflights: it answers OPTIONS with 401.',
    means:
      'Browsers never send credentials with a preflight, so no page can make such a request at all.',
    settings: OWN_AUTHENTICATION,
  },
  'method-filtered': {
    severity: 'medium',
    what: 'A proxy refuses the method OPTIONS, so no preflight reaches the application.',
    means: 'Pages get a CORS error for every request that needs a preflight.',
    settings: METHOD_FILTER,
  },
  'refused-by-firewall': {
    severity: 'medium',
    what: 'A firewall or proxy refuses the request, not the application: its 403 is another one.',
    means:
      'Pages of allowed origins get a CORS error, or strangers meet other rules than the document says.',
    settings: METHOD_FILTER,
  },
  'preflight-headers-removed': {
    severity: 'medium',
    what: 'The application got the request as if it were no preflight: a proxy removes Origin or Access-Control-Request-….',
    means: 'Pages get a CORS error for every request that needs a preflight.',
    settings: {
      nginx:
        'remove `proxy_set_header Origin …` and `proxy_set_header Access-Control-Request-… ""`.',
      HAProxy: 'remove `http-request del-header origin` and the like.',
      Caddy: 'remove `header_up -Origin` and the like from reverse_proxy.',
      another:
        'forward the request headers Origin and Access-Control-Request-… (CDN: origin request policy).',
    },
  },
  'not-routed': {
    severity: 'medium',
    what: 'The answer is 404, which nestjs-cors never gives to a preflight: something else answers at this path.',
    means:
      'Pages get a CORS error. Is the application deployed below a path? Then verify that URL: https://host/path.',
    settings: {
      nginx: 'check location and the path at the end of proxy_pass.',
      HAProxy: 'check use_backend and `http-request replace-path`.',
      Caddy: 'check handle_path, and the matcher of reverse_proxy.',
      another: 'check its routes and how they change the path; do they list OPTIONS?',
    },
  },
  'answered-by-the-proxy': {
    severity: 'medium',
    what: 'A proxy answers preflights by itself, and not as the application would.',
    means:
      'Browsers believe the proxy: it allows what the application refuses, or the other way round.',
    settings: LET_NODE_ANSWER,
  },
  'doubled-header': {
    severity: 'medium',
    what: 'A CORS header is there twice: the proxy adds its own to the one of the application.',
    means: 'Browsers join both values, and the CORS check fails (Fetch, "CORS check").',
    settings: WRITES_HEADERS,
  },
  'wildcard-added': {
    severity: 'high',
    what: 'A proxy writes Access-Control-Allow-Origin: *, where the application does not.',
    means: 'Any page may read what is for listed origins only; and requests with cookies fail.',
    settings: WRITES_HEADERS,
  },
  'origin-reflected': {
    severity: 'high',
    what: 'A proxy allows an origin that the policies do not allow: it sends back whatever Origin says.',
    means: 'Any page may read the answers.',
    settings: WRITES_HEADERS,
  },
  'fixed-origin': {
    severity: 'medium',
    what: 'Access-Control-Allow-Origin names another origin than the one that asks.',
    means:
      'A proxy writes a fixed value, there or into the request. Pages of other origins get a CORS error.',
    settings: {
      nginx: 'remove `add_header Access-Control-Allow-Origin …` and `proxy_set_header Origin …`.',
      HAProxy:
        'remove `http-response set-header Access-Control-…` and `http-request set-header origin …`.',
      Caddy: 'remove `header_down Access-Control-…` and `header_up Origin …` from reverse_proxy.',
      another: 'switch its own CORS feature off, and forward the request header Origin as it is.',
    },
  },
  'answered-from-a-cache': {
    severity: 'high',
    what: 'The answer comes from a cache, which made it for another origin.',
    means: 'Pages get a CORS error, or read what was made for others: who came first decides.',
    settings: OWN_CACHE,
  },
  'cors-headers-stripped': {
    severity: 'medium',
    what: 'The CORS headers of the application are gone.',
    means: 'Pages of allowed origins get a CORS error.',
    settings: REMOVES_HEADERS,
  },
  'header-stripped': {
    severity: 'medium',
    what: 'A CORS header of the application is gone.',
    means: 'Browsers grant less than the policy says.',
    settings: REMOVES_HEADERS,
  },
  'header-added': {
    severity: 'medium',
    what: 'There is a CORS header that the application does not send.',
    means: 'Browsers grant more than the policy says.',
    settings: WRITES_HEADERS,
  },
  'header-changed': {
    severity: 'medium',
    what: 'A CORS header has another value than the application gives it.',
    means: 'Browsers grant other things than the policy says.',
    settings: WRITES_HEADERS,
  },
  'max-age-changed': {
    severity: 'low',
    what: 'Access-Control-Max-Age has another value than the policy says.',
    means:
      'Browsers keep preflights longer or shorter than intended: longer keeps open what you closed, shorter costs requests.',
    settings: WRITES_HEADERS,
  },
  'vary-stripped': {
    severity: 'medium',
    what: 'Vary lacks what the application puts there.',
    means: 'A cache may give one origin the answer that was made for another.',
    settings: {
      ...REMOVES_HEADERS,
      nginx: 'remove `proxy_hide_header Vary`, and `add_header Vary` that replaces it.',
    },
  },
  'refusal-cacheable': {
    severity: 'medium',
    what: 'A refusal lacks Cache-Control: no-store.',
    means: 'A cache may answer an allowed page with it.',
    settings: {
      nginx: 'let `expires` and `proxy_hide_header Cache-Control` leave 403 alone.',
      HAProxy: 'let `http-response set-header Cache-Control` leave 403 alone.',
      Caddy: 'let `header Cache-Control` leave 403 alone.',
      another: 'respect the Cache-Control of the application.',
    },
  },
  'host-rewritten': {
    severity: 'medium',
    what: "The server's own pages are refused as those of another origin: a proxy rewrites Host.",
    means:
      'Their POST, PUT and DELETE fail in browsers that send no Sec-Fetch-Site, and everywhere on plain http:.',
    settings: {
      nginx: 'set `proxy_set_header Host $http_host;`.',
      HAProxy: 'remove `http-request set-header Host`.',
      Caddy: 'remove `header_up Host` from reverse_proxy.',
      another: "pass the client's Host on, with its port.",
    },
  },
  'answers-in-its-place': {
    severity: 'medium',
    what: 'A gateway answers in the place of the application, without its headers.',
    means: 'Pages see a CORS error instead of the status, and caches are not told about Origin.',
    settings: {
      nginx: 'see auth_basic, auth_request, limit_except, error_page and try_files.',
      HAProxy: 'see `http-request auth`, deny and return, and errorfile.',
      Caddy: 'see basic_auth, forward_auth, respond and file_server.',
      another: 'see its authentication, firewall and error pages.',
    },
  },
  'another-policy': {
    severity: 'medium',
    what: 'nestjs-cors answers, but by another policy than the document says.',
    means:
      'The document is of another version or environment, or a proxy changes Origin or the path.',
    settings: {
      nginx: 'look for `proxy_set_header Origin` and rewrite.',
      HAProxy: 'look for `http-request set-header origin` and replace-path.',
      Caddy: 'look for `header_up Origin` and rewrite.',
      another: 'otherwise write the document again from what is deployed.',
    },
  },
  'status-changed': {
    severity: 'low',
    what: 'The status is another than the application gives.',
    means: 'Browsers only ask whether the status of a preflight is 200 to 299.',
    settings: {
      nginx: 'see error_page and return.',
      HAProxy: 'see `http-response set-status`.',
      Caddy: 'see handle_response and replace_status.',
      another: 'see its rules for answers.',
    },
  },
} as const satisfies Readonly<Record<string, Culprit>>;

/** A kind of difference between what a document promises and what a deployed server answers. */
export type DifferenceKind = keyof typeof CULPRITS;
