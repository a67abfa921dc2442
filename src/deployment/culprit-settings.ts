import type { Settings } from './proxies.js';

/** Settings by which servers do what several kinds of difference come from. */

export const LET_NODE_ANSWER: Settings = {
  nginx:
    'take the `if ($request_method = OPTIONS)` block out, so that proxy_pass gets the preflight.',
  HAProxy:
    'take the `http-request return` for METH_OPTIONS out, so that the backend gets the preflight.',
  Caddy:
    'take the `respond` of the matcher with `method OPTIONS` out, so that reverse_proxy gets it.',
  another:
    "switch its own CORS feature off for this API, e.g. the gateway's CORS plug-in or bucket rules.",
};

export const WRITES_HEADERS: Settings = {
  nginx:
    'remove `add_header Access-Control-…`; where it has to stay, add `proxy_hide_header` for the same name.',
  HAProxy: 'remove `http-response add-header` and `set-header` of Access-Control-….',
  Caddy: 'remove `header Access-Control-…` from the site, and `header_down` from reverse_proxy.',
  another: 'switch its own CORS feature off; only one of the two may write these headers.',
};

export const REMOVES_HEADERS: Settings = {
  nginx: 'remove `proxy_hide_header` for this header.',
  HAProxy: 'remove `http-response del-header` (or replace-header) for this header.',
  Caddy: 'remove `header_down -…` or `header -…` for this header.',
  another: 'let response headers pass; see its list of headers that it hides or forwards.',
};

export const OWN_AUTHENTICATION: Settings = {
  nginx:
    'switch auth_basic, auth_request or auth_jwt off for OPTIONS: `limit_except OPTIONS { auth_basic …; }`.',
  HAProxy: 'give `http-request auth` a condition: `unless METH_OPTIONS`.',
  Caddy: 'put `not method OPTIONS` into the matcher of basic_auth or forward_auth.',
  another: 'exempt OPTIONS from authentication; browsers never send credentials with a preflight.',
};

export const METHOD_FILTER: Settings = {
  nginx: 'let `limit_except` and `if ($request_method …)` pass OPTIONS.',
  HAProxy: 'let `http-request deny` pass METH_OPTIONS.',
  Caddy: 'let the matcher before `respond` or `abort` pass `method OPTIONS`.',
  another:
    'allow the method OPTIONS, and the header Origin, in the firewall (WAF) or load balancer.',
};

export const OWN_CACHE: Settings = {
  nginx: 'remove `proxy_ignore_headers Vary`, or put $http_origin into proxy_cache_key.',
  HAProxy: 'set `process-vary on` in the cache section, and do not delete Vary before cache-store.',
  Caddy: 'let the cache plug-in respect Vary, or add {http.request.header.Origin} to its key.',
  another:
    'respect Vary: Origin, or put the request header Origin into the cache key (CDN: cache policy).',
};
