import { describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Logger, Put, type Type } from '@nestjs/common';
import {
  Cors,
  CorsConfigurationError,
  CorsModule,
  type CorsModuleOptions,
  type CorsPolicyInput,
  type CorsPolicyOptions,
  CorsPolicyService,
} from '../../src/index.js';
import { APP, PARTNER } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

const TENANT = 'https://tenant.example';
const ANYBODY = 'https://anybody.example';

const POLICIES = {
  app: {},
  public: { origin: '*', credentials: false },
  open: { origin: true, credentials: false },
  partners: { origin: PARTNER, maxAge: 50 },
  quick: { maxAge: 5 },
  slow: { maxAge: 50 },
  closed: { origin: [] },
};

/** What somebody may write who does without types. */
const untyped = (policy: unknown) => policy as CorsPolicyInput;

interface Written {
  readonly onHandler?: CorsPolicyInput;
  readonly onController?: CorsPolicyInput;
  /** Of the handler's `@Cors(name, options)`. */
  readonly replacing?: CorsPolicyOptions;
  readonly options?: CorsModuleOptions;
}

function bookController({ onHandler, onController, replacing }: Written): Type {
  @Controller('books')
  class BooksController {
    @Get() list() {}
    @Put(':id') update() {}
  }
  const { prototype } = BooksController;
  const update = Object.getOwnPropertyDescriptor(prototype, 'update')!;
  if (onHandler !== undefined) {
    Cors(onHandler as string, replacing!)(prototype, 'update', update);
  }
  if (onController !== undefined) Cors(onController)(BooksController);
  return BooksController;
}

function start(written: Written): Promise<RunningApp> {
  return startApp({
    adapter: 'express',
    imports: [
      CorsModule.forRoot({
        origin: APP,
        credentials: true,
        policies: POLICIES,
        ...written.options,
      }),
    ],
    controllers: [bookController(written)],
  });
}

const UPDATE = 'BooksController.update (PUT /books/:id)';

const ask = () => false;

describe('The application does not start', () => {
  interface Fault extends Written {
    readonly name: string;
    readonly issues: readonly {
      readonly code: string;
      readonly where?: string;
      readonly field?: string;
      readonly message?: RegExp;
      readonly hint?: RegExp;
    }[];
  }

  test.each<Fault>([
    {
      name: 'with an empty list',
      onHandler: [],
      issues: [{ code: 'invalid-value', message: /empty list/, hint: /false for nobody/ }],
    },
    {
      name: 'with a policy behind one for any origin',
      onHandler: ['public', 'app'],
      issues: [
        {
          code: 'unreachable-policy',
          message: /^Policy 2 of 2 can never hold: .*policy 1 admits any origin\.$/,
          hint: /last/,
        },
      ],
    },
    {
      name: 'with two policies behind one for any origin',
      onHandler: ['public', 'app', 'partners'],
      issues: [{ code: 'unreachable-policy', message: /^Policy 2 of 3/ }],
    },
    {
      name: 'with two policies for any origin, which no order can help',
      onHandler: ['app', 'public', 'open'],
      issues: [
        {
          code: 'unreachable-policy',
          message: /^Policy 3 of 3 .*policy 2 admits any origin\.$/,
          hint: /^Remove one of them\.$/,
        },
      ],
    },
    {
      name: 'with the same policy twice',
      onHandler: ['partners', 'app', 'partners'],
      issues: [
        {
          code: 'unreachable-policy',
          message: /^Policy 3 of 3 .*policy 1 has the same origin rule/,
        },
      ],
    },
    {
      name: 'with two policies that have the same origin rule from the defaults',
      onHandler: ['quick', 'slow'],
      issues: [{ code: 'unreachable-policy', message: /^Policy 2 of 2/, hint: /origin rule/ }],
    },
    {
      name: 'with the same function twice, which the first policy asks about every origin',
      options: { origin: ask },
      onHandler: [{ credentials: false }, {}],
      issues: [{ code: 'unreachable-policy', message: /same origin rule/ }],
    },
    {
      name: 'with an origin for each of the policies that are inherited',
      onController: ['partners', 'public'],
      onHandler: { origin: APP },
      issues: [{ code: 'unreachable-policy', where: UPDATE }],
    },
    {
      name: 'with a list that says once, on the controller, what can never hold',
      onController: ['public', 'app'],
      onHandler: { maxAge: 5 },
      issues: [{ code: 'unreachable-policy', where: 'BooksController' }],
    },
    {
      name: 'with an unknown name in a list',
      onHandler: ['app', 'pulbic'],
      issues: [{ code: 'unknown-policy', where: `${UPDATE} policy[1]` }],
    },
    {
      name: 'with an unknown option in a list',
      onHandler: untyped(['partners', { origins: '*' }]),
      issues: [{ code: 'unknown-option', where: `${UPDATE} policy[1]`, field: 'origins' }],
    },
    {
      name: 'with an unsafe policy in a list',
      onHandler: ['partners', { origin: '*' }],
      issues: [
        { code: 'any-origin-with-credentials', where: `${UPDATE} policy[1]`, field: 'origin' },
      ],
    },
    {
      name: 'with an unsafe policy in a list of one, at its usual place',
      onHandler: [{ origin: '*' }],
      issues: [{ code: 'any-origin-with-credentials', where: UPDATE, field: 'origin' }],
    },
    {
      name: 'with an unsafe policy in the list of a paths entry',
      options: { paths: [{ path: '/files', policy: ['app', { origin: '*' }] }] },
      issues: [
        {
          code: 'any-origin-with-credentials',
          where: 'CorsModule.forRoot() paths[0] policy[1]',
          field: 'origin',
        },
      ],
    },
    {
      name: 'with credentials for each of the policies that are inherited, where one is for any origin',
      onController: ['app', 'public'],
      onHandler: { credentials: true },
      issues: [{ code: 'any-origin-with-credentials', where: UPDATE }],
    },
    ...[false, null, undefined, 7, ['public'], () => ({})].map((member) => ({
      name: `with ${String(member)} in a list`,
      onHandler: untyped(['app', member]),
      issues: [
        {
          code: 'invalid-value',
          where: `${UPDATE} policy[1]`,
          message: /names and options objects/,
          hint: member === false ? /Leave it out/ : /Write e\.g\./,
        },
      ],
    })),
    {
      name: 'with a function that returns a list',
      onHandler: untyped(() => ['app', 'public']),
      issues: [{ code: 'invalid-value', where: UPDATE, message: /returned a list/ }],
    },
    {
      name: 'with a list as named policy',
      options: { policies: { ...POLICIES, both: ['app', 'public'] } as never },
      issues: [
        {
          code: 'invalid-value',
          where: 'CorsModule.forRoot() policies.both',
          hint: /@Cors\(\['app', 'public'\]\)/,
        },
      ],
    },
    {
      name: 'with fields for a list',
      onHandler: ['app', 'public'],
      replacing: { maxAge: 5 },
      issues: [{ code: 'invalid-value', where: UPDATE, field: 'options' }],
    },
    {
      name: 'with fields for a policy without a name in a paths entry',
      options: { paths: [{ path: '/files', policy: false, options: { maxAge: 5 } }] },
      issues: [{ code: 'invalid-value', where: 'CorsModule.forRoot() paths[0]', field: 'options' }],
    },
    {
      name: 'with unsafe fields for a named policy',
      onHandler: 'public',
      replacing: { credentials: true },
      issues: [{ code: 'any-origin-with-credentials', where: UPDATE }],
    },
    {
      name: 'with fields that are none for a named policy',
      onHandler: 'public',
      replacing: untyped(['app']) as CorsPolicyOptions,
      issues: [{ code: 'invalid-value', where: UPDATE }],
    },
  ])('$name', async ({ issues, ...written }) => {
    const error: unknown = await start(written).then(
      (app) => app.close(),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CorsConfigurationError);
    expect((error as CorsConfigurationError).issues).toEqual(
      issues.map(({ message = /./, hint = /./, ...issue }) =>
        expect.objectContaining({
          ...issue,
          message: expect.stringMatching(message),
          hint: expect.stringMatching(hint),
        }),
      ),
    );
  });

  test.each([
    { policy: ['public', 'app'], code: 'unreachable-policy' },
    { policy: [], code: 'invalid-value' },
  ])('and check() says so of $policy', async ({ policy, code }) => {
    const app = await start({});
    const checked = app.nest
      .get(CorsPolicyService)
      .check({ origin: APP, policies: POLICIES, paths: [{ path: '/files', policy }] });
    await expect(checked).rejects.toMatchObject({ issues: [{ code }] });
    await app.close();
  });
});

describe('The application starts', () => {
  test.each<Written & { name: string; origins: readonly unknown[] }>([
    { name: 'with a list of one', onHandler: ['public'], origins: ['*'] },
    {
      name: 'with the policy for any origin last',
      onHandler: ['app', 'public'],
      origins: [APP, '*'],
    },
    {
      name: 'with a policy for nobody last, which says how requests are refused',
      onHandler: ['app', { origin: false, enforce: false }],
      origins: [APP, false],
    },
    {
      name: 'with a policy whose list the configuration has left empty',
      onHandler: ['closed', 'app'],
      origins: [[], APP],
    },
    {
      name: 'with policies that happen to allow the same origin, as on a machine for development',
      onHandler: [{ origin: APP }, { origin: [APP, PARTNER] }],
      origins: [APP, [APP, PARTNER]],
    },
    {
      name: 'with a function that a policy without credentials shows other origins',
      onHandler: [{}, { credentials: false }],
      options: { origin: ask },
      origins: [ask, ask],
    },
    {
      name: 'with a list that is closed on one handler',
      onController: ['app', 'public'],
      onHandler: false,
      origins: [false, false],
    },
    {
      name: 'with a list within what is refined by a list',
      onController: ['app', 'public'],
      onHandler: ['partners', { maxAge: 5 }],
      origins: [PARTNER, APP, '*'],
    },
  ])('$name', async ({ origins, ...written }) => {
    const app = await start(written);
    const service = app.nest.get(CorsPolicyService);
    const route = service.routes().find(({ handlerName }) => handlerName === 'update');
    expect(route?.policies.map(({ origin }) => origin)).toEqual(origins);
    await app.close();
  });
});

describe('CorsPolicyService', () => {
  const written: Written = {
    onHandler: ['app', 'public'],
    options: {
      policies: {
        ...POLICIES,
        tenants: {
          origin: (origin: string) => {
            if (origin === ANYBODY) throw new Error('down');
            return origin === TENANT;
          },
        },
      },
      paths: [{ path: '/files', policy: ['tenants', { origin: PARTNER }] }],
    },
  };

  async function withService(use: (service: CorsPolicyService) => unknown): Promise<void> {
    const app = await start(written);
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    try {
      await use(app.nest.get(CorsPolicyService));
    } finally {
      error.mockRestore();
      await app.close();
    }
  }

  test('lists all policies of a route, and as its policy the first', () =>
    withService((service) => {
      const [list, update] = service.routes();
      expect(list?.policies).toEqual([list?.policy]);
      expect(update?.policies).toMatchObject([{ origin: APP }, { origin: '*' }]);
      expect(update?.policy).toBe(update?.policies[0]);
      expect(Object.isFrozen(update?.policies)).toBe(true);
    }));

  test('tells the policies of a handler', () =>
    withService((service) => {
      const { controller } = service.routes()[0]!;
      expect(service.policiesOf(controller, 'update')).toMatchObject([
        { origin: APP },
        { origin: '*' },
      ]);
      expect(service.policyOf(controller, 'update')).toMatchObject({ origin: APP });
      expect(service.policiesOf(controller, 'list')).toEqual([
        service.policyOf(controller, 'list'),
      ]);
      expect(() => service.policiesOf(controller, 'remove')).toThrow(RangeError);
    }));

  test.each([
    { origin: APP, policies: ['app', 'partners'], allowed: true },
    { origin: PARTNER, policies: ['app', 'partners'], allowed: true },
    { origin: ANYBODY, policies: ['app', 'partners'], allowed: false },
    { origin: ANYBODY, policies: ['app', 'public'], allowed: true },
    { origin: APP, policies: ['partners'], allowed: false },
    { origin: TENANT, policies: ['tenants', 'public'], allowed: true },
    { origin: PARTNER, policies: ['tenants', 'public'], allowed: true },
    // A failure of one that is asked earlier is no permission.
    { origin: ANYBODY, policies: ['tenants', 'public'], allowed: false },
    { origin: ANYBODY, policies: ['public', 'tenants'], allowed: true },
  ])('says of $origin under $policies: $allowed', ({ origin, policies, allowed }) =>
    withService(async (service) => {
      expect(await service.isOriginAllowed(origin, policies)).toBe(allowed);
    }),
  );

  test.each([[['app', 'pulbic']], [[]]])('knows no policies %j', (names) =>
    withService(async (service) => {
      await expect(service.isOriginAllowed(APP, names)).rejects.toThrow(RangeError);
    }),
  );

  test.each([
    { origin: APP, holds: APP },
    { origin: ANYBODY, holds: '*' },
    { origin: undefined, holds: '*' },
  ])('tells which policy held for $origin', ({ origin, holds }) =>
    withService(async (service) => {
      const question = { method: 'PUT', url: '/books/1', headers: { origin } };
      expect((await service.evaluate(question)).policy.origin).toBe(holds);
    }),
  );

  test('names all origin rules where none allows an origin', () =>
    withService(async (service) => {
      await service.reconfigure({
        origin: APP,
        policies: { ...POLICIES, public: { origin: [PARTNER, TENANT] } },
      });
      const { message } = await service.evaluate({
        method: 'PUT',
        url: '/books/1',
        headers: { origin: ANYBODY },
      });
      expect(message).toBe(
        `${UPDATE} does not allow the origin "${ANYBODY}": the origin rules of its policies are, in order, ` +
          `'${APP}'; '${PARTNER}', '${TENANT}'; add the origin to one of them if its pages may call this.`,
      );
    }));

  test('refuses to put in force what can never hold', () =>
    withService(async (service) => {
      const changed = service.reconfigure({ origin: '*', policies: POLICIES });
      await expect(changed).rejects.toThrow('[unreachable-policy]');
    }));

  test('trusts the origins of every policy with credentials', () =>
    withService((service) => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      expect(service.trustedOrigins().toSorted()).toEqual([APP, PARTNER]);
      warn.mockRestore();
    }));
});

describe.each(ADAPTERS)('On %s, the log', (adapter) => {
  test('names the policy of several that refused', async () => {
    const warnings: string[] = [];
    const warn = jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((message: unknown) => void warnings.push(String(message)));
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP, credentials: true, policies: POLICIES })],
      controllers: [bookController({ onHandler: ['app', 'public'] })],
    });
    await app.send({
      method: 'PUT',
      path: '/books/1',
      headers: { origin: ANYBODY, cookie: 'session=1' },
    });
    expect(warnings).toEqual([
      `${UPDATE}, by policy 2 of 2, does not take cookies from other origins: ` +
        `add "${ANYBODY}" to a policy before it that has credentials: true, or let the page leave them out (credentials: 'omit').`,
    ]);
    await app.close();
    warn.mockRestore();
  });
});
