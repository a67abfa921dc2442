import { Injectable, Logger } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { describeIssue } from '../protocol/configuration-error.js';

/** What `@WebSocketGateway()` writes on a class, and the token of what `GraphQLModule` is imported with. */
const GATEWAY = 'websockets:is_gateway';
const GATEWAY_OPTIONS = 'websockets:gateway_options';
const GATEWAY_PORT = 'port';
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** The options of `GraphQLModule` that start a subscription server: Apollo's driver reads the first two, Mercurius' the last. */
interface GraphQLOptions {
  readonly installSubscriptionHandlers?: boolean;
  readonly subscriptions?: Readonly<Record<string, unknown>>;
  readonly subscription?: unknown;
}

/**
 * Warns at the start of WebSocket servers that take the handshakes of every page, where the policies would not. Browsers
 * apply no CORS to WebSockets, and send cookies with them.
 *
 * It warns only of what it knows: of Nest's own WebSocket adapters and of options that say nothing about handshakes, in
 * applications that never ask for `gatewayCors()`.
 *
 * @see {@link https://docs.nestjs.com/websockets/gateways}
 * @see {@link https://docs.nestjs.com/graphql/subscriptions}
 */
@Injectable()
export class GatewayCheck {
  readonly #logger = new Logger('CorsModule');
  #isAsked = false;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly applicationConfig: ApplicationConfig,
    private readonly inForce: PoliciesInForce,
  ) {}

  /** Notes that the application asks for what holds handshakes to a policy. To which servers it gives that is not known. */
  noteAsked(): void {
    this.#isAsked = true;
  }

  /** To be called once gateways and subscription servers have been started, and policies are in force. */
  warn(): void {
    // Defaults that any page may call are held by a socket that any page may open.
    if (this.#isAsked || this.inForce.policies.defaults.last.origins.any) return;
    const unguarded = [...this.#gateways(), ...this.#subscriptionServers()];
    if (unguarded.length === 0) return;
    this.#logger.warn(
      describeIssue({
        code: 'unguarded-gateway',
        where: [...new Set(unguarded)].join(', '),
        field: 'handshake',
        value: undefined,
        message:
          'Pages of every origin may open a WebSocket here, and browsers send cookies along.',
        hint: 'Hold the handshakes to a policy with gatewayCors() of CorsPolicyService, or name who may connect: cors or verifyClient of a gateway, onConnect of graphql-ws, verifyClient of Mercurius.',
      }),
    );
  }

  /** The names of gateways that nothing is said about. Gateways of one port share the server of the first of them. */
  #gateways(): string[] {
    if (!isNests(this.applicationConfig.getIoAdapter())) return [];
    const gateways = [...this.modules.values()]
      .flatMap(({ providers }) => [...providers.values()])
      .filter(({ isNotMetatype }) => !isNotMetatype)
      .map(({ metatype }) => metatype)
      .filter((metatype) => typeof metatype === 'function')
      .filter((metatype) => Reflect.hasMetadata(GATEWAY, metatype))
      .map((metatype) => ({
        name: metatype.name,
        port: Reflect.getMetadata(GATEWAY_PORT, metatype) as unknown,
        isSaid: saysOneOf(Reflect.getMetadata(GATEWAY_OPTIONS, metatype), [
          'cors',
          'verifyClient',
          'allowRequest',
        ]),
      }));
    const said = new Set(gateways.filter(({ isSaid }) => isSaid).map(({ port }) => port));
    return gateways.filter(({ port }) => !said.has(port)).map(({ name }) => name);
  }

  #subscriptionServers(): string[] {
    // Mercurius sends its handshakes through Fastify, where `paths` are held.
    const holdsPaths = this.inForce.policies.paths.entries.length > 0;
    return [...this.modules.values()].flatMap(({ name, providers }) => {
      // Nobody says of what type a provider's value is. Whoever uses that token otherwise has no such fields.
      const options = providers.get(GRAPHQL_OPTIONS)?.instance as GraphQLOptions | undefined;
      if (typeof options !== 'object') return [];
      const isOpen = opensToAll(options) || (!holdsPaths && isUnsaid(options.subscription));
      return isOpen ? [name] : [];
    });
  }
}

/** Whether Apollo's driver starts a subscription server that asks nobody about a connection. */
function opensToAll({ installSubscriptionHandlers, subscriptions }: GraphQLOptions): boolean {
  if (subscriptions === undefined) return installSubscriptionHandlers === true;
  return [subscriptions['graphql-ws'], subscriptions['subscriptions-transport-ws']].some(isUnsaid);
}

/** Whether options start a subscription server and name nothing that could refuse a connection. */
function isUnsaid(options: unknown): boolean {
  return (
    options === true ||
    (typeof options === 'object' &&
      options !== null &&
      !saysOneOf(options, ['onConnect', 'verifyClient']))
  );
}

function saysOneOf(options: unknown, names: readonly string[]): boolean {
  return (
    typeof options === 'object' &&
    options !== null &&
    names.some((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined)
  );
}

/** Whether a WebSocket adapter is Nest's own. What another one does with handshakes is not known. */
function isNests(adapter: object | null | undefined): boolean {
  const own = adapter?.constructor as ({ readonly name: string } & object) | undefined;
  if (own?.name !== 'IoAdapter' && own?.name !== 'WsAdapter') return false;
  return (Object.getPrototypeOf(own) as { readonly name: string }).name === 'AbstractWsAdapter';
}
