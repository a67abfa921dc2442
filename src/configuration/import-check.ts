import { Inject, Injectable, Optional } from '@nestjs/common';
import { type AbstractHttpAdapter, ModulesContainer } from '@nestjs/core';
import {
  ConfigurableModuleClass,
  type CorsModuleOptions,
  MODULE_OPTIONS_TOKEN,
} from '../cors-options.js';
import {
  CorsConfigurationError,
  type CorsConfigurationIssue,
} from '../protocol/configuration-error.js';

/** Whether the module is the only one that answers for CORS: imported once, and `enableCors()` never called. */
@Injectable()
export class ImportCheck {
  #enableCorsCalls = 0;
  #started = false;

  constructor(
    private readonly modules: ModulesContainer,
    @Optional()
    @Inject(MODULE_OPTIONS_TOKEN)
    private readonly options: CorsModuleOptions | undefined,
  ) {}

  /**
   * Watches for calls of `enableCors()`. Adapters cannot tell afterwards whether there was one.
   *
   * @throws CorsConfigurationError from a call that comes after the start
   */
  watch(httpAdapter: AbstractHttpAdapter): void {
    httpAdapter.enableCors = () => {
      this.#enableCorsCalls += 1;
      if (this.#started) throw new CorsConfigurationError(this.issues());
    };
  }

  /** What is wrong at the start, about how the module is imported. */
  start(): CorsConfigurationIssue[] {
    this.#started = true;
    return this.issues();
  }

  private issues(): CorsConfigurationIssue[] {
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
    // Importing the module class itself would make a circle.
    const imports = [...this.modules.values()].filter(
      ({ metatype }) => metatype.prototype instanceof ConfigurableModuleClass,
    );
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
