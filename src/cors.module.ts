import {
  type DynamicModule,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { configuredBy } from './configuration/configured-by.js';
import { CorsConfiguration } from './configuration/cors-configuration.js';
import { ImportCheck } from './configuration/import-check.js';
import { OriginFailures } from './configuration/origin-failures.js';
import { PoliciesInForce } from './configuration/policies-in-force.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type CorsModuleOptions,
  MODULE_OPTIONS_TOKEN,
} from './cors-options.js';
import { CorsPolicyService } from './cors-policy.service.js';
import { RequestDecider } from './decision/request-decider.js';
import { CorsGuard } from './enforcement/cors.guard.js';
import { CorsInterceptor } from './enforcement/cors.interceptor.js';
import { CorsMiddleware } from './enforcement/cors.middleware.js';
import { FirstPlace } from './enforcement/first-place.js';
import { GatewayCheck } from './enforcement/gateway-check.js';
import { ResponseHead } from './enforcement/response-head.js';
import { Revocations } from './enforcement/revocations.js';
import { OriginFailureLog } from './observation/origin-failure-log.js';
import { RefusalLog } from './observation/refusal-log.js';
import { hasEventStreams } from './routing/event-streams.js';

/**
 * Gives every route of the application its own CORS policy. Import it once, with `forRoot(options)` or
 * `forRootAsync({ imports, inject, useFactory | useClass | useExisting })`; it is global.
 *
 * It registers {@link CorsGuard} for the whole application, {@link CorsInterceptor} where event streams are to end
 * with their permission, and answers preflights ahead of every other middleware. Everything is checked when the
 * application starts.
 *
 * @throws CorsConfigurationError from `app.init()` or `app.listen()`, with every problem at once
 */
@Module({
  providers: [
    PoliciesInForce,
    { provide: OriginFailures, useClass: OriginFailureLog },
    CorsConfiguration,
    ImportCheck,
    {
      provide: RequestDecider,
      inject: [PoliciesInForce],
      useFactory: (inForce: PoliciesInForce) => new RequestDecider(inForce),
    },
    RefusalLog,
    Revocations,
    ResponseHead,
    CorsMiddleware,
    FirstPlace,
    GatewayCheck,
    CorsGuard,
    { provide: APP_GUARD, useExisting: CorsGuard },
    CorsInterceptor,
    {
      provide: APP_INTERCEPTOR,
      inject: [CorsInterceptor, ModulesContainer, { token: MODULE_OPTIONS_TOKEN, optional: true }],
      // Nest builds a pipeline of observables for every route as soon as there is one interceptor, whatever that does.
      useFactory: (
        interceptor: CorsInterceptor,
        modules: ModulesContainer,
        options: CorsModuleOptions | null | undefined,
      ) => {
        const revokeStreams = options?.revokeStreams ?? 'auto';
        const isWanted = revokeStreams === 'auto' ? hasEventStreams(modules) : revokeStreams;
        return isWanted ? interceptor : undefined;
      },
    },
    CorsPolicyService,
  ],
  exports: [CorsPolicyService],
})
export class CorsModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationBootstrap
{
  /**
   * @param options left out, every route is closed but for what `@Cors()` says
   * @throws TypeError if what is given is no object
   */
  static override forRoot(options: CorsModuleOptions = {}): DynamicModule {
    requireObject(options, 'forRoot', "{ origin: 'https://app.example.com' }");
    return configuredBy('CorsModule.forRoot()', super.forRoot(options));
  }

  /** @throws TypeError if what is given is no object */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    requireObject(options, 'forRootAsync', '{ useFactory: () => ({ … }) }');
    return configuredBy('CorsModule.forRootAsync()', super.forRootAsync(options));
  }

  constructor(
    private readonly firstPlace: FirstPlace,
    private readonly imports: ImportCheck,
    private readonly configuration: CorsConfiguration,
    private readonly gateways: GatewayCheck,
    private readonly guard: CorsGuard,
    private readonly applicationConfig: ApplicationConfig,
  ) {
    super();
    firstPlace.take((httpAdapter) => {
      imports.watch(httpAdapter);
    });
  }

  /** Moves the guard ahead of all other global guards. They are known by now, and no route is made yet. */
  configure(): void {
    const guards = this.applicationConfig.getGlobalGuards();
    const place = guards.indexOf(this.guard);
    if (place > 0) guards.unshift(...guards.splice(place, 1));
  }

  /** Puts the policies in force. Routes are registered by now; global prefix and versioning are final. */
  async onModuleInit(): Promise<void> {
    this.firstPlace.check();
    await this.configuration.start(this.imports.start());
  }

  /** Looks at gateways and subscription servers, which have been started by now. */
  onApplicationBootstrap(): void {
    this.gateways.warn();
  }
}

/** Nest's own builder would fail on some property of it, with an error that names no remedy. */
function requireObject(options: unknown, method: string, example: string): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  const given = Array.isArray(options) ? 'a list' : String(options);
  throw new TypeError(
    `CorsModule.${method}() takes an object of options, such as ${example}, and was given ${given}.`,
  );
}
