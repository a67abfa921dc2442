import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { adapterOf, CorsConfiguration } from './configuration/cors-configuration.js';
import { CorsGuard } from './enforcement/cors.guard.js';
import { CorsInterceptor } from './enforcement/response-head.js';
import { CorsMiddleware } from './enforcement/cors.middleware.js';
import {
  ConfigurableModuleClass,
  type CorsModuleOptions,
  MODULE_OPTIONS_TOKEN,
} from './cors-options.js';
import { CorsPolicies } from './decision/request-decider.js';
import { CorsPolicyService } from './cors-policy.service.js';
import { OpenStreams } from './enforcement/revocations.js';
import { RefusalLog } from './observation/refusal-log.js';
import { takeFirstPlace } from './enforcement/first-place.js';
import {
  CorsConfigurationError,
  type CorsConfigurationIssue,
} from './protocol/configuration-error.js';

/**
 * Gives every route of the application its own CORS policy. Import it once, with `forRoot(options)` or
 * `forRootAsync({ imports, inject, useFactory | useClass | useExisting })`; it is global.
 *
 * It registers {@link CorsGuard} for the whole application and answers preflights ahead of every other
 * middleware. Everything is checked when the application starts.
 *
 * @throws CorsConfigurationError from `app.init()` or `app.listen()`, with every problem at once
 */
@Module({
  providers: [
    CorsPolicies,
    CorsConfiguration,
    OpenStreams,
    RefusalLog,
    CorsInterceptor,
    CorsMiddleware,
    CorsGuard,
    { provide: APP_GUARD, useExisting: CorsGuard },
    CorsPolicyService,
  ],
  exports: [CorsPolicyService],
})
export class CorsModule extends ConfigurableModuleClass implements OnModuleInit {
  /** Calls of `enableCors()`, of which there must be none. */
  #enableCorsCalls = 0;
  #isFirst = false;

  constructor(
    @Optional()
    @Inject(MODULE_OPTIONS_TOKEN)
    private readonly options: CorsModuleOptions | undefined,
    private readonly adapterHost: HttpAdapterHost,
    private readonly modules: ModulesContainer,
    private readonly policies: CorsPolicies,
    private readonly configuration: CorsConfiguration,
    private readonly middleware: CorsMiddleware,
    private readonly interceptor: CorsInterceptor,
  ) {
    super();
    // Replayed if the adapter is there already, and in any case before anything else can use it: that is what
    // puts this middleware ahead of the body parser and of every app.use().
    const { init$ } = this.adapterHost as Partial<Pick<HttpAdapterHost, 'init$'>>;
    // Nest before 11.1.4 has nothing to subscribe to, but sets the adapter before it makes any module.
    if (init$ === undefined) this.#takeFirstPlace();
    else {
      init$.subscribe(() => {
        this.#takeFirstPlace();
      });
    }
  }

  /** Routes are registered by now, global prefix and versioning are final. */
  async onModuleInit(): Promise<void> {
    if (!this.#isFirst && adapterOf(this.adapterHost) !== undefined) {
      throw new Error(
        'CorsModule could not take the first place among the middleware: applications made from a TestingModule need Nest 11.1.4 or later.',
      );
    }
    await this.configuration.start(this.#checkImports());
  }

  #takeFirstPlace(): void {
    const httpAdapter = adapterOf(this.adapterHost);
    if (httpAdapter === undefined) return;
    this.#isFirst = true;
    takeFirstPlace(httpAdapter, {
      handle: (request, response, next) => {
        this.middleware.use(request, response, next);
      },
      readsHostname: () => this.policies.ready && this.policies.policies.readsHostname,
      protect: (request, response) => this.interceptor.protect(request, response),
      protectAll: (response) => {
        this.interceptor.protectAll(response);
      },
    });
    // There is no asking an adapter whether CORS has been enabled, so that the call itself is watched.
    httpAdapter.enableCors = () => {
      this.#enableCorsCalls += 1;
      if (this.policies.ready) throw new CorsConfigurationError(this.#checkImports());
    };
  }

  #checkImports(): CorsConfigurationIssue[] {
    const issues: CorsConfigurationIssue[] = [];
    if (this.#enableCorsCalls > 0) {
      issues.push({
        code: 'cors-enabled-twice',
        where: 'the application',
        field: 'enableCors',
        value: true,
        message: "Nest's own CORS answers before this module's policies can.",
        hint: 'Remove app.enableCors() and cors: true, and give its options to CorsModule.forRoot().',
      });
    }
    const imports = [...this.modules.values()].filter(({ metatype }) => metatype === CorsModule);
    if (imports.length > 1 || this.options === undefined) {
      issues.push({
        code: 'cors-module-imported-twice',
        where: 'the application',
        field: 'imports',
        value: imports.length,
        message:
          imports.length > 1
            ? 'CorsModule is imported more than once, each time with policies of its own.'
            : 'CorsModule is imported without forRoot().',
        hint: 'Import CorsModule.forRoot() once, in the root module; it is global, so that other modules need no import.',
      });
    }
    return issues;
  }
}
