import { Controller, HttpException, Req, type Type } from '@nestjs/common';
import { Header, HttpCode, Redirect, RequestMapping, RequestMethod } from '@nestjs/common';
import {
  Cors,
  CorsModule,
  type CorsOriginRule,
  type CorsPolicyInput,
  type CorsPolicyOptions,
} from '../../src/index.js';
import { type RunningApp, startApp } from '../harness/start-app.js';
import type {
  AppSpec,
  ControllerSpec,
  CorsSpec,
  HandlerSpec,
  OriginSpec,
  PolicySpec,
} from './app-spec.js';
import { HANDLER_HEADERS } from './handler-headers.js';
import { type Origins, withPorts } from './places.js';

/** Builds and starts a random application; rejects where its policies do not make sense. */
export function startRandomApp(spec: AppSpec, origins: Origins): Promise<RunningApp> {
  return startApp({
    adapter: spec.adapter,
    imports: [
      CorsModule.forRoot({
        ...policyOptions(spec.defaults, origins),
        policies: Object.fromEntries(
          Object.entries(spec.policies).map(([name, policy]) => [
            name,
            policyOptions(policy, origins),
          ]),
        ),
        paths: spec.paths.map(({ path, policy }) => ({
          path,
          policy: policyInput(policy, origins) ?? {},
        })),
      }),
    ],
    controllers: spec.controllers.map((controller) => buildController(controller, origins)),
    configure: (nest) => {
      if (spec.adapter !== 'fastify') return;
      // Bodies of every type are taken; what is measured here is who may send them.
      const instance = nest.getHttpAdapter().getInstance() as {
        addContentTypeParser(
          type: string,
          parse: (
            request: unknown,
            payload: { resume(): void },
            done: (error: null) => void,
          ) => void,
        ): void;
      };
      instance.addContentTypeParser('*', (_request, payload, done) => {
        payload.resume();
        done(null);
      });
    },
  });
}

function buildController({ path, cors, handlers }: ControllerSpec, origins: Origins): Type {
  const name = `${path.charAt(0).toUpperCase()}${path.slice(1)}Controller`;
  const controller = { [name]: class {} }[name] as Type;
  const prototype = controller.prototype as Record<string, unknown>;
  handlers.forEach((handler, index) => {
    const handlerName = `handler${index}`;
    prototype[handlerName] = handlerFunction(handler);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, handlerName)!;
    Req()(prototype, handlerName, 0);
    for (const decorate of handlerDecorators(handler, origins)) {
      decorate(prototype, handlerName, descriptor);
    }
  });
  if (cors !== undefined) corsDecorator(cors, origins)(controller);
  Controller(path)(controller);
  return controller;
}

function handlerFunction({ answers }: HandlerSpec): (request: { url: string }) => unknown {
  return ({ url }) => {
    if (typeof answers === 'string') throw new HttpException('On purpose', statusOf(answers));
    const to = new URL(url, 'http://localhost').searchParams.get('to');
    return isRedirect(answers) ? { url: to, statusCode: answers } : { ok: true };
  };
}

function handlerDecorators(
  { method, path, cors, answers, referrerPolicy }: HandlerSpec,
  origins: Origins,
): MethodDecorator[] {
  return [
    RequestMapping({ path, method: RequestMethod[method] }),
    ...Object.entries(HANDLER_HEADERS).map(([name, value]) => Header(name, value)),
    ...(referrerPolicy === undefined ? [] : [Header('Referrer-Policy', referrerPolicy)]),
    ...(typeof answers === 'string' ? [] : [isRedirect(answers) ? Redirect() : HttpCode(answers)]),
    ...(cors === undefined ? [] : [corsDecorator(cors, origins)]),
  ];
}

export function isRedirect(answers: HandlerSpec['answers']): boolean {
  return typeof answers === 'number' && answers >= 300;
}

/** The status with which a handler answers. */
export function statusOf(answers: HandlerSpec['answers']): number {
  return typeof answers === 'number' ? answers : Number(answers.slice(-3));
}

function corsDecorator(cors: CorsSpec, origins: Origins): ReturnType<typeof Cors> {
  const input = policyInput(cors, origins);
  return input === undefined ? Cors() : Cors(input);
}

/** `undefined` for an empty `@Cors()`. */
function policyInput(cors: CorsSpec, origins: Origins): CorsPolicyInput | undefined {
  if ('refine' in cors) return policyOptions(cors.refine, origins);
  if ('name' in cors) return cors.name;
  if ('closed' in cors) return false;
  if ('startOver' in cors) return undefined;
  if ('list' in cors) {
    return cors.list.map((each) =>
      'name' in each ? each.name : policyOptions(each.refine, origins),
    );
  }
  const fields = policyOptions(cors.compute, origins);
  return (inherited) => ({
    ...fields,
    ...(fields.exposedHeaders !== undefined && {
      exposedHeaders: [...inherited.exposedHeaders, ...fields.exposedHeaders],
    }),
  });
}

function policyOptions({ origin, ...fields }: PolicySpec, origins: Origins): CorsPolicyOptions {
  return {
    ...fields,
    ...(origin !== undefined && {
      origin:
        origin.length === 1
          ? originRule(origin[0]!, origins)
          : origin.map((rule) => originRule(rule, origins)),
    }),
  };
}

function originRule(rule: OriginSpec, origins: Origins): CorsOriginRule {
  if (typeof rule === 'boolean') return rule;
  if (typeof rule === 'string') return withPorts(rule, origins);
  if ('regexp' in rule) return new RegExp(withPorts(rule.regexp.replaceAll('/', '\\/'), origins));
  const allowed = rule.allows.map((origin) => withPorts(origin, origins));
  switch (rule.decider) {
    case 'function':
      return (origin) => allowed.includes(origin);
    case 'async function':
      return async (origin) => allowed.includes(origin);
    case 'failing function':
      return (origin) => {
        if (allowed.includes(origin)) return true;
        throw new Error('The directory of partners is down.');
      };
    case 'resolver':
      return class Directory {
        async isOriginAllowed(origin: string): Promise<boolean> {
          return allowed.includes(origin);
        }
      };
  }
}
