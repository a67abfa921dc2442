import { Inject, Injectable, Optional } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { type AbstractHttpAdapter, ModulesContainer } from '@nestjs/core';
import {
  ConfigurableModuleClass,
  type CorsModuleOptions,
  MODULE_OPTIONS_TOKEN,
} from '../cors-options.js';
import { CONFIGURED_BY, type ConfiguredBy } from './configured-by.js';
import {
  CorsConfigurationError,
  type CorsConfigurationIssue,
  isWarning,
} from '../protocol/configuration-error.js';

/** Whether the module is the only one that answers for CORS: imported once, and `enableCors()` never called. */
@Injectable()
export class ImportCheck {
  #enableCorsCalls = 0;
  #started = false;
  /** What answers on the same server before this module can. */
  #ahead: readonly string[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    @Optional()
    @Inject(MODULE_OPTIONS_TOKEN)
    private readonly options: CorsModuleOptions | null | undefined,
    @Optional() @Inject(CONFIGURED_BY) private readonly configuredBy: ConfiguredBy | undefined,
  ) {}

  /**
   * Watches for calls of `enableCors()`. Adapters cannot tell afterward whether there was one.
   *
   * @throws CorsConfigurationError from a call that comes after the start
   */
  watch(httpAdapter: AbstractHttpAdapter): void {
    this.#ahead = middlewareAhead(httpAdapter);
    httpAdapter.enableCors = () => {
      this.#enableCorsCalls += 1;
      if (!this.#started) return;
      throw new CorsConfigurationError(this.issues().filter((issue) => !isWarning(issue)));
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
    if (this.#ahead.length > 0) {
      issues.push({
        code: 'middleware-ahead',
        where: 'the application',
        field: 'new ExpressAdapter()',
        value: this.#ahead,
        message: `The Express instance had middleware before Nest got it (${this.#ahead.join(', ')}); this module never sees what that middleware answers, nor the CORS headers it sends.`,
        hint: 'Add it with app.use() once the application has been created.',
      });
    }
    // The module class itself would be an import in a circle.
    const made = [...this.modules.values()].filter(({ metatype }) => isCorsModule(metatype));
    const importers = this.importers();
    if (made.length > 1 || this.configuredBy === undefined) {
      issues.push({
        code: 'cors-module-imported-twice',
        where: 'the application',
        field: 'imports',
        value: importers,
        message:
          made.length > 1
            ? `CorsModule is imported more than once, each time with policies of its own: by ${importers.join(', ')}.`
            : `CorsModule is imported without forRoot(), by ${importers.join(', ')}.`,
        hint: 'Import CorsModule.forRoot() once, in the root module; it is global, so other modules need not import it.',
      });
    } else if (this.options == null) {
      issues.push({
        code: 'invalid-value',
        where: this.configuredBy,
        field: 'useFactory',
        value: this.options,
        message: `The factory of the options returned ${String(this.options)} instead.`,
        hint: "Return them, e.g. useFactory: () => ({ origin: 'https://app.example.com' }); a function body in braces needs return.",
      });
    }
    return issues;
  }

  /** The modules whose decorators import this one. What dynamic modules import is told to nobody. */
  private importers(): string[] {
    const names = [...this.modules.values()].flatMap(({ metatype, name }) => {
      const imports = Reflect.getMetadata(MODULE_METADATA.IMPORTS, metatype) as unknown;
      return [imports]
        .flat()
        .filter(importsCorsModule)
        .map(() => name);
    });
    return names.length === 0 ? ['a dynamic module'] : names;
  }
}

function isCorsModule(candidate: unknown): boolean {
  return (
    typeof candidate === 'function' &&
    (candidate as { prototype?: unknown }).prototype instanceof ConfigurableModuleClass
  );
}

/** Whether an entry of `imports` is the module, bare or as `forRoot()` makes it. */
function importsCorsModule(entry: unknown): boolean {
  return (
    isCorsModule(entry) ||
    (typeof entry === 'object' && entry !== null && 'module' in entry && isCorsModule(entry.module))
  );
}

/** The names of the layers that Express's router had before Nest added its first. */
function middlewareAhead(httpAdapter: AbstractHttpAdapter): readonly string[] {
  if (httpAdapter.getType() !== 'express') return [];
  // Express is an optional peer, so its type is written down here. Its router is there, as Nest has just used it.
  const { router } = httpAdapter.getInstance<{
    readonly router?: { readonly stack?: readonly { readonly name?: string }[] };
  }>();
  return (router?.stack ?? []).slice(0, -1).map(({ name }) => name ?? 'anonymous');
}
