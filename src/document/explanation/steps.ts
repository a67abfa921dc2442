import type { CorsDecision } from '../../decision/cors-decision.js';
import type { FetchStep } from '../../fetch/fetch-step.js';
import { isSafelistedMethod } from '../../fetch/request.js';
import { isSameSite } from '../../fetch/site.js';
import { checkSteps } from './check-steps.js';
import type { CorsStep, CorsStepName, ReceivedResponse, SentRequest } from './cors-explanation.js';
import { type FetchTrace, lowerCased, type TracedStep } from './fetch-trace.js';
import { type ReadQuestion, serverName, shownUrl } from './page-question.js';
import { isKeptBack } from './fault.js';
import { listed } from './short-text.js';

/** The standard, by whose sections steps are explained. */
const FETCH = 'https://fetch.spec.whatwg.org/#';

/** What a browser does with a request, step by step. */
export function stepsOf(trace: FetchTrace, question: ReadQuestion): readonly CorsStep[] {
  return trace.steps.flatMap((traced) => explainStep(traced, question));
}

function explainStep(traced: TracedStep, question: ReadQuestion): readonly CorsStep[] {
  const { step, decision } = traced;
  switch (step.name) {
    case 'call':
      return [explainCall(step, question)];
    case 'tainting':
      return [explainTainting(step, question)];
    case 'preflight-need':
      return [explainNeed(step, question)];
    case 'preflight':
      return [
        {
          ...exchange(step, decision, question),
          name: 'preflight',
          passed: decision?.allowed ?? true,
          sentence: `The browser asks first: may a page of ${question.origin} send ${described(step.question)}? ${decision?.message ?? ''}`,
          section: `${FETCH}cors-preflight-fetch`,
        },
        ...checkSteps(step, {
          ...{ origin: step.question.origin, credentials: step.question.credentials },
          knowsStatus: decision?.status !== undefined,
        }),
      ];
    case 'request':
      return [
        explainCookies(step, question),
        {
          ...exchange(step, decision, question),
          name: 'request',
          passed: decision?.allowed ?? true,
          sentence: `The browser sends the request itself. ${decision?.message ?? ''}`,
          section: `${FETCH}http-network-or-cache-fetch`,
        },
      ];
    case 'cors-check':
      return checkSteps(step, { origin: step.origin, credentials: step.credentials });
    case 'redirect':
      // What a document describes redirects nobody.
      return [];
    case 'response':
      return explainResponse(traced, step, question);
  }
}

const CALL_FAULTS = {
  'forbidden-method': 'No page may use this method.',
  'no-cors-method': 'With mode no-cors a page may use GET, HEAD and POST alone.',
} as const;

type Step<Name extends FetchStep['name']> = Extract<FetchStep, { name: Name }>;

function explainCall(
  { method, droppedHeaders, fault }: Step<'call'>,
  { request }: ReadQuestion,
): CorsStep {
  const parts = [
    `The page asks for ${method}.`,
    method !== request.method && `fetch() makes ${method} of ${request.method}.`,
    method !== method.toUpperCase() &&
      `Methods are case-sensitive, and fetch() leaves ${method} as it is.`,
    droppedHeaders.length > 0 &&
      `fetch() leaves ${listed(droppedHeaders)} out: pages may not set ${droppedHeaders.length === 1 ? 'it' : 'them'}${request.mode === 'no-cors' ? ' with mode no-cors' : ''}.`,
    fault !== undefined && CALL_FAULTS[fault],
  ];
  return {
    name: 'call',
    passed: fault === undefined,
    sentence: sentences(parts),
    section: `${FETCH}${fault === 'forbidden-method' ? 'forbidden-method' : 'dom-request'}`,
  };
}

function explainTainting({ tainting, fault }: Step<'tainting'>, question: ReadQuestion): CorsStep {
  const { origin } = question;
  const server = serverName(question);
  const unknown = question.knowsServer
    ? ''
    : ' The question does not name the server; it is taken for one on another origin and another site than the page.';
  const sentence =
    fault === 'mixed-content'
      ? `The page is from https: and may not ask ${server}: nothing is sent.`
      : fault === 'bad-port'
        ? `No page may ask this port of ${server}: nothing is sent.`
        : fault === 'same-origin-mode'
          ? `${server} is another origin than ${origin}, and with mode same-origin nothing is sent there.`
          : tainting === 'basic'
            ? `${server} is the page's own origin, so CORS does not apply.`
            : tainting === 'opaque'
              ? `${server} is another origin than ${origin}, and with mode no-cors the page does without the answer.`
              : `${server} is another origin than ${origin}, so this is a CORS request.`;
  return {
    name: 'cors-request',
    passed: fault === undefined,
    sentence: sentence + unknown,
    section: `${FETCH}${fault === 'bad-port' ? 'port-blocking' : 'main-fetch'}`,
  };
}

function explainNeed(
  { question: { method, unsafeNames }, needed }: Step<'preflight-need'>,
  { request }: ReadQuestion,
): CorsStep {
  const causes = [
    ...(isSafelistedMethod(method) ? [] : [`the method ${method}`]),
    ...unsafeNames.map((name) =>
      name === 'content-type' ? contentTypeCause(request.headers) : `the header ${name}`,
    ),
    ...(request.useCorsPreflight ? ['the upload that is listened to, or is a stream'] : []),
  ];
  return {
    name: 'preflight-need',
    passed: true,
    sentence: needed
      ? `It needs a preflight request because of ${listed(causes)}.`
      : `It needs no preflight request: ${method} is CORS-safelisted, and so are its headers.`,
    section: `${FETCH}${isSafelistedMethod(method) ? 'cors-safelisted-request-header' : 'cors-safelisted-method'}`,
  };
}

function contentTypeCause(headers: ReadQuestion['request']['headers']): string {
  const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return value === '' ? 'its content type' : `the content type ${value.slice(0, 100)}`;
}

function explainCookies({ request }: Step<'request'>, question: ReadQuestion): CorsStep {
  const { credentials } = question.request;
  const server = serverName(question);
  const isCrossSite = !question.knowsServer || !isSameSite(question.origin, request.url);
  const sentence =
    request.headers['cookie'] === undefined
      ? `No cookies go along: the credentials mode is ${credentials}.`
      : isCrossSite
        ? `The page is on another site, so only cookies of ${server} with SameSite=None and Secure go along, unless the browser blocks third-party cookies.`
        : `Cookies of ${server} go along.`;
  return {
    name: 'cookies',
    passed: true,
    sentence,
    section: `${FETCH}concept-request-credentials-mode`,
  };
}

function explainResponse(
  { decision }: TracedStep,
  { response }: Step<'response'>,
  question: ReadQuestion,
): readonly CorsStep[] {
  const { reads = [] } = question.asked;
  const step = (name: CorsStepName, passed: boolean, sentence: string, section: string) => ({
    ...{ name, passed, sentence },
    section: FETCH + section,
  });
  if (response.type === 'opaque') {
    if (decision !== undefined && isKeptBack(decision, question)) {
      const policy =
        'Cross-Origin-Resource-Policy says that pages of other sites get nothing of it.';
      return [step('response', false, policy, 'cross-origin-resource-policy-check')];
    }
    const sentence =
      'The page is told that it is done, and can read neither status, headers nor body.';
    return [step('response', reads.length === 0, sentence, 'concept-filtered-response-opaque')];
  }
  const readable = step(
    ...(['response', true] as const),
    response.type === 'basic'
      ? 'The page can read status and body, and all headers but Set-Cookie.'
      : 'The page can read status, body, and the CORS-safelisted headers.',
    `concept-filtered-response-${response.type === 'basic' ? 'basic' : 'cors'}`,
  );
  if (reads.length === 0) return [readable];
  const hidden = reads.filter((name) => !response.headers.includes(name.toLowerCase()));
  const sentence =
    hidden.length === 0
      ? `It can read ${listed(reads)}.`
      : `It cannot read ${listed(hidden)}: Access-Control-Expose-Headers does not name ${hidden.length === 1 ? 'it' : 'them'}.`;
  return [
    readable,
    step('expose-headers', hidden.length === 0, sentence, 'cors-safelisted-response-header-name'),
  ];
}

function described({
  method,
  unsafeNames,
}: Pick<Step<'preflight-need'>['question'], 'method' | 'unsafeNames'>): string {
  return unsafeNames.length === 0 ? method : `${method} with ${listed(unsafeNames)}`;
}

function exchange(
  { request }: Step<'request'> | Step<'preflight'>,
  decision: CorsDecision | undefined,
  question: ReadQuestion,
): { readonly sent: SentRequest; readonly received: ReceivedResponse } {
  const { method, headers } = request;
  return {
    sent: { method, url: shownUrl(question), headers },
    received: {
      status: decision?.status ?? null,
      headers: lowerCased(decision?.headers ?? {}),
    },
  };
}

function sentences(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' ');
}
