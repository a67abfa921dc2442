import { type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { type CorsDecision, describeOutcome } from '../decision/cors-decision.js';
import { type CorsQuestion, requestOf } from '../decision/cors-question.js';
import { RequestDecider } from '../decision/request-decider.js';
import { createDescribedTable } from '../routing/described-adapter.js';
import { EMPTY_ROUTE_TABLE } from '../routing/empty-route-table.js';
import type { ConfigurationProblem } from '../protocol/configuration-error.js';
import { checkPolicy } from '../protocol/policy/policy.js';
import type { Route } from '../routing/route.js';
import type { RouteTable } from '../routing/route-table.js';
import type { CorsDocument, DocumentedRoute } from './cors-document.js';
import { type AskRule, CompiledDescriptions, compileDocument } from './documented-policies.js';
import { DocumentError, readExpression } from './read-document.js';

/**
 * An application, as its document describes it. It decides with the very code with which the application itself does,
 * so that the two cannot disagree but about what only code knows: functions, resolvers, and versions and constraints
 * that code of the application reads off requests.
 */
export class DocumentedApplication {
  private constructor(
    readonly document: CorsDocument,
    private readonly decider: RequestDecider,
    private readonly made: MadeOnce,
  ) {}

  /**
   * @param document as `readDocument()` gives it
   * @param ask is asked wherever the application would ask code; if left out, nobody can tell (`origin-check-failed`)
   * @throws DocumentError where the document holds a path, an origin or an expression that cannot be read
   */
  static async of(
    document: CorsDocument,
    ask: AskRule = cannotTell,
  ): Promise<DocumentedApplication> {
    const controllers = new Map<string, Type>();
    const routes = document.routes.map((route) => readRoute(route, controllers));
    const table = await readTable(document, routes);
    return this.#make(document, { routes, table, compiled: new CompiledDescriptions(ask) });
  }

  static async #make(document: CorsDocument, made: MadeOnce): Promise<DocumentedApplication> {
    const inForce = new PoliciesInForce();
    inForce.use(await compileDocument(document, made.routes, made.compiled), made.table);
    return new DocumentedApplication(document, new RequestDecider(inForce), made);
  }

  /** The same application with other policies. Its routes have to be the same, and in the same order. */
  changed(document: CorsDocument): Promise<DocumentedApplication> {
    return DocumentedApplication.#make(document, this.made);
  }

  /** What the start would say of a policy, its fields taken together. */
  async problemsOf(key: string): Promise<readonly ConfigurationProblem[]> {
    const { policies, origins } = this.document;
    const policy = policies[key];
    const described = policy && origins[policy.origin];
    if (policy === undefined || described === undefined) return [];
    const { compiled } = this.made;
    const read = await compiled.origins(policy.origin, described);
    return checkPolicy(compiled.policy(policy, read).resolved, read.expressions);
  }

  /** What the server would do with a request, as `CorsPolicyService.evaluate()` says it. */
  async evaluate(question: CorsQuestion): Promise<CorsDecision> {
    const request = requestOf(question);
    return describeOutcome(await this.decider.decide(request), request);
  }
}

/** What does not change with the policies. */
interface MadeOnce {
  readonly routes: readonly Route[];
  readonly table: RouteTable;
  readonly compiled: CompiledDescriptions;
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
