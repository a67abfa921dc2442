import type { CorsDecision } from '../../decision/cors-decision.js';
import type { CorsQuestion } from '../../decision/cors-question.js';
import { STANDARD } from '../../fetch/engine-rules.js';
import type { FetchStep } from '../../fetch/fetch-step.js';
import { pageFetch } from '../../fetch/page-fetch.js';
import { PreflightCache } from '../../fetch/preflight-cache.js';
import {
  normalizeMethod,
  type PageResponse,
  type WireRequest,
  type WireResponse,
} from '../../fetch/request.js';
import type { ReadQuestion } from './page-question.js';

/** What answers in the place of a server: `CorsPolicyService`, or the application that a document describes. */
export interface Evaluator {
  evaluate(question: CorsQuestion): Promise<CorsDecision>;
}

/** A step of the model, and what the server decided where it was asked. */
export interface TracedStep {
  readonly step: FetchStep;
  readonly decision: CorsDecision | undefined;
}

/** A request, followed from the call to the page's promise. */
export interface FetchTrace {
  readonly steps: readonly TracedStep[];
  /** `undefined` where the promise rejects. */
  readonly response: PageResponse | undefined;
  /** The decision that the server made last, if it was asked at all. */
  readonly decision: CorsDecision | undefined;
}

/** Follows a request through a browser that remembers no preflight, and has a cookie for every server. */
export async function traceFetch(
  question: ReadQuestion,
  evaluator: Evaluator,
): Promise<FetchTrace> {
  const { origin, request } = question;
  const steps: TracedStep[] = [];
  let decision: CorsDecision | undefined;
  const response = await pageFetch(
    { origin, cache: new PreflightCache(STANDARD), rules: STANDARD },
    request,
    async (wire) => {
      decision = await evaluator.evaluate(toQuestion(wire, question));
      return answerOf(decision, question);
    },
    (step) => {
      const answered = step.name === 'preflight' || step.name === 'request';
      const isSame = answered || step.name === 'cors-check' || step.name === 'response';
      steps.push({ step: shownStep(step, question), decision: isSame ? decision : undefined });
    },
  );
  return { steps, response, decision };
}

/** The page's own request, as the server would get it without a preflight. */
export function actualQuestion(question: ReadQuestion): CorsQuestion {
  const { origin, request } = question;
  const headers = { ...Object.fromEntries(request.headers), origin };
  const { method, url } = request;
  return toQuestion({ method: normalizeMethod(method), url, headers }, question);
}

/** A request as the server gets it. */
function toQuestion(wire: WireRequest, question: ReadQuestion): CorsQuestion {
  const { method, headers } = onTheWire(wire, question);
  const { host, pathname, search } = new URL(wire.url);
  return {
    method,
    url: pathname + search,
    headers: { ...(question.knowsServer && { host }), ...headers },
  };
}

/** What the model leaves to others: the mode, and cookies that a server set for pages of other sites. */
function onTheWire(wire: WireRequest, { request }: ReadQuestion): WireRequest {
  const { headers } = wire;
  const isPreflight = 'access-control-request-method' in headers;
  const sendsCookie = !isPreflight && request.credentials === 'include';
  return {
    ...wire,
    headers: {
      ...headers,
      ...(sendsCookie && { cookie: headers['cookie'] ?? 'session=1' }),
      ...('sec-fetch-site' in headers && { 'sec-fetch-mode': request.mode }),
    },
  };
}

function shownStep(step: FetchStep, question: ReadQuestion): FetchStep {
  return step.name === 'request' || step.name === 'preflight'
    ? { ...step, request: onTheWire(step.request, question) }
    : step;
}

/**
 * Of an answer that the application gives, nobody knows more here than the headers that are put on it. The headers that
 * the page means to read are taken to be there.
 */
function answerOf(decision: CorsDecision, { asked: { reads = [] } }: ReadQuestion): WireResponse {
  const read = reads.map((name) => [name.toLowerCase(), ''] as const);
  return {
    status: decision.status ?? 200,
    headers: { ...Object.fromEntries(read), ...lowerCased(decision.headers) },
  };
}

/** Headers with their names in lower case. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
