import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { type CorsModuleOptions, MODULE_OPTIONS_TOKEN } from '../cors-options.js';
import { CONFIGURED_BY, type ConfiguredBy } from './configured-by.js';
import { OriginResolvers } from './origin-resolvers.js';
import { ConfigurationIssues } from './configuration-issues.js';
import { findCorsOnNoRoute } from './cors-on-no-route.js';
import { OriginFailures } from './origin-failures.js';
import { PoliciesInForce } from './policies-in-force.js';
import { combinePolicies } from './policy-combiner.js';
import { compilePolicies } from './policy-compiler.js';
import {
  CorsConfigurationError,
  type CorsConfigurationIssue,
  describeWarning,
  isWarning,
} from '../protocol/configuration-error.js';
import { type HostnameReader, hostnameReader } from '../routing/adapter-hostname.js';
import { collectHandlers, type FoundHandler } from '../routing/collect-handlers.js';
import { createRouteTable } from '../routing/create-route-table.js';
import { EMPTY_ROUTE_TABLE } from '../routing/empty-route-table.js';
import type { Route } from '../routing/route.js';
import { describeRouter, type RouterDescription } from '../routing/router-description.js';
import type { RouteTable } from '../routing/route-table.js';
import { summarizePolicies } from './policy-summary.js';
import { collectTrustedOrigins, type TrustedOrigins } from './trusted-origins.js';

/** Turns the module's options into policies: checks everything, then puts all of them in force, or none. */
@Injectable()
export class CorsConfiguration {
  readonly #logger = new Logger('CorsModule');
  readonly #resolvers: OriginResolvers;
  #table: RouteTable = EMPTY_ROUTE_TABLE;
  #readHostname: HostnameReader = () => undefined;
  /** The options in force; before the start, the ones that it will put in force. */
  private options: CorsModuleOptions;
  /** The change under way. Changes take effect in the order in which they were asked for. */
  #change: Promise<void> = Promise.resolve();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly applicationConfig: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly inForce: PoliciesInForce,
    private readonly failures: OriginFailures,
    moduleRef: ModuleRef,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) options: CorsModuleOptions | null | undefined,
    @Optional()
    @Inject(CONFIGURED_BY)
    private readonly configuredBy: ConfiguredBy = 'CorsModule.forRoot()',
  ) {
    // Who gives none is told of it by `ImportCheck`.
    this.options = options ?? {};
    this.#resolvers = new OriginResolvers(moduleRef, modules);
  }

  /**
   * To be called once routes are registered, and global prefix and versioning are final.
   *
   * @param others errors that were found outside the options
   */
  async start(others: readonly CorsConfigurationIssue[]): Promise<void> {
    const httpAdapter = adapterOf(this.adapterHost);
    if (httpAdapter !== undefined) {
      const { modules, applicationConfig } = this;
      this.#table = await createRouteTable({ modules, applicationConfig, httpAdapter });
      this.#readHostname = hostnameReader(httpAdapter);
    }
    await this.#putInForce(this.options, this.configuredBy, [
      ...others,
      ...findCorsOnNoRoute(this.modules),
    ]);
  }

  /** How the application finds the route of a URL; `undefined` where it serves no HTTP. */
  describeRouter(): RouterDescription | undefined {
    const httpAdapter = adapterOf(this.adapterHost);
    return httpAdapter && describeRouter(httpAdapter, this.applicationConfig.getVersioning());
  }

  /** The host name that the application's adapter reads off the headers of a request. */
  hostname(headers: IncomingHttpHeaders): string | undefined {
    return this.#readHostname(headers);
  }

  /**
   * The origins that pages with credentials come from. Known as soon as the application has been created, since
   * nothing in it depends on paths.
   */
  trustedOrigins(): TrustedOrigins {
    const handlers = collectHandlers(this.modules);
    // Nobody need hear of issues here: they stop the start, or these options never came into force.
    const issues = new ConfigurationIssues();
    return collectTrustedOrigins(
      combinePolicies(this.options, this.configuredBy, handlers, () => '', issues),
    );
  }

  /** @throws CorsConfigurationError, and changes nothing; Error before the application is initialized */
  async change(options: CorsModuleOptions): Promise<void> {
    if (!this.inForce.ready) {
      throw new Error(
        'reconfigure() changes policies that are in force, and the application has none yet. Call it from onApplicationBootstrap() on, or after app.init() or app.listen().',
      );
    }
    const change = this.#change.then(() =>
      this.#putInForce(options, 'reconfigure()', this.#checkWhatStays(options)),
    );
    this.#change = change.catch(() => undefined);
    await change;
  }

  /** @throws CorsConfigurationError where these options would stop the start of an application without `@Cors()` */
  async check(options: CorsModuleOptions): Promise<void> {
    const { issues } = await this.#build(options, 'check()', [], []);
    const errors = issues.filter((issue) => !isWarning(issue));
    if (errors.length > 0) throw new CorsConfigurationError(errors);
  }

  #checkWhatStays({ revokeStreams = 'auto' }: CorsModuleOptions): CorsConfigurationIssue[] {
    if (revokeStreams === (this.options.revokeStreams ?? 'auto')) return [];
    return [
      {
        code: 'invalid-value',
        where: 'reconfigure()',
        field: 'revokeStreams',
        value: revokeStreams,
        message: 'Whether streams are revoked is settled when the application starts.',
        hint: 'Give the value that CorsModule was imported with.',
      },
    ];
  }

  async #putInForce(
    options: CorsModuleOptions,
    where: string,
    others: readonly CorsConfigurationIssue[],
  ): Promise<void> {
    const { policies, issues } = await this.#build(
      options,
      where,
      this.#table.routes,
      collectHandlers(this.modules),
    );
    const all = [...others, ...issues];
    const errors = all.filter((issue) => !isWarning(issue));
    if (errors.length > 0) throw new CorsConfigurationError(errors);
    for (const issue of all) this.#logger.warn(describeWarning(issue));
    // What is remembered of unchanged rules is taken over; it counts only where they fail when they are asked anew.
    for (const matcher of policies.matchers) matcher.expire();
    this.inForce.use(policies, this.#table);
    this.options = options;
    const summary = summarizePolicies(policies);
    if (summary !== undefined) this.#logger.log(summary);
  }

  #build(
    options: CorsModuleOptions,
    where: string,
    routes: readonly Route[],
    handlers: readonly FoundHandler[],
  ): ReturnType<typeof compilePolicies> {
    return compilePolicies(options, {
      where,
      routes,
      handlers,
      memories: this.inForce.ready ? this.inForce.policies.memories : undefined,
      routeSyntax:
        adapterOf(this.adapterHost)?.getType() === 'fastify' ? 'find-my-way' : 'path-to-regexp',
      resolve: (resolver, controller) => this.#resolvers.resolve(resolver, controller),
      report: (failure) => {
        this.failures.report(failure);
      },
    });
  }
}

/** The application's HTTP adapter; standalone applications and microservices have none, whatever its type says. */
export function adapterOf(host: HttpAdapterHost): HttpAdapterHost['httpAdapter'] | undefined {
  return (host.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined) ?? undefined;
}
