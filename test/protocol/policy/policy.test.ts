import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  answerAlike,
  BUILT_IN_POLICY,
  checkPolicy,
  compilePolicy,
  type Place,
  refine,
  type ResolvedPolicy,
} from '../../../src/protocol/policy/policy.js';
import { DEFAULT_POLICY, readPolicyFields } from '../../../src/protocol/policy/policy-fields.js';
import type { CorsPolicyOptions } from '../../../src/protocol/policy/policy-options.js';
import { compiled, matcherOf } from '../compiled-policy.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

const MODULE: Place = { where: 'CorsModule.forRoot()', name: 'CorsModule.forRoot()', depth: 1 };
const CONTROLLER: Place = { where: 'CatalogController', name: 'CatalogController', depth: 4 };
const HANDLER: Place = {
  where: 'CatalogController.list (GET /catalog)',
  name: 'CatalogController.list',
  depth: 5,
};

function refined(
  from: ResolvedPolicy,
  options: CorsPolicyOptions,
  place = HANDLER,
): ResolvedPolicy {
  return refine(from, readPolicyFields(options), place);
}

describe('The policy that all others refine', () => {
  test('is the closed one, and came from nowhere else', async () => {
    expect(BUILT_IN_POLICY.policy).toBe(DEFAULT_POLICY);
    expect(BUILT_IN_POLICY.originRules).toStrictEqual({
      any: false,
      opaque: false,
      patterns: [],
      regexps: [],
      deciders: [],
    });
    expect(BUILT_IN_POLICY.places).toStrictEqual(
      Object.fromEntries(
        Object.keys(DEFAULT_POLICY).map((field) => [
          field,
          { where: 'the built-in defaults', name: 'the built-in defaults', depth: 0 },
        ]),
      ),
    );
    expect(await checkPolicy(BUILT_IN_POLICY, [])).toStrictEqual([]);
  });
});

describe('Refining a policy', () => {
  test('changes the fields that are given, and no others', () => {
    const base = refined(BUILT_IN_POLICY, { origin: 'https://app.test', maxAge: 5 }, MODULE);
    const { policy, originRules, places } = refined(base, { maxAge: 7, methods: 'GET' });
    expect(policy).toStrictEqual({
      ...DEFAULT_POLICY,
      origin: 'https://app.test',
      maxAge: 7,
      methods: ['GET'],
    });
    expect(originRules).toBe(base.originRules);
    expect(places).toStrictEqual({
      ...BUILT_IN_POLICY.places,
      origin: MODULE,
      maxAge: HANDLER,
      methods: HANDLER,
    });
  });

  test('replaces origins, it does not add to them', () => {
    const base = refined(BUILT_IN_POLICY, { origin: 'https://app.test' });
    expect(
      refined(base, { origin: 'https://b.test' }).originRules.patterns.map(({ host }) => host),
    ).toStrictEqual(['b.test']);
    expect(refined(base, { origin: false }).originRules.patterns).toStrictEqual([]);
  });

  test('leaves what is refined as it was', () => {
    const base = refined(BUILT_IN_POLICY, { maxAge: 5 }, MODULE);
    refined(base, { maxAge: 7 });
    expect([base.policy.maxAge, base.places.maxAge]).toStrictEqual([5, MODULE]);
  });

  test('gives a policy that cannot be changed', () => {
    expect(Object.isFrozen(refined(BUILT_IN_POLICY, { maxAge: 5 }).policy)).toBe(true);
  });

  describe(`by any fields ${SEEDED}`, () => {
    const options: fc.Arbitrary<CorsPolicyOptions> = fc.record(
      {
        origin: fc.constantFrom<NonNullable<CorsPolicyOptions['origin']>>(
          false,
          '*',
          'https://a.test',
          ['https://b.test', 'null'],
        ),
        methods: fc.constantFrom('*', 'GET', 'GET,PUT'),
        allowedHeaders: fc.constantFrom('*', '', 'x-a'),
        exposedHeaders: fc.constantFrom('*', '', 'etag'),
        credentials: fc.boolean(),
        maxAge: fc.nat({ max: 9 }),
        privateNetwork: fc.boolean(),
        enforce: fc.boolean(),
        isolate: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const law = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) => {
      checkProperty(property, 1000);
    };

    test('of which there are none changes nothing', () => {
      law(
        fc.property(options, (some) => {
          const base = refined(BUILT_IN_POLICY, some, MODULE);
          expect(refined(base, {})).toStrictEqual(base);
          expect(
            refined(base, {
              methods: undefined,
              maxAge: undefined,
            } as unknown as CorsPolicyOptions),
          ).toStrictEqual(base);
        }),
      );
    });

    test('twice is refining once', () => {
      law(
        fc.property(options, options, (some, others) => {
          const once = refined(refined(BUILT_IN_POLICY, some, MODULE), others);
          expect(refined(once, others)).toStrictEqual(once);
        }),
      );
    });

    test('lets the later one win, field by field', () => {
      law(
        fc.property(options, options, (some, others) => {
          const { policy, originRules } = refined(refined(BUILT_IN_POLICY, some, MODULE), others);
          const together = refined(BUILT_IN_POLICY, { ...some, ...others });
          expect([policy, originRules]).toStrictEqual([together.policy, together.originRules]);
        }),
      );
    });

    test('does not care for the order where they are different ones', () => {
      law(
        fc.property(options, fc.func(fc.boolean()), (all, choose) => {
          const entries = Object.entries(all);
          const some = Object.fromEntries(entries.filter(([name]) => choose(name)));
          const others = Object.fromEntries(entries.filter(([name]) => !choose(name)));
          expect(refined(refined(BUILT_IN_POLICY, some), others)).toStrictEqual(
            refined(refined(BUILT_IN_POLICY, others), some),
          );
        }),
      );
    });

    test('can be done step by step or together', () => {
      law(
        fc.property(options, options, options, (first, second, third) => {
          const stepwise = [first, second, third].reduce(
            (policy, fields) => refined(policy, fields),
            BUILT_IN_POLICY,
          );
          const grouped = refined(refined(BUILT_IN_POLICY, first), { ...second, ...third });
          expect(stepwise).toStrictEqual(grouped);
        }),
      );
    });

    test('names for every field the place that gave it', () => {
      law(
        fc.property(options, options, (some, others) => {
          const { places } = refined(refined(BUILT_IN_POLICY, some, MODULE), others);
          for (const [field, place] of Object.entries(places)) {
            expect(place.depth).toBe(field in others ? 5 : field in some ? 1 : 0);
          }
        }),
      );
    });
  });
});

describe('A policy taken as a whole', () => {
  test('may be anything without credentials', async () => {
    const policy = refined(BUILT_IN_POLICY, {
      origin: ['*', 'null', 'http://a.test', 'https://*.github.io'],
      exposedHeaders: '*',
    });
    expect(await checkPolicy(policy, [])).toStrictEqual([]);
  });

  test('has every fault reported that its fields have together', async () => {
    const policy = refined(BUILT_IN_POLICY, {
      credentials: true,
      origin: ['*', 'null', 'http://a.test', 'https://*.github.io'],
      exposedHeaders: '*',
      isolate: true,
    });
    const issues = await checkPolicy(policy, []);
    expect(issues.map(({ code, field, where }) => ({ code, field, where }))).toStrictEqual([
      { code: 'any-origin-with-credentials', field: 'origin', where: HANDLER.where },
      { code: 'null-origin-with-credentials', field: 'origin', where: HANDLER.where },
      { code: 'insecure-origin-with-credentials', field: 'origin', where: HANDLER.where },
      { code: 'public-suffix-wildcard', field: 'origin', where: HANDLER.where },
      {
        code: 'wildcard-exposed-headers-with-credentials',
        field: 'exposedHeaders',
        where: HANDLER.where,
      },
      { code: 'any-origin-with-isolate', field: 'isolate', where: HANDLER.where },
    ]);
  });

  test('may be overridden to have insecure origins and public suffixes', async () => {
    const policy = refined(BUILT_IN_POLICY, {
      credentials: true,
      origin: ['http://a.test', 'https://*.github.io'],
      dangerouslyAllowInsecureOrigins: true,
      dangerouslyAllowPublicSuffixes: true,
    });
    expect(await checkPolicy(policy, [])).toStrictEqual([]);
  });

  test.each([
    { origin: MODULE, credentials: HANDLER, where: HANDLER },
    { origin: HANDLER, credentials: MODULE, where: HANDLER },
    { origin: CONTROLLER, credentials: HANDLER, where: HANDLER },
    { origin: CONTROLLER, credentials: MODULE, where: CONTROLLER },
    { origin: MODULE, credentials: MODULE, where: MODULE },
    {
      origin: { where: 'PathsController', name: 'PathsController', depth: 4 },
      credentials: CONTROLLER,
      where: CONTROLLER,
    },
  ])(
    'has its fault where the later of two fields was given: origin in $origin.where, credentials in $credentials.where',
    async ({ origin, credentials, where }) => {
      const policy = refined(
        refined(BUILT_IN_POLICY, { origin: '*' }, origin),
        { credentials: true },
        credentials,
      );
      expect((await checkPolicy(policy, [])).map((issue) => issue.where)).toStrictEqual([
        where.where,
      ]);
    },
  );

  test.each([
    { credentials: false, codes: ['any-origin-with-private-network', 'any-origin-with-isolate'] },
    {
      credentials: true,
      codes: [
        'any-origin-with-private-network',
        'any-origin-with-credentials',
        'any-origin-with-isolate',
      ],
    },
  ])(
    'has what any origin may not do reported without credentials, too: $credentials',
    async ({ credentials, codes }) => {
      const policy = refined(
        refined(BUILT_IN_POLICY, { origin: '*' }, MODULE),
        { privateNetwork: true, isolate: true, credentials },
        HANDLER,
      );
      const issues = await checkPolicy(policy, []);
      expect(issues.map(({ code }) => code)).toStrictEqual(codes);
      expect(issues[0]).toStrictEqual({
        code: 'any-origin-with-private-network',
        field: 'origin',
        where: HANDLER.where,
        value: '*',
        message: 'Any public site could reach this server through the network of its visitors.',
        hint: 'List the origins that may, or remove privateNetwork.',
      });
    },
  );

  test('has the fault of its exposed headers where those were given', async () => {
    const policy = refined(
      refined(BUILT_IN_POLICY, { credentials: true }, MODULE),
      { exposedHeaders: '*' },
      HANDLER,
    );
    expect(await checkPolicy(policy, [])).toStrictEqual([
      expect.objectContaining({ field: 'exposedHeaders', where: HANDLER.where }),
    ]);
  });
});

describe('A compiled policy', () => {
  test('holds the policy and its matcher', () => {
    const resolved = refined(BUILT_IN_POLICY, { origin: 'https://app.test' });
    const origins = matcherOf('https://app.test');
    const policy = compilePolicy(resolved, origins);
    expect(policy.policy).toBe(resolved.policy);
    expect(policy.origins).toBe(origins);
  });

  test.each([
    { options: {}, headers: [] },
    { options: { credentials: true }, headers: [['Access-Control-Allow-Credentials', 'true']] },
    {
      options: { exposedHeaders: 'ETag, X-A' },
      headers: [['Access-Control-Expose-Headers', 'ETag,X-A']],
    },
    { options: { exposedHeaders: '*' }, headers: [['Access-Control-Expose-Headers', '*']] },
    { options: { exposedHeaders: [] }, headers: [] },
    {
      options: { credentials: true, exposedHeaders: 'ETag' },
      headers: [
        ['Access-Control-Allow-Credentials', 'true'],
        ['Access-Control-Expose-Headers', 'ETag'],
      ],
    },
  ])('of $options has $headers ready', ({ options, headers }) => {
    expect(compiled(options).actualHeaders).toStrictEqual(headers);
  });

  test.each([
    { options: {}, methods: undefined },
    { options: { methods: 'GET', maxAge: 0 }, methods: new Set(['GET', 'HEAD']) },
    { options: { methods: [], maxAge: 600 }, methods: new Set() },
  ])('of $options allows $methods', ({ options, methods }) => {
    const policy = compiled(options);
    expect(policy.methods).toStrictEqual(methods);
  });

  const base: CorsPolicyOptions = {
    origin: 'https://a.test',
    allowedHeaders: 'x-a,x-b',
    maxAge: 5,
  };
  test.each([
    { change: {}, same: true },
    { change: { origin: 'https://b.test' }, same: true },
    { change: { methods: 'GET' }, same: true },
    { change: { exposedHeaders: 'etag' }, same: true },
    { change: { enforce: false }, same: true },
    { change: { isolate: true }, same: true },
    { change: { allowedHeaders: 'X-B,X-A' }, same: true },
    { change: { allowedHeaders: 'x-a' }, same: false },
    { change: { allowedHeaders: '*' }, same: false },
    { change: { credentials: true }, same: false },
    { change: { maxAge: 6 }, same: false },
  ])('gives the same answer to a preflight as one with $change: $same', ({ change, same }) => {
    expect(answerAlike(compiled(base), compiled({ ...base, ...change }))).toBe(same);
  });

  test('gives another answer than one whose numbers merely read alike', () => {
    expect(
      answerAlike(
        compiled({ allowedHeaders: 'x-a', maxAge: 15 }),
        compiled({ allowedHeaders: 'x-a1', maxAge: 5 }),
      ),
    ).toBe(false);
  });
});
