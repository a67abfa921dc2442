import { type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { type CorsDecision, describeOutcome } from '../decision/cors-decision.js';
import { type CorsQuestion, requestOf } from '../decision/cors-question.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import { createDescribedTable } from '../routing/described-adapter.js';
import { EMPTY_ROUTE_TABLE } from '../routing/empty-route-table.js';
import type { ConfigurationProblem } from '../protocol/configuration-error.js';
import { isPreflight } from '../protocol/decision/preflight-request.js';
import { allOf, type NowOrLater } from '../protocol/now-or-later.js';
import { checkPolicy } from '../protocol/policy/policy.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import type { Route } from '../routing/route.js';
import type { RouteTable } from '../routing/route-table.js';
import { isChosenByCode } from './chosen-by-code.js';
import type { CorsDocument, DocumentedRoute } from './cors-document.js';
import { type AskRule, CompiledDescriptions, compileDocument } from './documented-policies.js';
import { DocumentError, readExpression } from './read-document.js';

/**
 * Which answer is the application's, where code of its own chooses the route that serves a request, and each of them has
 * another one: by custom versioning, or constraints of Fastify.
 */
export type ChooseAnswer = (
  answers: readonly [CorsDecision, ...CorsDecision[]],
  question: CorsQuestion,
) => NowOrLater<CorsDecision>;

/**
 * An application, as its document describes it. It decides with the very code with which the application itself does,
 * so that the two cannot disagree but about what only code knows: functions, resolvers, and versions and constraints
 * that code of the application reads off requests.
 */
export class DocumentedApplication {
  private constructor(
    readonly document: CorsDocument,
    private readonly inForce: PoliciesInForce,
    private readonly made: MadeOnce,
    private readonly decider = new RequestDecider(inForce),
  ) {}

  /**
   * @param document as `readDocument()` gives it
   * @param ask is asked wherever the application would ask code; if left out, nobody can tell (`origin-check-failed`)
   * @param choose if left out, an answer that allows the request is chosen, as with preflights
   * @throws DocumentError where the document holds a path, an origin or an expression that cannot be read
   */
  static async of(
    document: CorsDocument,
    ask: AskRule = cannotTell,
    choose: ChooseAnswer = allowing,
  ): Promise<DocumentedApplication> {
    const controllers = new Map<string, Type>();
    const routes = document.routes.map((route) => readRoute(route, controllers));
    const table = await readTable(document, routes);
    const chosenByCode = new Set(
      document.routes.flatMap((route, place) =>
        isChosenByCode(document, route) ? routes.slice(place, place + 1) : [],
      ),
    );
    const compiled = new CompiledDescriptions(ask);
    return this.#make(document, { routes, table, compiled, chosenByCode, choose });
  }

  static async #make(document: CorsDocument, made: MadeOnce): Promise<DocumentedApplication> {
    const inForce = new PoliciesInForce();
    inForce.use(await compileDocument(document, made.routes, made.compiled), made.table);
    return new DocumentedApplication(document, inForce, made);
  }

  /** The same application, where an answer that allows the request is chosen. */
  get allowing(): DocumentedApplication {
    return new DocumentedApplication(this.document, this.inForce, {
      ...this.made,
      choose: allowing,
    });
  }

  /** The same application with other policies. Its routes have to be the same, and in the same order. */
  changed(document: CorsDocument): Promise<DocumentedApplication> {
    return DocumentedApplication.#make(document, this.made);
  }

  /** What the start would say of a policy, its fields taken together. */
  async problemsOf(key: string): Promise<readonly ConfigurationProblem[]> {
    const { compiled } = this.made;
    const { resolved } = compiled.policy(this.document, key);
    const { origin } = this.document.policies[key] ?? { origin: '' };
    const described = this.document.origins[origin];
    const expressions = described ? compiled.origins(origin, described).expressions : [];
    return checkPolicy(resolved, expressions);
  }

  /** What the server would do with a request, as `CorsPolicyService.evaluate()` says it. */
  async evaluate(question: CorsQuestion): Promise<CorsDecision> {
    const request = requestOf(question);
    const outcomes = await allOf(this.#outcomes(request));
    const [first, ...others] = outcomes.map((outcome) => describeOutcome(outcome, request));
    if (first === undefined) return describeOutcome(await this.decider.decide(request), request);
    return this.made.choose([first, ...others], question);
  }

  /** What becomes of a request by each of the routes between which only code can choose. */
  #outcomes(request: CorsRequest): readonly NowOrLater<Outcome>[] {
    const { chosenByCode } = this.made;
    const { policies, table } = this.inForce.current;
    const { candidates } = table.at(request, request.method);
    if (isPreflight(request) || !candidates.some((route) => chosenByCode.has(route))) return [];
    return candidates.flatMap((candidate) => {
      const held = policies.routed.get(candidate);
      return held === undefined
        ? []
        : [
            this.decider.decideFor(
              { policies: held.policies, routes: [held.route] },
              request,
              policies,
            ),
          ];
    });
  }
}

const allowing: ChooseAnswer = (answers) => answers.find(({ allowed }) => allowed) ?? answers[0];

/** What does not change with the policies. */
interface MadeOnce {
  readonly routes: readonly Route[];
  readonly table: RouteTable;
  readonly compiled: CompiledDescriptions;
  /** The routes of which a document does not say when they are chosen. */
  readonly chosenByCode: ReadonlySet<Route>;
  readonly choose: ChooseAnswer;
}

const cannotTell: AskRule = ({ name }) => {
  throw new Error(`Only the application itself can ask ${name}: a document does not hold code.`);
};

async function readTable({ router }: CorsDocument, routes: readonly Route[]) {
  if (router === null) return EMPTY_ROUTE_TABLE;
  try {
    return await createDescribedTable(routes, router);
  } catch (error) {
    throw new DocumentError(`A route of the document cannot be read: ${String(error)}`);
  }
}

function readRoute(
  { method, path, hosts, versions, constraints, handler }: DocumentedRoute,
  controllers: Map<string, Type>,
): Route {
  const dot = handler.lastIndexOf('.');
  const name = handler.slice(0, dot);
  const controller = controllers.get(name) ?? controllerNamed(name);
  controllers.set(name, controller);
  return {
    method,
    path,
    host: hosts?.map((host) => (host.startsWith('/') ? (readExpression(host) ?? host) : host)),
    version: versions?.map((version) => (version === 'neutral' ? VERSION_NEUTRAL : version)),
    constraints,
    controller,
    handlerName: handler.slice(dot + 1),
  };
}

/** What stands for a controller class: it is compared, and its name is told. */
function controllerNamed(name: string): Type {
  return Object.defineProperty(class extends Object {}, 'name', { value: name });
}
