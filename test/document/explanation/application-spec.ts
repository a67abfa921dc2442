import type { ServerResponse } from 'node:http';
import { Controller, RequestMapping, RequestMethod, type Type } from '@nestjs/common';
import {
  Cors,
  CorsModule,
  type CorsModuleOptions,
  type CorsPolicyInput,
  type CorsPolicyOptions,
  DEFAULT_ALLOWED_HEADERS,
} from '../../../src/index.js';
import type { CorsFix } from '../../../src/document/explanation/cors-explanation.js';
import { type AdapterName, type RunningApp, startApp } from '../../harness/start-app.js';

/** Arguments of one `@Cors()`. */
export type CorsArguments = readonly [CorsPolicyInput?, CorsPolicyOptions?];

export interface HandlerSpec {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** From the one nearest to the handler on. */
  readonly cors?: readonly CorsArguments[];
}

export interface ControllerSpec {
  readonly name: string;
  readonly path: string;
  readonly cors?: readonly CorsArguments[];
  readonly handlers: readonly HandlerSpec[];
}

/** An application as somebody would write it: options, decorators, and what `app.use()` serves. */
export interface ApplicationSpec {
  readonly options: CorsModuleOptions;
  readonly controllers: readonly ControllerSpec[];
}

/** Starts it; rejects with what stops the start. Below `/files`, what `app.use()` was given answers; all answers have `X-Total`. */
export function startSpec(
  { options, controllers }: ApplicationSpec,
  adapter: AdapterName,
): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [CorsModule.forRoot(options)],
    controllers: controllers.map(buildController),
    configure: (nest) => {
      nest.use((_request: unknown, response: ServerResponse, next: () => void) => {
        response.setHeader('X-Total', '1');
        next();
      });
      nest.use('/files', (_request: unknown, response: ServerResponse) => {
        response.end('a file');
      });
    },
  });
}

function buildController({ name, path, cors = [], handlers }: ControllerSpec): Type {
  const controller = { [name]: class {} }[name] as Type;
  const prototype = controller.prototype as Record<string, unknown>;
  for (const handler of handlers) {
    prototype[handler.name] = () => ({ ok: true });
    const descriptor = Object.getOwnPropertyDescriptor(prototype, handler.name)!;
    const { method } = handler;
    RequestMapping({ path: handler.path, method: RequestMethod[method] })(
      ...([prototype, handler.name, descriptor] as const),
    );
    for (const given of handler.cors ?? []) {
      decorator(given)(prototype, handler.name, descriptor);
    }
  }
  for (const given of cors) decorator(given)(controller);
  Controller(path)(controller);
  return controller;
}

function decorator([policy, options]: CorsArguments): ReturnType<typeof Cors> {
  return typeof policy === 'string' && options !== undefined ? Cors(policy, options) : Cors(policy);
}

/** The application in which somebody has written a fix where it says. */
export function applyFix(spec: ApplicationSpec, fix: CorsFix): ApplicationSpec {
  if (fix.kind === 'decorator') return applyDecorator(spec, fix);
  const [, rest = ''] = /^CorsModule\.forRoot\(\)(?: (.+))?$/.exec(fix.place) ?? [];
  const { options } = spec;
  if (fix.place === 'CorsModule.forRoot()') {
    return { ...spec, options: written(options, fix) };
  }
  const [, name] = /^policies\.(.+)$/.exec(rest) ?? [];
  if (name !== undefined) {
    const policies = options.policies ?? {};
    const changed = { ...policies, [name]: written(policies[name] ?? {}, fix) };
    return { ...spec, options: { ...options, policies: changed } };
  }
  const [, index] = /^paths\[(\d+)\]$/.exec(rest) ?? [];
  if (index !== undefined) {
    const paths = (options.paths ?? []).map((entry, at) =>
      at === Number(index) ? writtenEntry(entry, fix) : entry,
    );
    return { ...spec, options: { ...options, paths } };
  }
  return applyToMember(spec, fix);
}

type PathEntry = NonNullable<CorsModuleOptions['paths']>[number];

function writtenEntry(entry: PathEntry, fix: CorsFix): PathEntry {
  if (fix.field === 'policy') return { ...entry, ...(evaluate(`({ ${fix.code} })`) as PathEntry) };
  return typeof entry.policy === 'string'
    ? { ...entry, options: written(entry.options ?? {}, fix) }
    : { ...entry, policy: written(entry.policy as CorsPolicyOptions, fix) };
}

function applyDecorator(spec: ApplicationSpec, { place, code }: CorsFix): ApplicationSpec {
  let given: CorsArguments | undefined;
  evaluate(code.replace(/^@/, ''), {
    Cors: (...args: [CorsPolicyInput?, CorsPolicyOptions?]) => (given = args),
  });
  const added = given!;
  const [name, handlerName] = place.split('.');
  return {
    ...spec,
    controllers: spec.controllers.map((controller) =>
      controller.name !== name
        ? controller
        : handlerName === undefined
          ? { ...controller, cors: [...(controller.cors ?? []), added] }
          : {
              ...controller,
              handlers: controller.handlers.map((handler) =>
                handler.name === handlerName
                  ? { ...handler, cors: [...(handler.cors ?? []), added] }
                  : handler,
              ),
            },
    ),
  };
}

/** `BooksController policy[0]`, `BooksController.update policy[1]`, `CorsModule.forRoot() paths[0] policy[1]`. */
function applyToMember(spec: ApplicationSpec, fix: CorsFix): ApplicationSpec {
  const [, place = '', index = ''] = /^(.+) policy\[(\d+)\]$/.exec(fix.place) ?? [];
  const change = (cors: readonly CorsArguments[] = []): CorsArguments[] =>
    cors.map(([policy]) => [memberWritten(policy, Number(index), fix)]);
  const [name, handlerName] = place.split('.');
  if (place.startsWith('CorsModule.')) {
    const at = Number(/paths\[(\d+)\]/.exec(place)?.[1]);
    const paths = (spec.options.paths ?? []).map((entry, number) =>
      number === at ? { ...entry, policy: memberWritten(entry.policy, Number(index), fix) } : entry,
    );
    return { ...spec, options: { ...spec.options, paths } };
  }
  return {
    ...spec,
    controllers: spec.controllers.map((controller) =>
      controller.name !== name
        ? controller
        : handlerName === undefined
          ? { ...controller, cors: change(controller.cors) }
          : {
              ...controller,
              handlers: controller.handlers.map((handler) =>
                handler.name === handlerName ? { ...handler, cors: change(handler.cors) } : handler,
              ),
            },
    ),
  };
}

function memberWritten(
  policy: CorsPolicyInput | undefined,
  index: number,
  fix: CorsFix,
): CorsPolicyInput {
  if (!Array.isArray(policy)) throw new Error(`There is no list at ${fix.place}.`);
  return (policy as (string | CorsPolicyOptions)[]).map((member, at) =>
    at === index && typeof member === 'object' ? written(member, fix) : member,
  );
}

function written<Options extends CorsPolicyOptions>(options: Options, fix: CorsFix): Options {
  if (fix.kind === 'member') {
    const origin = [options.origin ?? [], evaluate(fix.code) as string].flat();
    return { ...options, origin };
  }
  return { ...options, ...(evaluate(`({ ${fix.code} })`) as Options) };
}

/** What code comes to, as the TypeScript of a user's file would. */
export function evaluate(code: string, names: Readonly<Record<string, unknown>> = {}): unknown {
  const known = { DEFAULT_ALLOWED_HEADERS, ...names };
  // It has to be of this realm, as the file of a user is: its expressions are instances of RegExp.
  // oxlint-disable-next-line typescript/no-implied-eval -- code is what is tested here
  const run = new Function(...Object.keys(known), `'use strict'; return ${code};`) as (
    ...values: unknown[]
  ) => unknown;
  return run(...Object.values(known));
}
