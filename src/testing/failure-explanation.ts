import type { CorsDecision } from '../decision/cors-decision.js';
import type { FetchStep } from '../fetch/fetch-step.js';
import type { PageBrowser } from './page-browser.js';
import { policyServiceOf } from './policy-service.js';

interface Explained {
  readonly decision: CorsDecision | undefined;
  readonly explanation: string | undefined;
}

/** What an application of this process decided about the request that ended a fetch, and what to change. */
export async function explainFailure(
  browser: PageBrowser,
  steps: readonly FetchStep[],
  origin: string,
): Promise<Explained> {
  const last = steps.at(-1);
  // What ended a fetch elsewhere is no answer's fault.
  const sent =
    last?.name === 'cors-check'
      ? steps.findLast((step) => step.name === 'request')
      : last?.name === 'preflight'
        ? last
        : undefined;
  const app = sent && browser.applicationAt(sent.request.url);
  const service = app && (await policyServiceOf(app));
  if (sent === undefined || service === undefined) {
    return { decision: undefined, explanation: undefined };
  }
  const { method, url, headers } = sent.request;
  const decision = await service.evaluate({ method, url, headers });
  const fault = last !== undefined && 'fault' in last ? last.fault : undefined;
  return { decision, explanation: explanationOf(decision, fault, origin) };
}

/** What was decided; and where that would have let the page read the answer, what else has changed it. */
function explanationOf(decision: CorsDecision, fault: string | undefined, origin: string): string {
  if (!decision.allowed) return decision.message;
  switch (fault) {
    case 'wildcard-with-credentials':
    case 'credentials-not-allowed':
      return `${decision.message} But it does so without credentials, and the page asks with credentials: 'include': list ${origin} in a policy with credentials: true, or leave credentials out in the page.`;
    case 'no-allow-origin':
    case 'other-origin':
      return `${decision.message} But the answer does not say so: something behind the module has changed or removed its headers.`;
    default:
      return decision.message;
  }
}
