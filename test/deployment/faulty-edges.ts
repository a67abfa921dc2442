import type { EdgeServerName } from '../harness/edge-servers.js';

/** Makes a configuration that passes everything on to a port, but for what a fault adds. */
export const EDGES: Readonly<Record<EdgeServerName, (fault?: EdgeFault) => EdgeText>> = {
  nginx:
    ({ http = '', server = '', proxy = '', host = 'proxy_set_header Host $http_host;' } = {}) =>
    (port, upstream) =>
      `events {}
http {
  access_log off;
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      ${host}
      ${proxy}
    }
  }
}
`,
  haproxy:
    ({ http = '', server = '', proxy = '' } = {}) =>
    (port, upstream) =>
      `${http}
defaults
  mode http
  timeout connect 5s
  retries 0
  timeout client 10s
  timeout server 10s
frontend front
  bind 127.0.0.1:${port}
  ${server}
  default_backend application
backend application
  ${proxy}
  server node 127.0.0.1:${upstream}
`,
  caddy:
    ({ server = '', proxy = '' } = {}) =>
    (port, upstream) =>
      `{
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  ${server}
  reverse_proxy 127.0.0.1:${upstream} {
    ${proxy}
  }
}
`,
};

export type EdgeText = (port: number, upstream: number) => string;

/** What a fault adds to a configuration: outside of the server, in it, and where requests are passed on. */
export interface EdgeFault {
  readonly http?: string;
  readonly server?: string;
  readonly proxy?: string;
  readonly host?: string;
}

/** Everything that the application says about CORS. */
const ALL = ['Origin', 'Credentials', 'Methods', 'Headers'].map(
  (name) => `Access-Control-Allow-${name}`,
);
ALL.push('Access-Control-Expose-Headers', 'Access-Control-Max-Age');

export interface FaultRow {
  /** What is wrong. */
  readonly fault: string;
  /** The kinds of all findings, sorted. */
  readonly found: readonly string[];
  /** A word of the setting that has to be named, for each server that can have the fault. */
  readonly named: Readonly<Partial<Record<EdgeServerName, string>>>;
  readonly nginx?: EdgeFault;
  readonly haproxy?: EdgeFault;
  readonly caddy?: EdgeFault;
  /** Whether it shows only with `--read`. */
  readonly reads?: true;
  /** The application is not there. */
  readonly deadUpstream?: true;
}

const hide = (...names: string[]): Required<Pick<FaultRow, 'nginx' | 'haproxy' | 'caddy'>> => ({
  nginx: { proxy: names.map((name) => `proxy_hide_header ${name};`).join('\n') },
  haproxy: { proxy: names.map((name) => `http-response del-header ${name}`).join('\n  ') },
  caddy: { proxy: names.map((name) => `header_down -${name}`).join('\n    ') },
});

const answerOptions = (
  status: number,
): Required<Pick<FaultRow, 'nginx' | 'haproxy' | 'caddy'>> => ({
  nginx: { proxy: `if ($request_method = OPTIONS) { return ${status}; }` },
  haproxy: { server: `http-request deny deny_status ${status} if METH_OPTIONS` },
  caddy: { server: `@options method OPTIONS\n  respond @options ${status}` },
});

/** HAProxy no longer knows the request when it answers. */
const REMEMBER = 'http-request set-var(txn.origin) req.hdr(origin)';

const replace = (
  name: string,
  value: Readonly<Record<EdgeServerName, string>>,
): Required<Pick<FaultRow, 'nginx' | 'haproxy' | 'caddy'>> => ({
  nginx: { proxy: `proxy_hide_header ${name};\nadd_header ${name} ${value.nginx} always;` },
  haproxy: { proxy: `${REMEMBER}\n  http-response set-header ${name} ${value.haproxy}` },
  caddy: { proxy: `header_down ${name} ${value.caddy}` },
});

const same = (value: string) => ({ nginx: value, haproxy: value, caddy: value });

export const FAULTS: readonly FaultRow[] = [
  {
    fault: 'it adds an Access-Control-Allow-Origin of its own',
    found: ['doubled-header'],
    named: { nginx: 'add_header', haproxy: 'add-header', caddy: 'header_down' },
    nginx: { proxy: `add_header Access-Control-Allow-Origin $http_origin;` },
    haproxy: {
      proxy:
        'http-response add-header Access-Control-Allow-Origin * if { res.hdr(access-control-allow-origin) -m found }',
    },
    caddy: {
      server:
        '@allowed header Origin https://shop.example.com\n  header @allowed +Access-Control-Allow-Origin https://shop.example.com',
    },
  },
  {
    fault: 'it authenticates preflights',
    found: ['preflight-needs-authentication'],
    named: { nginx: 'limit_except OPTIONS', haproxy: 'METH_OPTIONS', caddy: 'basic_auth' },
    nginx: { server: 'auth_basic api;\nauth_basic_user_file /dev/null;' },
    haproxy: {
      http: 'userlist users\n  user ann insecure-password ann',
      server: 'http-request auth realm api unless { http_auth(users) }',
    },
    caddy: {
      server:
        'basicauth {\n    ann JDJhJDE0JFdORkFLdXBIWUFIYzJPZ3VxYXY2Wi5JMVdzMlY5NDZQUjRuWnNxMVFBQm9VNmE2VGNRNk5T\n  }',
    },
  },
  {
    fault: 'it redirects to https:',
    found: ['redirected-to-https'],
    named: { nginx: 'return 301', haproxy: 'redirect scheme', caddy: 'redirect' },
    nginx: { server: 'return 301 https://$host$request_uri;' },
    haproxy: { server: 'http-request redirect scheme https code 301' },
    caddy: { server: 'redir https://{host}{uri} permanent' },
  },
  {
    fault: 'it redirects to the path with a slash at its end',
    found: ['redirected-for-a-slash'],
    named: { nginx: 'rewrite', haproxy: 'http-request redirect', caddy: 'redir' },
    nginx: { server: 'rewrite ^(.*[^/])$ $1/ permanent;' },
    haproxy: { server: 'http-request redirect location %[path]/ code 301 unless { path_end / }' },
    caddy: { server: '@bare not path */\n  redir @bare {path}/ permanent' },
  },
  {
    fault: 'it redirects to a page to sign in',
    found: ['redirected'],
    named: { nginx: 'login page', haproxy: 'http-request redirect', caddy: 'redir' },
    nginx: { server: 'return 302 https://login.example.com/;' },
    haproxy: { server: 'http-request redirect location https://login.example.com/ code 302' },
    caddy: { server: 'redir https://login.example.com/ 302' },
  },
  {
    fault: 'its cache ignores Vary',
    found: ['answered-from-a-cache'],
    reads: true,
    named: { nginx: 'proxy_ignore_headers Vary', haproxy: 'process-vary' },
    nginx: {
      http: 'proxy_cache_path cache keys_zone=answers:1m;',
      proxy: 'proxy_cache answers;\nproxy_ignore_headers Vary;',
    },
    haproxy: {
      http: 'cache answers\n  total-max-size 4\n  max-age 60',
      proxy: [
        'http-request set-var(txn.method) method',
        'http-request cache-use answers',
        'http-response del-header vary if { var(txn.method) -m str GET HEAD }',
        'http-response cache-store answers',
        'http-response set-header Vary Origin if { var(txn.method) -m str GET HEAD }',
      ].join('\n  '),
    },
  },
  {
    fault: 'it removes Vary',
    found: ['vary-stripped'],
    named: { nginx: 'proxy_hide_header Vary', haproxy: 'del-header', caddy: 'header_down' },
    ...hide('Vary'),
  },
  {
    fault: 'it refuses OPTIONS with 405',
    found: ['method-filtered'],
    named: { nginx: 'limit_except', haproxy: 'METH_OPTIONS', caddy: 'method OPTIONS' },
    ...answerOptions(405),
  },
  {
    fault: 'it refuses OPTIONS with 403',
    found: ['refused-by-firewall'],
    named: { nginx: 'limit_except', haproxy: 'METH_OPTIONS', caddy: 'method OPTIONS' },
    ...answerOptions(403),
    nginx: { proxy: 'limit_except GET POST PUT DELETE { deny all; }' },
  },
  {
    fault: 'it rewrites Host',
    found: ['host-rewritten'],
    reads: true,
    named: { nginx: '$http_host', haproxy: 'set-header Host', caddy: 'header_up Host' },
    nginx: { host: '' },
    haproxy: { proxy: 'http-request set-header Host internal.example' },
    caddy: { proxy: 'header_up Host internal.example' },
  },
  {
    fault: 'it removes every CORS header',
    found: ['cors-headers-stripped'],
    named: { nginx: 'proxy_hide_header', haproxy: 'del-header', caddy: 'header_down' },
    ...hide(...ALL),
  },
  {
    fault: 'it removes one CORS header',
    found: ['header-stripped'],
    named: { nginx: 'proxy_hide_header', haproxy: 'del-header', caddy: 'header_down' },
    ...hide('Access-Control-Allow-Credentials'),
  },
  {
    fault: 'it answers preflights by itself',
    found: ['answered-by-the-proxy'],
    named: { nginx: '$request_method', haproxy: 'http-request return', caddy: 'respond' },
    nginx: {
      proxy:
        'if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Methods "GET, PUT"; return 204; }',
    },
    haproxy: {
      server:
        'http-request return status 204 hdr Access-Control-Allow-Origin * hdr Access-Control-Allow-Methods "GET, PUT" if METH_OPTIONS',
    },
    caddy: {
      server:
        '@options method OPTIONS\n  header @options Access-Control-Allow-Origin *\n  header @options Access-Control-Allow-Methods "GET, PUT"\n  respond @options 204',
    },
  },
  {
    fault: 'it writes a wildcard over what the application says',
    found: ['wildcard-added'],
    named: { nginx: 'add_header', haproxy: 'set-header', caddy: 'header_down' },
    ...replace('Access-Control-Allow-Origin', same('*')),
  },
  {
    fault: 'it sends back whatever Origin says',
    found: ['header-changed', 'origin-reflected'],
    named: { nginx: 'add_header', haproxy: 'set-header', caddy: 'header_down' },
    ...replace('Access-Control-Allow-Origin', {
      nginx: '$http_origin',
      haproxy: '%[var(txn.origin)]',
      caddy: '{http.request.header.Origin}',
    }),
  },
  {
    fault: 'it writes one origin for all',
    found: ['fixed-origin'],
    named: { nginx: 'add_header', haproxy: 'set-header', caddy: 'header_down' },
    ...replace('Access-Control-Allow-Origin', same('https://www.example.com')),
  },
  {
    fault: 'it writes another max age',
    found: ['header-added', 'max-age-changed'],
    named: { nginx: 'add_header', haproxy: 'set-header', caddy: 'header_down' },
    ...replace('Access-Control-Max-Age', same('86400')),
  },
  {
    fault: 'it writes another list of methods',
    found: ['header-added', 'header-changed'],
    named: { nginx: 'add_header', haproxy: 'set-header', caddy: 'header_down' },
    ...replace('Access-Control-Allow-Methods', same('TEAPOT')),
  },
  {
    fault: 'the application is not there',
    found: ['gateway-failed'],
    named: { nginx: 'proxy_pass', haproxy: 'backend', caddy: 'upstreams' },
    deadUpstream: true,
    nginx: {},
    haproxy: {},
    caddy: {},
  },
  {
    fault: 'it removes Origin from requests',
    found: ['preflight-headers-removed'],
    named: {
      nginx: 'proxy_set_header Origin',
      haproxy: 'del-header origin',
      caddy: 'header_up -Origin',
    },
    nginx: { proxy: 'proxy_set_header Origin "";' },
    haproxy: { proxy: 'http-request del-header origin' },
    caddy: { proxy: 'header_up -Origin' },
  },
  {
    fault: 'it writes another Origin into requests',
    found: ['another-policy', 'fixed-origin'],
    named: {
      nginx: 'proxy_set_header Origin',
      haproxy: 'set-header origin',
      caddy: 'header_up Origin',
    },
    nginx: { proxy: 'proxy_set_header Origin https://shop.example.com;' },
    haproxy: { proxy: 'http-request set-header origin https://shop.example.com' },
    caddy: { proxy: 'header_up Origin https://shop.example.com' },
  },
  {
    fault: 'it routes the path elsewhere',
    found: ['not-routed'],
    named: { nginx: 'location', haproxy: 'use_backend', caddy: 'handle_path' },
    nginx: { server: 'if ($uri !~ ^/api/) { return 404; }' },
    haproxy: { server: 'http-request return status 404 unless { path_beg /api/ }' },
    caddy: { server: '@elsewhere not path /api/*\n  respond @elsewhere 404' },
  },
  {
    fault: 'it says that there are too many requests',
    found: ['rate-limited'],
    named: { nginx: 'limit_req', haproxy: 'stick-table', caddy: 'rate_limit' },
    ...answerOptions(429),
  },
  {
    fault: 'it authenticates requests by itself',
    found: ['answers-in-its-place'],
    reads: true,
    named: { nginx: 'auth_basic', haproxy: 'http-request auth', caddy: 'basic_auth' },
    nginx: { proxy: 'if ($request_method != OPTIONS) { return 401; }' },
    haproxy: { server: 'http-request deny deny_status 401 unless METH_OPTIONS' },
    caddy: { server: '@others not method OPTIONS\n  respond @others 401' },
  },
  {
    fault: 'it lets caches keep refusals',
    found: ['refusal-cacheable'],
    named: { nginx: 'Cache-Control', haproxy: 'Cache-Control', caddy: 'Cache-Control' },
    ...hide('Cache-Control'),
  },
];
