import { expect, test } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { DocumentedApplication } from '../../src/document/documented-application.js';
import { readDocument } from '../../src/document/read-document.js';
import { Cors, CorsModule, CorsPolicyService, type CorsDecision } from '../../src/index.js';
import { startRandomApp } from '../browser/application.js';
import type { AppSpec, CorsSpec, PolicySpec } from '../browser/app-spec.js';
import type { Origins } from '../browser/places.js';
import { randomApp, REQUEST_HEADERS } from '../browser/random-policies.js';
import { randomRequest } from '../browser/random-request.js';
import { SEED, SEEDED } from '../harness/seed.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';
import { Random } from '../harness/random.js';

const ORIGINS: Origins = {
  api: 'http://localhost:3000',
  mirror: 'http://localhost:3001',
  shop: 'http://localhost:4000',
  partner: 'http://localhost:4001',
  branch: 'http://shop.localhost:4000',
};

test(`a document that went through JSON decides as the application that wrote it ${SEEDED}`, async () => {
  const random = new Random(SEED);
  let compared = 0;
  let allowed = 0;
  while (compared < 4_000) {
    const spec = withoutCode(randomApp(random));
    const app = await startRandomApp(spec, ORIGINS).catch(() => undefined);
    if (app === undefined) continue;
    try {
      const service = app.nest.get(CorsPolicyService);
      const written = JSON.stringify(service.document());
      expect(JSON.stringify(service.document())).toBe(written);
      const documented = await DocumentedApplication.of(readDocument(JSON.parse(written)));
      for (let count = 0; count < 100; count += 1) {
        const question = randomQuestion(random, spec);
        const [live, read] = await Promise.all([
          service.evaluate(question),
          documented.evaluate(question),
        ]);
        expect({ question, ...told(read) }).toStrictEqual({ question, ...told(live) });
        compared += 1;
        allowed += Number(live.allowed);
      }
    } finally {
      await app.close();
    }
  }
  expect(allowed / compared).toBeGreaterThan(0.2);
  expect(allowed / compared).toBeLessThan(0.9);
}, 300_000);

function randomQuestion(random: Random, spec: AppSpec) {
  const { path, method } = randomRequest(random, spec);
  const origin = random.pick([
    ...[ORIGINS.shop, ORIGINS.shop, ...Object.values(ORIGINS)],
    ...['null', 'https://stranger.example'],
  ]);
  const headers = { host: 'localhost:3000', origin };
  if (random.chance(0.4)) {
    const cookie = random.chance(0.3) ? { cookie: 'a=1' } : {};
    return { method, url: path, headers: { ...headers, ...cookie } };
  }
  const names = REQUEST_HEADERS.filter(() => random.chance(0.15)).map((name) => name.toLowerCase());
  return {
    method: 'OPTIONS',
    url: path,
    headers: {
      ...headers,
      'access-control-request-method': method,
      ...(names.length > 0 && { 'access-control-request-headers': names.sort().join(',') }),
      ...(random.chance(0.1) && { 'access-control-request-private-network': 'true' }),
    },
  };
}

/** A decision, but for objects of the application that wrote the document. */
function told({ route, policy, message, ...decision }: CorsDecision): object {
  const { origin: _, originCache: __, ...values } = policy;
  return {
    ...decision,
    values,
    // A document sorts rules by kind.
    message: message.replace(/(?<=origin rules? ).*/, ''),
    route: route && [route.method, route.path, route.controller.name, route.handlerName],
  };
}

/** Functions and resolvers are not in a document. */
function withoutCode(spec: AppSpec): AppSpec {
  const plain = (policy: PolicySpec): PolicySpec =>
    policy.origin === undefined
      ? policy
      : {
          ...policy,
          origin: policy.origin.filter((rule) => typeof rule !== 'object' || !('decider' in rule)),
        };
  const cors = (given: CorsSpec): CorsSpec => {
    if ('refine' in given) return { refine: plain(given.refine) };
    if ('compute' in given) return { compute: plain(given.compute) };
    if (!('list' in given)) return given;
    return {
      list: given.list.map((one) => ('refine' in one ? { refine: plain(one.refine) } : one)),
    };
  };
  return {
    ...spec,
    defaults: plain(spec.defaults),
    policies: Object.fromEntries(
      Object.entries(spec.policies).map(([name, policy]) => [name, plain(policy)]),
    ),
    paths: spec.paths.map(({ path, policy }) => ({ path, policy: cors(policy) })),
    controllers: spec.controllers.map((controller) => ({
      ...controller,
      ...(controller.cors && { cors: cors(controller.cors) }),
      handlers: controller.handlers.map((handler) => ({
        ...handler,
        ...(handler.cors && { cors: cors(handler.cors) }),
      })),
    })),
  };
}

class Partners {
  isOriginAllowed(): boolean {
    return false;
  }
}

function ofStaff(): boolean {
  return false;
}

@Controller('asked')
class AskedController {
  @Cors({ origin: ['https://listed.example', Partners, ofStaff] })
  @Get()
  read(): string {
    return 'read';
  }
}

test.each([
  { origin: 'https://listed.example', says: {}, allowed: true, reason: undefined },
  { origin: 'https://a.example', says: {}, allowed: false, reason: 'origin-not-allowed' },
  { origin: 'https://a.example', says: { Partners: true }, allowed: true, reason: undefined },
  { origin: 'https://a.example', says: { ofStaff: true }, allowed: true, reason: undefined },
  { origin: 'https://a.example', says: undefined, allowed: false, reason: 'origin-check-failed' },
])(
  'somebody else answers for the code that a document does not hold: $origin, $says',
  async ({ origin, says, allowed, reason }) => {
    for (const adapter of ADAPTERS) {
      const imports = [CorsModule.forRoot({})];
      const app = await startApp({
        ...{ adapter, imports, providers: [Partners], controllers: [AskedController] },
      });
      const document = app.nest.get(CorsPolicyService).document();
      await app.close();
      const asked: string[] = [];
      const answers: Record<string, boolean> | undefined = says;
      const documented = await DocumentedApplication.of(
        document,
        answers &&
          (({ kind, name }, about) => {
            asked.push(`${kind} ${name} ${about}`);
            return answers[name] ?? false;
          }),
      );
      const decision = await documented.evaluate({
        ...{ method: 'GET', url: '/asked', headers: { host: 'api.example', origin } },
      });
      expect([decision.allowed, decision.reason]).toStrictEqual([allowed, reason]);
      for (const question of asked) {
        expect([
          'function ofStaff https://a.example',
          'resolver Partners https://a.example',
        ]).toContain(question);
      }
    }
  },
);
