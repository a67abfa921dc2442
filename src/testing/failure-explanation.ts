import type { CorsDecision } from '../decision/cors-decision.js';
import type { CorsFix } from '../document/explanation/cors-explanation.js';
import type { FetchStep } from '../fetch/fetch-step.js';
import type { PageRequest } from '../fetch/request.js';
import type { PageBrowser } from './page-browser.js';
import type { CorsPolicyService } from '../cors-policy.service.js';
import { policyServiceOf } from './policy-service.js';

interface Explained {
  readonly decision: CorsDecision | undefined;
  readonly explanation: string | undefined;
  readonly fixes: readonly CorsFix[];
}

/** What an application of this process decided about the request that ended a fetch, and what to change. */
export async function explainFailure(
  browser: PageBrowser,
  steps: readonly FetchStep[],
  origin: string,
  request: PageRequest,
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
    return { decision: undefined, explanation: undefined, fixes: [] };
  }
  const { method, url, headers } = sent.request;
  const decision = await service.evaluate({ method, url, headers });
  const fault = last !== undefined && 'fault' in last ? last.fault : undefined;
  const asking = { ...request, url, origin: headers['origin'] ?? origin };
  return {
    decision,
    explanation: explanationOf(decision, fault, origin),
    fixes: await findFixes(service, asking),
  };
}

/** The lines that would let the page read the answer; none where another server or a page like none asks. */
async function findFixes(
  service: CorsPolicyService,
  { origin, url, method, headers, credentials, mode }: PageRequest & { readonly origin: string },
): Promise<readonly CorsFix[]> {
  // Loaded when something failed: most tests do not need it.
  const { explainRequest } = await import('../document/explanation/explain-request.js');
  try {
    const asked = { origin, url, method, headers: Object.fromEntries(headers), credentials, mode };
    return (await explainRequest(service, asked)).fixes;
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
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
