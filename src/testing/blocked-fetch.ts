import type { CorsDecision } from '../decision/cors-decision.js';
import { consoleMessage } from '../fetch/console-message.js';
import type { FetchStep } from '../fetch/fetch-step.js';
import type { PageExchange } from './page-exchange.js';

/** Why a browser did not hand over an answer: the `cause` of the `TypeError` with which `page.fetch()` rejects. */
export interface BlockedFetch {
  /** The step of Fetch that ended it, e.g. `preflight`, and which of its checks did not pass, e.g. `no-allow-origin`. */
  readonly step: FetchStep['name'];
  readonly fault: string;
  /** What Chromium's console says. */
  readonly console: string;
  /** What went out for this fetch, and what came back. */
  readonly exchanges: readonly PageExchange[];
  /** What the application decided about the request that failed; absent for a server that is no application of ours. */
  readonly decision?: CorsDecision;
  /** Which rule decided, by its place, and what to change. */
  readonly explanation?: string;
}

/** What is known when a fetch has failed. */
export interface FailedFetch {
  readonly origin: string;
  readonly steps: readonly FetchStep[];
  readonly exchanges: readonly PageExchange[];
  readonly decision: CorsDecision | undefined;
  readonly explanation: string | undefined;
}

/** The error of a fetch that a browser ends: its sentence, what went over the wire, and what to change. */
export function blockedFetchError(failed: FailedFetch): TypeError {
  const { origin, steps, exchanges, decision, explanation } = failed;
  const last = steps.at(-1);
  if (last === undefined) return new TypeError('Failed to fetch');
  const urls = steps.flatMap((step) => (step.name === 'tainting' ? [step.url] : []));
  const console = consoleMessage(last, origin, urls) ?? 'Failed to fetch';
  const cause: BlockedFetch = {
    step: last.name,
    fault: 'fault' in last ? (last.fault ?? '') : '',
    console,
    exchanges,
    ...(decision !== undefined && { decision }),
    ...(explanation !== undefined && { explanation }),
  };
  const wire = exchanges.map(
    ({ method, url, status }) => `  ${method} ${url} → ${status ?? 'no answer'}`,
  );
  const parts = [console, wire.join('\n'), explanation ?? ''].filter((part) => part !== '');
  return new TypeError(parts.join('\n\n'), { cause });
}
