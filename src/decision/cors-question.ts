import type { IncomingHttpHeaders } from 'node:http';
import { normalizeMethod } from '../protocol/policy/methods.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** What `CorsPolicyService.evaluate()` is asked about. */
export interface CorsQuestion {
  readonly method: string;
  /** Path and query, e.g. `/catalog/42?full=1`; or a whole URL, whose host then counts. */
  readonly url: string;
  /** In any case; a preflight is an `OPTIONS` with `Origin` and `Access-Control-Request-Method`. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /**
   * The host name as the adapter sees it. If left out, it is read from the headers as the adapter would for a request
   * from the loopback: `X-Forwarded-Host` counts where the adapter trusts a proxy there, and `Host` otherwise.
   */
  readonly hostname?: string;
}

/** The request that a question describes, as Node would present it. */
export function requestOf({ method, url, headers = {}, hostname }: CorsQuestion): CorsRequest {
  const fields: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) fields[name.toLowerCase()] = String(value);
  }
  const absolute =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (absolute !== undefined) fields.host ??= absolute.host;
  return {
    method: normalizeMethod(method),
    url: absolute === undefined ? url : absolute.pathname + absolute.search,
    headers: fields,
    hostname,
  };
}
