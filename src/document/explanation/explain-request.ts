import { consoleMessage } from '../../fetch/console-message.js';
import type { CorsDocument } from '../cors-document.js';
import { type ChooseAnswer, DocumentedApplication } from '../documented-application.js';
import type { AskRule } from '../documented-policies.js';
import type { CorsRoute } from '../../configuration/policy-set.js';
import type { CorsDecision } from '../../decision/cors-decision.js';
import { adviceOn } from './advice.js';
import type { CorsExplanation, DecidingRule, PageQuestion } from './cors-explanation.js';
import { decidingPolicy, type DecidingPolicy, holdersOf } from './deciding-policy.js';
import { type Fault, faultOf } from './fault.js';
import { actualQuestion, type Evaluator, type FetchTrace, traceFetch } from './fetch-trace.js';
import { describedPolicy } from './policy-change.js';
import { findPageFixes } from './page-fixes.js';
import { type ReadQuestion, readQuestion, shownUrl } from './page-question.js';
import { shownValue } from './policy-code.js';
import { findServerFixes } from './server-fixes.js';
import { listed, short } from './short-text.js';
import { stepsOf } from './steps.js';

/** What {@link explainRequest} asks of a running application; `CorsPolicyService` is one. */
export interface ExplainableService extends Evaluator {
  document(): CorsDocument;
}

/**
 * What a browser does with a page's request, step by step, and why; and what would have to change where the page does
 * not get its answer. Nothing is sent. Each fix has been tried: with it the application starts, and the page can read.
 *
 * A service asks its code. A document holds none: see `assume`.
 *
 * @param of `CorsPolicyService` of a running application, or a document as `readDocument()` gives it
 * @throws RangeError where no page of a browser could ask so; the message says what to change
 * @throws DocumentError where the document holds what cannot be read
 */
export async function explainRequest(
  of: CorsDocument | ExplainableService,
  question: PageQuestion,
): Promise<CorsExplanation> {
  const read = readQuestion(question);
  return 'evaluate' in of ? explainBy(of, read) : explainDocument(of, read);
}

async function explainBy(
  service: ExplainableService,
  question: ReadQuestion,
): Promise<CorsExplanation> {
  const trace = await traceFetch(question, service);
  const document = service.document();
  const application = () => DocumentedApplication.of(document, asked(service), chosen(service));
  return describe({ document, question, trace, evaluator: service, application, on: [] });
}

/** The application's own answer about an origin, for the rules of a document that has been changed. */
function asked(service: ExplainableService): AskRule {
  return async (_rule, _origin, request) => {
    if (request === undefined) return false;
    const { method, url, headers, hostname } = request;
    const { reason } = await service.evaluate({
      ...{ method, url, headers },
      ...(hostname !== undefined && { hostname }),
    });
    if (reason === 'origin-check-failed') throw new Error('The application could not tell.');
    return reason !== 'origin-not-allowed';
  };
}

/** The answer of the route that the application itself finds. */
function chosen(service: ExplainableService): ChooseAnswer {
  return async (answers, question) => {
    const { route } = await service.evaluate(question);
    return answers.find((each) => nameOf(each.route) === nameOf(route)) ?? answers[0];
  };
}

function nameOf(route: CorsRoute | undefined): string {
  return route === undefined ? '' : `${route.controller.name}.${route.handlerName}`;
}

async function explainDocument(
  document: CorsDocument,
  question: ReadQuestion,
): Promise<CorsExplanation> {
  const names = new Set<string>();
  const answering =
    (answer: boolean): AskRule =>
    ({ name }) => {
      names.add(name);
      return answer;
    };
  const choosing =
    (answer: boolean): ChooseAnswer =>
    (answers) => {
      const [fitting] = answers.filter(({ allowed }) => allowed === answer);
      const others = answers.filter(({ allowed }) => allowed !== answer);
      if (fitting !== undefined && others.length > 0) {
        names.add(`the choice between ${listed(answers.map(({ route }) => nameOf(route)))}`);
      }
      return fitting ?? answers[0];
    };
  const follow = async (answer: boolean) => {
    const evaluator = await DocumentedApplication.of(document, answering(answer), choosing(answer));
    const trace = await traceFetch(question, evaluator);
    return { document, question, trace, evaluator, application: () => evaluator.allowing };
  };
  const { assume } = question.asked;
  if (assume !== undefined) return describe({ ...(await follow(assume === 'yes')), on: [] });
  const no = await follow(false);
  if (names.size === 0) return describe({ ...no, on: [] });
  const yes = await follow(true);
  const differs = gets(no.trace, question) !== gets(yes.trace, question);
  return describe({ ...no, on: differs ? [...names] : [] });
}

function gets(trace: FetchTrace, question: ReadQuestion): boolean {
  return faultOf(trace, question) === undefined;
}

interface Followed {
  readonly document: CorsDocument;
  readonly question: ReadQuestion;
  readonly trace: FetchTrace;
  readonly evaluator: Evaluator;
  /** What policies are changed of, to be tried. */
  readonly application: () => DocumentedApplication | Promise<DocumentedApplication>;
  /** What it depends on. */
  readonly on: readonly string[];
}

async function describe(followed: Followed): Promise<CorsExplanation> {
  const { document, question, trace, evaluator, on } = followed;
  const { decision } = trace;
  const { pathname, search } = new URL(question.request.url);
  const holding = (decided: CorsDecision | undefined) =>
    decided ? holdersOf(document, decided, pathname + search) : [];
  const fault = faultOf(trace, question);
  const holders = holding(decision);
  const found =
    fault === undefined || decision === undefined
      ? { fixes: [], problems: [] }
      : await findServerFixes({
          ...{ question, document, fault },
          holders: holding(await decisionToChange(decision, question, evaluator)),
          application: await followed.application(),
        });
  const onPage = fault === undefined ? [] : await findPageFixes(question, fault, evaluator);
  const deciding = decision && decidingPolicy(document, holders, decision);
  const outcome = on.length > 0 ? 'depends' : outcomeOf(trace, fault);
  const said = consoleOf(trace, question);
  const rule = deciding && ruleOf(document, deciding, fault);
  return {
    question: question.asked,
    outcome,
    allowed: fault === undefined,
    summary: summaryOf(outcome, question, fault, on),
    steps: stepsOf(trace, question),
    ...(decision?.reason && { reason: decision.reason }),
    ...(decision && { message: decision.message }),
    ...(rule && { rule }),
    ...(said !== undefined && { console: said }),
    dependsOn: on,
    fixes: [...found.fixes, ...onPage],
    advice: adviceOn({ question, document, fault, found, decision, holders, on }),
  };
}

/**
 * The decision about the request itself, where a preflight is refused by the policy of another route: a preflight says
 * nothing of versions in headers.
 */
async function decisionToChange(
  decision: CorsDecision,
  question: ReadQuestion,
  evaluator: Evaluator,
): Promise<CorsDecision> {
  return decision.kind === 'preflight' ? evaluator.evaluate(actualQuestion(question)) : decision;
}

function outcomeOf({ response }: FetchTrace, fault: Fault | undefined): CorsExplanation['outcome'] {
  if (response === undefined) return 'refused';
  if (response.type === 'opaque') {
    return fault === undefined || fault.kind === 'opaque' ? 'opaque' : 'refused';
  }
  return fault === undefined || fault.kind === 'not-exposed' ? 'readable' : 'refused';
}

function summaryOf(
  outcome: CorsExplanation['outcome'],
  question: ReadQuestion,
  fault: Fault | undefined,
  on: readonly string[],
): string {
  const { origin, request } = question;
  const cookies = request.credentials === 'include' ? ' with cookies' : '';
  const what = `${request.method} ${short(shownUrl(question))}${cookies}`;
  switch (outcome) {
    case 'readable':
      return fault?.kind === 'not-exposed'
        ? `Pages of ${origin} get the answer to ${what}, but cannot read ${listed(fault.names)}.`
        : `Pages of ${origin} get the answer to ${what}.`;
    case 'opaque':
      return `Pages of ${origin} can send ${what}, and see nothing of the answer.`;
    case 'refused':
      return `Pages of ${origin} do not get the answer to ${what}.`;
    case 'depends':
      return `Whether pages of ${origin} get the answer to ${what} depends on ${listed(on)}, which a document does not hold. The steps are those of the answer no.`;
  }
}

function consoleOf({ steps }: FetchTrace, question: ReadQuestion): string | undefined {
  const last = steps.at(-1);
  const said = last && consoleMessage(last.step, question.origin);
  // A server that the question does not name has a name that is nobody's.
  return said?.replaceAll(question.request.url, shownUrl(question));
}

const FIELDS = {
  origin: 'origin',
  credentials: 'credentials',
  method: 'methods',
  headers: 'allowedHeaders',
  'not-exposed': 'exposedHeaders',
  'not-isolated': 'isolate',
} as const;

function ruleOf(
  document: CorsDocument,
  { key, policy, holder }: DecidingPolicy,
  fault: Fault | undefined,
): DecidingRule | undefined {
  const described = describedPolicy(document, key);
  const kind = fault?.kind ?? 'origin';
  if (described === undefined || !(kind in FIELDS)) return undefined;
  const field = FIELDS[kind as keyof typeof FIELDS];
  const said = policy.said[field];
  return {
    field,
    value: shownValue(described, field),
    ...(said !== undefined && { said }),
    ...(holder.kind === 'route' && {
      handler: holder.route.handler,
      route: `${holder.route.method} ${holder.route.path}`,
    }),
    ...(holder.kind === 'entry' && { entry: `${holder.entry.entry} (${holder.entry.path})` }),
  };
}
