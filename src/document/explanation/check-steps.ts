import type { CorsFault } from '../../fetch/cors-check.js';
import type { FetchStep } from '../../fetch/fetch-step.js';
import type { PreflightFault } from '../../fetch/preflight.js';
import { isSafelistedMethod, type PageRequest, type WireResponse } from '../../fetch/request.js';
import type { CorsStep, CorsStepName } from './cors-explanation.js';
import { listed } from './short-text.js';

const FETCH = 'https://fetch.spec.whatwg.org/#';

type Checked = Extract<FetchStep, { name: 'preflight' | 'cors-check' }>;

/** One check of the standard, and the faults by which it fails. */
interface Check {
  readonly name: CorsStepName;
  readonly section: string;
  readonly faults: readonly (CorsFault | PreflightFault)[];
  /** Absent where there is nothing to check. */
  readonly passed?: string | undefined;
  readonly failed: string;
}

interface Asked {
  readonly origin: string;
  readonly credentials: PageRequest['credentials'];
  /** Whether this module gives the answer, and so its status. */
  readonly knowsStatus?: boolean;
}

/** The checks of one answer, in the order of the standard, up to the one that fails. */
export function checkSteps(step: Checked, asked: Asked): readonly CorsStep[] {
  const steps: CorsStep[] = [];
  for (const { name, section, faults, passed, failed } of checksOf(step, asked)) {
    const isFailed = step.fault !== undefined && faults.includes(step.fault);
    if (!isFailed && passed === undefined) continue;
    const sentence = isFailed ? failed : (passed ?? '');
    steps.push({ name, passed: !isFailed, sentence, section: FETCH + section });
    if (isFailed) break;
  }
  return steps;
}

function checksOf(
  step: Checked,
  { origin, credentials, knowsStatus = true }: Asked,
): readonly Check[] {
  const ofCors = corsChecks(step.response, origin, credentials);
  return step.name === 'preflight' ? [...ofCors, ...preflightChecks(step, knowsStatus)] : ofCors;
}

function corsChecks(
  { headers }: WireResponse,
  origin: string,
  credentials: PageRequest['credentials'],
): readonly Check[] {
  const allowed = headers['access-control-allow-origin'];
  const given = `Access-Control-Allow-Origin is ${allowed ?? 'missing'}`;
  return [
    {
      name: 'allow-origin',
      section: 'cors-check',
      faults: ['no-allow-origin', 'wildcard-with-credentials', 'other-origin'],
      passed: `${given}, which ${allowed === '*' ? 'stands for any origin' : "is the page's origin"}.`,
      failed:
        allowed === '*'
          ? `${given}, which is not enough for a request with credentials mode include: it has to be ${origin}.`
          : `${given}; it has to be ${origin}${credentials === 'include' ? '' : ' or *'}.`,
    },
    {
      name: 'allow-credentials',
      section: 'cors-check',
      faults: ['credentials-not-allowed'],
      passed:
        credentials === 'include'
          ? 'Access-Control-Allow-Credentials is true, as credentials mode include asks for.'
          : undefined,
      failed: 'Access-Control-Allow-Credentials is not true, as credentials mode include asks for.',
    },
  ];
}

function preflightChecks(
  {
    question: { method, unsafeNames, credentials },
    response: { status, headers },
    unlisted,
  }: Extract<FetchStep, { name: 'preflight' }>,
  knowsStatus: boolean,
): readonly Check[] {
  const told = (name: string) => headers[name.toLowerCase()] ?? 'missing';
  const methods = told('Access-Control-Allow-Methods');
  const names = told('Access-Control-Allow-Headers');
  const maxAge = headers['access-control-max-age'];
  const star =
    credentials === 'include' ? ' With credentials mode include, * is a name as any other.' : '';
  return [
    {
      name: 'ok-status',
      section: 'ok-status',
      faults: ['no-ok-status'],
      passed: knowsStatus
        ? `The status ${String(status)} is an ok status.`
        : 'The application itself answers (preflightContinue): its status has to be 200 to 299.',
      failed: `The status ${String(status)} is not an ok status: it has to be 200 to 299.`,
    },
    {
      name: 'allow-methods',
      section: 'cors-preflight-fetch',
      faults: ['method-not-listed'],
      passed: isSafelistedMethod(method)
        ? `${method} is CORS-safelisted, and need not be in Access-Control-Allow-Methods.`
        : `Access-Control-Allow-Methods is ${methods}, which has ${method}.`,
      failed: `Access-Control-Allow-Methods is ${methods}, which does not have ${method}.${star}`,
    },
    {
      name: 'allow-headers',
      section: 'cors-preflight-fetch',
      faults: ['header-not-listed'],
      passed:
        unsafeNames.length === 0
          ? undefined
          : `Access-Control-Allow-Headers is ${names}, which has ${listed(unsafeNames)}.`,
      failed: `Access-Control-Allow-Headers is ${names}, which does not have ${listed(unlisted ?? [])}.${star}`,
    },
    {
      name: 'max-age',
      section: 'http-access-control-max-age',
      faults: [],
      passed:
        maxAge === undefined
          ? 'The browser remembers this for 5 seconds.'
          : `The browser may remember this for ${maxAge} seconds.`,
      failed: '',
    },
  ];
}
