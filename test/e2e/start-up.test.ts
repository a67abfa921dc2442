import { describe, expect, test } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  type LoggerService,
  Module,
  Patch,
  Post,
  Put,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Cors,
  CorsConfigurationError,
  type CorsConfigurationIssue,
  CorsModule,
  type CorsModuleOptions,
  type CorsOriginResolver,
  CorsPolicyService,
  type CorsPolicyInput,
} from '../../src/index.js';
import { APP } from '../harness/origins.js';
import { ADAPTERS, type AppSetup, startApp } from '../harness/start-app.js';

/** Options as somebody who does without types may write them. */
const untyped = (options: Record<string, unknown>) => options as CorsModuleOptions;

@Controller('books')
class BooksController {
  @Get() list() {}
}

/** `CatalogController` with `@Cors(policy)` on the handler of `PUT /catalog/:id`. */
function catalog(policy: CorsPolicyInput, onController?: CorsPolicyInput): Type {
  @Controller('catalog')
  class CatalogController {
    @Get() list() {}
    @Cors(policy) @Put(':id') update() {}
  }
  if (onController !== undefined) Cors(onController as never)(CatalogController);
  return CatalogController;
}

const UPDATE = 'CatalogController.update (PUT /catalog/:id)';

/** A logger that keeps what it is told. */
function recorder() {
  const lines = { log: [] as string[], warn: [] as string[], error: [] as string[] };
  const keep =
    (level: keyof typeof lines) =>
    (...parts: unknown[]) => {
      lines[level].push(parts.map(String).join(' '));
    };
  const logger: LoggerService = { log: keep('log'), warn: keep('warn'), error: keep('error') };
  return { logger, lines };
}

interface Start extends Omit<AppSetup, 'imports'> {
  options?: CorsModuleOptions;
  imports?: AppSetup['imports'] & object;
}

/** What stops the application from starting. */
async function issuesOf(
  adapter: (typeof ADAPTERS)[number],
  { options = {}, imports = [], ...setup }: Start,
): Promise<readonly CorsConfigurationIssue[]> {
  const outcome = await startApp({
    controllers: [BooksController],
    ...setup,
    adapter,
    imports: [CorsModule.forRoot(options), ...imports],
  }).then(
    (app) => app.close().then(() => 'It started.' as const),
    (error: unknown) => error,
  );
  if (!(outcome instanceof CorsConfigurationError)) throw outcome;
  return outcome.issues;
}

@Cors('nowhere')
@WebSocketGateway()
class StockGateway {
  @SubscribeMessage('stock') subscribe() {}
}

@WebSocketGateway()
class PriceGateway {
  @Cors(false) @SubscribeMessage('price') subscribe() {}
}

/** The metadata that `@Resolver()` of `@nestjs/graphql` 14 leaves. */
@Cors(false)
@SetMetadata('graphql:resolver_type', 'Author')
class AuthorsResolver {
  authors() {}
}

/** The metadata that `@EventPattern()` of `@nestjs/microservices` 12 leaves. */
const Ordered = () => SetMetadata('microservices:pattern', ['ordered']);

@Cors(false)
@Controller()
class OrderMessages {
  @Ordered() ordered() {}
}

@Cors({ maxAge: 60 })
@Controller('orders')
class HybridController {
  @Cors({ maxAge: 30 }) @Get() list() {}
  @Cors(false) @Ordered() ordered() {}
}

@Controller('forgetful')
class ForgetfulController {
  @Get() list() {}
  @Cors(false) helper() {}
}

@Cors({ maxAge: 60 })
@Controller('hybrid')
class HybridHttpController {
  @Cors({ maxAge: 30 }) @Get() list() {}
}

@Cors(false)
@Injectable()
class PricesService {}

@Injectable()
class SpecialPricesService extends PricesService {}

@Module({ providers: [PricesService] })
class PricesModule {}

@Cors({ maxAge: 60 })
abstract class ListController {
  @Cors({ maxAge: 30 }) @Get() list() {}
  @Cors({ maxAge: 20 }) @Get('all') all() {}
}

@Controller('lists')
class InheritingController extends ListController {
  override all() {}
}

interface RefusedRow extends Start {
  name: string;
  code: CorsConfigurationIssue['code'];
  field: string;
  where?: string | RegExp;
  hint?: string | RegExp;
}

/** The spelling as a word of its own in the hint. */
const spelled = (spelling: string): RegExp =>
  new RegExp(
    `(?<![\\w:/.*-])${spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?![\\w:/*-]|\\.\\w)`,
  );

const UNDEFINED_ORIGIN = untyped({ origin: undefined });

const credentialed = { credentials: true };

const refused: readonly RefusedRow[] = [
  // any origin, the opaque origin
  {
    name: "origin: '*' with credentials is refused.",
    options: { origin: '*', ...credentialed },
    code: 'any-origin-with-credentials',
    field: 'origin',
  },
  {
    name: 'origin: true with credentials is refused.',
    options: { origin: true, ...credentialed },
    code: 'any-origin-with-credentials',
    field: 'origin',
  },
  {
    name: "'*' in a list with credentials is refused.",
    options: { origin: [APP, '*'], ...credentialed },
    code: 'any-origin-with-credentials',
    field: 'origin',
  },
  {
    name: "'*' with credentials is refused whatever is said to be dangerous.",
    options: {
      origin: '*',
      ...credentialed,
      dangerouslyAllowInsecureOrigins: true,
      dangerouslyAllowPublicSuffixes: true,
    },
    code: 'any-origin-with-credentials',
    field: 'origin',
  },
  {
    name: "'*' that meets inherited credentials on a handler is refused there.",
    options: { origin: APP, ...credentialed },
    controllers: [catalog({ origin: '*' })],
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: UPDATE,
  },
  {
    name: 'Credentials that meet an inherited * on a handler are refused there.',
    options: { origin: '*' },
    controllers: [catalog({ credentials: true })],
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: UPDATE,
  },
  {
    name: "Credentials of a handler that meet its controller's * are refused there.",
    options: { origin: APP },
    controllers: [catalog({ credentials: true }, { origin: '*' })],
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: UPDATE,
  },
  {
    name: 'What a function returns is checked.',
    options: { origin: APP, ...credentialed },
    controllers: [catalog(() => ({ origin: '*' }))],
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: UPDATE,
  },
  {
    name: "A named policy that keeps the defaults' credentials with * is refused.",
    options: { origin: APP, ...credentialed, policies: { public: { origin: '*' } } },
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: /public/,
  },
  {
    name: "A path that keeps the defaults' credentials with * is refused.",
    options: {
      origin: APP,
      ...credentialed,
      paths: [{ path: '/graphql', policy: { origin: '*' } }],
    },
    code: 'any-origin-with-credentials',
    field: 'origin',
    where: /graphql|paths/,
  },
  // isolation
  {
    name: "origin: '*' with isolation is refused.",
    options: { origin: '*', isolate: true },
    code: 'any-origin-with-isolate',
    field: 'isolate',
    hint: spelled('isolate: false'),
  },
  {
    name: 'An expression for every site with isolation is refused.',
    options: { origin: /^https:\/\/.+$/, isolate: true },
    code: 'any-origin-with-isolate',
    field: 'isolate',
  },
  {
    name: "'*' that meets inherited isolation on a handler is refused there.",
    options: { origin: APP, isolate: true },
    controllers: [catalog({ origin: '*' })],
    code: 'any-origin-with-isolate',
    field: 'isolate',
    where: UPDATE,
  },
  {
    name: 'Isolation that meets an inherited * on a handler is refused there.',
    options: { origin: '*' },
    controllers: [catalog({ isolate: true })],
    code: 'any-origin-with-isolate',
    field: 'isolate',
    where: UPDATE,
  },
  {
    name: "A named policy that keeps the defaults' isolation with * is refused.",
    options: { origin: APP, isolate: true, policies: { public: { origin: '*' } } },
    code: 'any-origin-with-isolate',
    field: 'isolate',
    where: /public/,
  },
  {
    name: "A path that keeps the defaults' isolation with * is refused.",
    options: { origin: APP, isolate: true, paths: [{ path: '/graphql', policy: { origin: '*' } }] },
    code: 'any-origin-with-isolate',
    field: 'isolate',
    where: /paths/,
  },
  {
    name: "'null' with credentials is refused.",
    options: { origin: 'null', ...credentialed },
    code: 'null-origin-with-credentials',
    field: 'origin',
  },
  {
    name: "'null' in a list with credentials is refused.",
    options: { origin: [APP, 'null'], ...credentialed },
    code: 'null-origin-with-credentials',
    field: 'origin',
  },
  {
    name: "'file://' with credentials is refused.",
    options: { origin: [APP, 'file://'], ...credentialed },
    code: 'null-origin-with-credentials',
    field: 'origin',
    hint: /credentials: false/,
  },
  // any origin and private networks
  ...(
    [
      ["'*'", '*'],
      ['true', true],
      ["['*'] in a list", [APP, '*']],
    ] as const
  ).map(([how, origin]): RefusedRow => ({
    name: `origin: ${how} with privateNetwork is refused.`,
    options: { origin, privateNetwork: true },
    code: 'any-origin-with-private-network',
    field: 'origin',
    hint: /origins/,
  })),
  {
    name: "privateNetwork on a handler that inherits '*' is refused there.",
    options: { origin: '*' },
    controllers: [catalog({ privateNetwork: true })],
    code: 'any-origin-with-private-network',
    field: 'origin',
    where: UPDATE,
  },
  // origins that are undefined
  ...(
    [
      ['of the defaults', /forRoot/, UNDEFINED_ORIGIN, []],
      ['in a list', /forRoot/, untyped({ origin: [APP, undefined] }), []],
      ['of a named policy', /policies\.partners/, { policies: { partners: UNDEFINED_ORIGIN } }, []],
      ['of a path', /paths\[0\]/, { paths: [{ path: '/graphql', policy: UNDEFINED_ORIGIN }] }, []],
      ['of a handler', /^CatalogC.*PUT/, {}, [catalog(UNDEFINED_ORIGIN)]],
      ['that a function returns', /^CatalogC.*PUT/, {}, [catalog(() => UNDEFINED_ORIGIN)]],
    ] satisfies [string, RegExp, CorsModuleOptions, Type[]][]
  ).map(([what, where, options, controllers]): RefusedRow => ({
    name: `An undefined origin ${what} is refused, for a variable may not be set.`,
    options,
    controllers,
    code: 'undefined-origin',
    field: 'origin',
    where,
    hint: /variable.*false/,
  })),
  // @Cors() where no route is
  {
    name: '@Cors() on a gateway is refused, and gatewayCors() is named.',
    providers: [StockGateway],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'StockGateway',
    hint: /gatewayCors\(\)/,
  },
  {
    name: '@Cors() on a method of a gateway is refused there.',
    providers: [PriceGateway],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'PriceGateway.subscribe',
    hint: /gatewayCors\(\)/,
  },
  {
    name: '@Cors() on a GraphQL resolver is refused, and paths are named.',
    providers: [AuthorsResolver],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'AuthorsResolver',
    hint: /paths: \[\{ path: '\/graphql'/,
  },
  {
    name: '@Cors() on a controller of message handlers alone is refused.',
    controllers: [BooksController, OrderMessages],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'OrderMessages',
    hint: /^Remove @Cors\(\) here\.$/,
  },
  {
    name: '@Cors() on a message handler beside routes is refused, and on the routes it is not.',
    controllers: [HybridController],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'HybridController.ordered',
    hint: /^Remove @Cors\(\) here\.$/,
  },
  {
    name: '@Cors() on a method of a controller that no decorator routes is refused.',
    controllers: [ForgetfulController],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'ForgetfulController.helper',
    hint: /@Get\(\)/,
  },
  {
    name: '@Cors() on a plain provider is refused.',
    providers: [PricesService],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'PricesService',
  },
  {
    name: '@Cors() on a class that a factory makes is refused.',
    providers: [{ provide: 'prices', useFactory: () => new PricesService() }],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'PricesService',
  },
  {
    name: '@Cors() that a provider inherits is refused.',
    providers: [SpecialPricesService],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'SpecialPricesService',
  },
  {
    name: '@Cors() on a provider of a module that is imported somewhere is refused.',
    imports: [PricesModule],
    code: 'cors-on-no-route',
    field: '@Cors()',
    where: 'PricesService',
  },
  // spelling of origins
  ...(
    [
      ['without a scheme', 'app.example.com', 'https://app.example.com'],
      ['without a scheme and with a port', 'localhost:3000', 'http://localhost:3000'],
      ['with a trailing slash', 'https://app.example.com/', APP],
      ['with a path', 'https://app.example.com/shop', APP],
      ['with a query', 'https://app.example.com?a=b', APP],
      ['with the default port of https spelled out', 'https://app.example.com:443', APP],
      ['with the default port of http spelled out', 'http://localhost:80', 'http://localhost'],
      ['in upper case', 'https://App.Example.com', APP],
      ['with its scheme in upper case', 'HTTPS://app.example.com', APP],
      ['with user info', 'https://user:secret@app.example.com', APP],
      ['that is not ASCII', 'https://bücher.example', 'https://xn--bcher-kva.example'],
      ['with spaces around it', ' https://app.example.com ', APP],
      ['with * inside a label', 'https://app*.example.com', undefined],
      ['with * as a label in the middle', 'https://app.*.example.com', undefined],
      ['with * as the top-level label', 'https://app.*', undefined],
      ['with * as its scheme', '*://app.example.com', undefined],
      ['with two *', 'https://*.*.example.com', undefined],
      ['of * alone as its host', 'https://*', undefined],
      ['of the scheme file', 'file:///index.html', undefined],
      ['of the scheme file in upper case', 'FILE://', 'file://'],
      ['that is empty', '', undefined],
      ['that is a comma-separated list', 'https://app.example.com,https://b.example', undefined],
      ['with a port that is no number', 'https://app.example.com:port', undefined],
      ['with a port out of range', 'https://app.example.com:65536', undefined],
    ] as const
  ).map(([how, origin, corrected]): RefusedRow => ({
    name: `An origin ${how} is refused.`,
    options: { origin },
    code: 'invalid-origin',
    field: 'origin',
    ...(corrected !== undefined && { hint: spelled(corrected) }),
  })),
  {
    name: 'One invalid origin in a list is refused.',
    options: { origin: [APP, 'https://b.example/'] },
    code: 'invalid-origin',
    field: 'origin',
    hint: spelled('https://b.example'),
  },
  {
    name: 'An invalid origin on a handler is refused there.',
    controllers: [catalog({ origin: 'admin.example.com' })],
    code: 'invalid-origin',
    field: 'origin',
    where: UPDATE,
    hint: spelled('https://admin.example.com'),
  },
  {
    name: 'An origin rule of no known kind is refused.',
    options: untyped({ origin: 42 }),
    code: 'invalid-origin',
    field: 'origin',
  },
  {
    name: 'An origin with a star inside a label is refused, and the expression for it is named.',
    options: { origin: 'https://pr-*.example.com', ...credentialed },
    code: 'invalid-origin',
    field: 'origin',
    hint: /^Write the expression \/\^https:\\\/\\\/pr-\[a-z0-9-\]\+\\\.example\\\.com\$\/\.$/,
  },
  // callbacks, as the cors package has them
  ...[
    (origin: string, callback: (error: null, allow: boolean) => void) => {
      callback(null, origin === APP);
    },
    function checkOrigin(origin: string, done: (error: null, allow: boolean) => void) {
      done(null, origin === APP);
    },
    async (origin: string, c: (error: null, allow: boolean) => void) => {
      c(null, origin === APP);
    },
    (origin: string, callback: (each: string) => void) => {
      [origin].forEach(callback);
    },
  ].map((origin): RefusedRow => ({
    name: `${String(origin).split('{')[0] ?? ''} calls back, and is told to return.`,
    options: untyped({ origin: [APP, origin] }),
    code: 'invalid-origin',
    field: 'origin',
    hint: /Return.*\(origin\) =>/,
  })),
  // insecure origins
  {
    name: 'An http origin with credentials is refused.',
    options: { origin: 'http://app.example.com', ...credentialed },
    code: 'insecure-origin-with-credentials',
    field: 'origin',
    hint: spelled(APP),
  },
  {
    name: 'An http pattern with credentials is refused.',
    options: { origin: 'http://*.example.com', ...credentialed },
    code: 'insecure-origin-with-credentials',
    field: 'origin',
  },
  {
    name: 'An http origin on a host that only starts like the loopback is refused.',
    options: { origin: 'http://localhost.example.com', ...credentialed },
    code: 'insecure-origin-with-credentials',
    field: 'origin',
  },
  {
    name: 'An http origin with credentials is not saved by allowing public suffixes.',
    options: {
      origin: 'http://app.example.com',
      ...credentialed,
      dangerouslyAllowPublicSuffixes: true,
    },
    code: 'insecure-origin-with-credentials',
    field: 'origin',
  },
  // public suffixes
  ...['https://*.github.io', 'https://*.co.uk', 'https://*.com', 'https://*.com:*'].map(
    (origin): RefusedRow => ({
      name: `${origin} with credentials is refused.`,
      options: { origin, ...credentialed },
      code: 'public-suffix-wildcard',
      field: 'origin',
    }),
  ),
  {
    name: 'A public suffix with credentials is not saved by allowing insecure origins.',
    options: {
      origin: 'https://*.github.io',
      ...credentialed,
      dangerouslyAllowInsecureOrigins: true,
    },
    code: 'public-suffix-wildcard',
    field: 'origin',
  },
  // expressions
  ...[
    /https:\/\/app\.example\.com/,
    /^https:\/\/app\.example\.com/,
    /https:\/\/app\.example\.com$/,
    /^https:\/\/a\.example|https:\/\/b\.example$/,
    /example/,
  ].map((origin): RefusedRow => ({
    name: `${String(origin)} is refused, because it could match inside a longer origin.`,
    options: { origin },
    code: 'unanchored-regexp',
    field: 'origin',
    hint: /\^|\$/,
  })),
  ...[/^https:\/\/(\w)\1\.example\.com$/, /^https:\/\/(?:.{0,90}){0,90}$/].map(
    (origin): RefusedRow => ({
      name: `${String(origin)} is refused, because there is no automaton for it.`,
      options: { origin },
      code: 'unsupported-regexp',
      field: 'origin',
    }),
  ),
  ...[
    /^https:\/\/example\.com.*$/,
    /^https:\/\/.*\bexample\.com$/,
    /^https:\/\/.*example\.com$/,
    /^https:\/\/example\.[a-z.]+$/,
    /^https:\/\/app\..*$/,
    /^https:\/\/app-.+$/,
    /^https?:\/\/localhost.*$/,
    /^https:\/\/(?!evil)[a-z.]+$/,
    /^[a-z]+:\/\/app\.example\.com$/,
    /^https:\/\/[a-z]+\.github\.io$/,
  ].map((origin): RefusedRow => ({
    name: `${String(origin)} with credentials is refused, because it admits sites that it does not name.`,
    options: { origin, ...credentialed },
    code: 'open-ended-regexp',
    field: 'origin',
  })),
  // exposed headers
  {
    name: "exposedHeaders: '*' with credentials is refused.",
    options: { origin: APP, ...credentialed, exposedHeaders: '*' },
    code: 'wildcard-exposed-headers-with-credentials',
    field: 'exposedHeaders',
  },
  {
    name: "'*' in a list of exposed headers with credentials is refused.",
    options: { origin: APP, ...credentialed, exposedHeaders: ['X-Total-Count', '*'] },
    code: 'wildcard-exposed-headers-with-credentials',
    field: 'exposedHeaders',
  },
  // methods, headers, numbers
  ...['GE T', 'GET;PUT', 'ÄNDERN'].map((method): RefusedRow => ({
    name: `The method ${JSON.stringify(method)} is refused.`,
    options: { origin: APP, methods: [method] },
    code: 'invalid-method',
    field: 'methods',
  })),
  ...['CONNECT', 'TRACE', 'TRACK', 'trace'].map((method): RefusedRow => ({
    name: `The method ${method} is refused.`,
    options: { origin: APP, methods: ['GET', method] },
    code: 'forbidden-method',
    field: 'methods',
  })),
  ...(['allowedHeaders', 'exposedHeaders'] as const).flatMap((field) =>
    ['X Api Key', 'X-Api-Key:', 'X-Clé'].map((name): RefusedRow => ({
      name: `${JSON.stringify(name)} in ${field} is refused.`,
      options: { origin: APP, [field]: [name] },
      code: 'invalid-header-name',
      field,
    })),
  ),
  ...[-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '600'].map((maxAge): RefusedRow => ({
    name: `maxAge: ${JSON.stringify(maxAge)} (${String(maxAge)}) is refused.`,
    options: untyped({ origin: APP, maxAge }),
    code: 'invalid-max-age',
    field: 'maxAge',
  })),
  ...[199, 300, 404, 200.5, '204'].map((optionsSuccessStatus): RefusedRow => ({
    name: `optionsSuccessStatus: ${JSON.stringify(optionsSuccessStatus)} is refused.`,
    options: untyped({ origin: APP, optionsSuccessStatus }),
    code: 'invalid-status',
    field: 'optionsSuccessStatus',
  })),
  // names
  {
    name: 'A policy that nobody defined is refused, and the one that was meant is named.',
    options: { policies: { partners: { origin: APP } } },
    controllers: [catalog('partner')],
    code: 'unknown-policy',
    field: 'policy',
    where: UPDATE,
    hint: /partners/,
  },
  ...(
    [
      ['https://b.example.com', "{ origin: 'https://b.example.com' }"],
      ['b.example.com', "{ origin: 'https://b.example.com' }"],
      ['https://b.example.com/', "{ origin: 'https://b.example.com' }"],
      [
        'https://a.example, https://b.example',
        "{ origin: ['https://a.example', 'https://b.example'] }",
      ],
      ['https://pr-*.b.example', String.raw`{ origin: /^https:\/\/pr-[a-z0-9-]+\.b\.example$/ }`],
      ['localhost:3000', "{ origin: 'http://localhost:3000' }"],
      ['*', "{ origin: '*' }"],
    ] as const
  ).map(([name, policy]): RefusedRow => ({
    name: `@Cors('${name}') is refused, and ${policy} is named.`,
    controllers: [catalog(name)],
    code: 'unknown-policy',
    field: 'policy',
    where: UPDATE,
    hint: new RegExp(`^Write an object: ${policy.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}\\.$`),
  })),
  {
    name: 'A policy whose name is no identifier is to be defined in quotes.',
    controllers: [catalog('front-ends')],
    code: 'unknown-policy',
    field: 'policy',
    where: UPDATE,
    hint: /policies: \{ 'front-ends': \{ … \} \}/,
  },
  {
    name: 'A name that every object has is no policy.',
    controllers: [catalog('constructor')],
    code: 'unknown-policy',
    field: 'policy',
    where: UPDATE,
  },
  {
    name: 'A path with a policy that nobody defined is refused.',
    options: { paths: [{ path: '/graphql', policy: 'public' }] },
    code: 'unknown-policy',
    field: 'policy',
    where: /graphql|paths/,
  },
  ...(
    [
      ['origins', 'origin'],
      ['allowHeaders', 'allowedHeaders'],
      ['exposeHeaders', 'exposedHeaders'],
      ['allowedMethods', 'methods'],
      ['credential', 'credentials'],
      ['maxage', 'maxAge'],
      ['policy', 'policies'],
      ['path', 'paths'],
    ] as const
  ).map(([given, meant]): RefusedRow => ({
    name: `The option ${given} is refused, and ${meant} is named.`,
    options: untyped({ [given]: [] }),
    code: 'unknown-option',
    field: given,
    hint: new RegExp(`\\b${meant}\\b`),
  })),
  {
    name: 'An option that means nothing is refused.',
    options: untyped({ zzzzzzzzzz: 1 }),
    code: 'unknown-option',
    field: 'zzzzzzzzzz',
  },
  {
    name: 'An unknown option of a handler is refused there.',
    controllers: [catalog(untyped({ origins: APP }))],
    code: 'unknown-option',
    field: 'origins',
    where: UPDATE,
    hint: /\borigin\b/,
  },
  {
    name: 'An unknown option of a named policy is refused there.',
    options: { policies: { partners: untyped({ allowHeaders: '*' }) } },
    code: 'unknown-option',
    field: 'allowHeaders',
    where: /partners/,
    hint: /\ballowedHeaders\b/,
  },
  {
    name: 'An unknown option of a path is refused there.',
    options: { paths: [{ path: '/graphql', policy: untyped({ allowHeaders: '*' }) }] },
    code: 'unknown-option',
    field: 'allowHeaders',
    where: /graphql|paths/,
    hint: /\ballowedHeaders\b/,
  },
];

const CODES_BELOW: readonly CorsConfigurationIssue['code'][] = [
  'unresolvable-origin-resolver',
  'cors-enabled-twice',
  'cors-module-imported-twice',
];

/** A controller with one route under that policy. */
let listings = 0;
function listing(policy: CorsPolicyInput): Type {
  listings += 1;
  @Controller(`listing-${String(listings)}`)
  class ListingController {
    @Cors(policy) @Get() list() {}
  }
  return ListingController;
}

@Injectable()
class RegisteredOrigins implements CorsOriginResolver {
  isOriginAllowed(): boolean {
    return false;
  }
}

class Nowhere {}

@Injectable()
class NeedyOrigins implements CorsOriginResolver {
  constructor(readonly nowhere: Nowhere) {}
  isOriginAllowed(): boolean {
    return true;
  }
}

abstract class AbstractOrigins implements CorsOriginResolver {
  abstract isOriginAllowed(): boolean;
}

describe.each(ADAPTERS)('What stops the application from starting, on %s', (adapter) => {
  test.each(refused)(
    '$name',
    async ({ name: _, code, field, where = /\w/, hint = /\w/, ...start }) => {
      const issues = await issuesOf(adapter, start);
      expect(issues).toContainEqual(
        expect.objectContaining({
          code,
          field,
          where: typeof where === 'string' ? where : expect.stringMatching(where),
          hint: expect.stringMatching(hint),
          message: expect.stringMatching(/\w/),
        }),
      );
      expect(new Set(issues.map((issue) => issue.code))).toEqual(new Set([code]));
    },
  );

  test.each([
    ['that needs what nobody provides', NeedyOrigins],
    ['that is abstract and provided nowhere', AbstractOrigins],
  ])('An origin resolver %s is refused.', async (_, origin) => {
    await expect(issuesOf(adapter, { controllers: [catalog({ origin })] })).resolves.toEqual([
      expect.objectContaining({
        code: 'unresolvable-origin-resolver',
        field: 'origin',
        where: UPDATE,
        value: origin,
        hint: expect.stringMatching(/\w/),
      }),
    ]);
  });

  test.each([
    ['enableCors()', { configure: (app) => (app.enableCors(), undefined) }],
    [
      'enableCors(options)',
      { configure: (app) => (app.enableCors({ origin: APP, credentials: true }), undefined) },
    ],
    ['cors: true', { nest: { cors: true } }],
    ['cors: { … }', { nest: { cors: { origin: APP } } }],
  ] satisfies [string, Start][])('%s besides the module is refused.', async (_, start) => {
    await expect(issuesOf(adapter, start)).resolves.toEqual([
      expect.objectContaining({
        code: 'cors-enabled-twice',
        where: expect.stringMatching(/\w/),
        hint: expect.stringMatching(/enableCors|cors: true/),
      }),
    ]);
  });

  test('cors: false besides the module is fine.', async () => {
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({})],
      nest: { cors: false },
    });
    await app.close();
    expect(app.port).toBeGreaterThan(0);
  });

  test('A resolver that lacks a dependency is told of the dependency.', async () => {
    const [issue] = await issuesOf(adapter, { controllers: [catalog({ origin: NeedyOrigins })] });
    expect(issue?.message).toMatch(/^NeedyOrigins .* Nowhere [^\n]*$/);
    expect(issue?.hint).toBe(
      'Provide what is missing, or add NeedyOrigins to the providers of a module where it is.',
    );
  });

  test('The modules that import the module are named where there are several.', async () => {
    @Module({ imports: [CorsModule.forRoot({ origin: 'https://other.example' })] })
    class FeatureModule {}
    const [issue] = await issuesOf(adapter, { imports: [FeatureModule] });
    expect(issue).toMatchObject({
      code: 'cors-module-imported-twice',
      message:
        'CorsModule is imported more than once, each time with policies of its own: by AppModule, FeatureModule.',
    });
  });

  test.each([
    ['nothing', () => undefined],
    ['a promise of nothing', async () => undefined],
  ])('A factory that returns %s is told to return.', async (_, useFactory) => {
    const error = await startApp({
      adapter,
      imports: [CorsModule.forRootAsync({ useFactory: useFactory as () => CorsModuleOptions })],
    }).catch((thrown: unknown) => thrown);
    if (!(error instanceof CorsConfigurationError)) throw error;
    expect(error.issues).toEqual([
      expect.objectContaining({
        code: 'invalid-value',
        where: 'CorsModule.forRootAsync()',
        message: expect.stringContaining('undefined'),
        hint: expect.stringContaining('useFactory: () => ({'),
      }),
    ]);
  });

  test('The module without forRoot() is refused, and who imports it is named.', async () => {
    const error = await startApp({ adapter, imports: [CorsModule] }).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as CorsConfigurationError).issues).toEqual([
      expect.objectContaining({
        code: 'cors-module-imported-twice',
        message: 'CorsModule is imported without forRoot(), by AppModule.',
      }),
    ]);
  });

  test.each([
    ['forRootAsync()', CorsModule.forRootAsync({ useFactory: () => ({ origin: 'a.test' }) })],
    ['forRoot()', CorsModule.forRoot({ origin: 'a.test' })],
  ])('Messages name %s where that was called.', async (method, module) => {
    const error = await startApp({ adapter, imports: [module] }).catch((thrown: unknown) => thrown);
    expect((error as CorsConfigurationError).issues).toEqual([
      expect.objectContaining({ where: `CorsModule.${method}` }),
    ]);
  });

  test('Problems are told in the order in which the configuration is read.', async () => {
    const issues = await issuesOf(adapter, {
      options: {
        origin: '*',
        credentials: true,
        policies: { partners: { origin: 'partner.example' } },
        paths: [{ path: '/graphql', policy: { maxAge: -1 } }],
      },
      controllers: [catalog({ origin: 'admin.example.com' })],
    });
    expect([...new Set(issues.map(({ where }) => where))]).toEqual([
      'CorsModule.forRoot()',
      'CorsModule.forRoot() policies.partners',
      'CorsModule.forRoot() paths[0]',
      UPDATE,
    ]);
  });

  test('The module imported twice with different options is refused.', async () => {
    @Module({ imports: [CorsModule.forRoot({ origin: 'https://other.example' })] })
    class FeatureModule {}
    await expect(issuesOf(adapter, { imports: [FeatureModule] })).resolves.toContainEqual(
      expect.objectContaining({
        code: 'cors-module-imported-twice',
        where: expect.stringMatching(/\w/),
        hint: expect.stringMatching(/\w/),
      }),
    );
  });

  test('All problems of the whole application are told at once.', async () => {
    @Cors({ maxAge: -1 })
    @Controller('orders')
    class OrdersController {
      @Get() list() {}
      @Cors('nobody-defined-this') @Post() create() {}
    }
    const issues = await issuesOf(adapter, {
      options: untyped({
        origin: ['app.example.com', 'https://b.example/'],
        orgin: 1,
        policies: { public: { origin: '*', credentials: true } },
        paths: [{ path: '/graphql', policy: { methods: 'TRACE' } }],
      }),
      controllers: [OrdersController],
      configure: (app) => (app.enableCors(), undefined),
    });
    expect(new Set(issues.map(({ code }) => code))).toEqual(
      new Set([
        'invalid-origin',
        'unknown-option',
        'any-origin-with-credentials',
        'forbidden-method',
        'invalid-max-age',
        'unknown-policy',
        'cors-enabled-twice',
      ]),
    );
    expect(
      issues.filter(({ code }) => code === 'invalid-origin').map(({ value }) => value),
    ).toEqual(expect.arrayContaining(['app.example.com', 'https://b.example/']));
  });

  test('A problem of the module defaults is told once, however many routes inherit it.', async () => {
    const issues = await issuesOf(adapter, {
      options: { origin: 'app.example.com' },
      controllers: [BooksController, catalog({ maxAge: 5 })],
    });
    expect(issues).toHaveLength(1);
  });

  test("The error's message tells place, field, fault and remedy.", async () => {
    const error = await startApp({
      adapter,
      imports: [CorsModule.forRoot({})],
      controllers: [catalog({ origin: 'admin.example.com' })],
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CorsConfigurationError);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    for (const part of [UPDATE, 'origin', 'admin.example.com', 'https://admin.example.com']) {
      expect(message).toContain(part);
    }
  });

  test('Problems of forRootAsync() stop the start as well.', async () => {
    const error = await startApp({
      adapter,
      imports: [CorsModule.forRootAsync({ useFactory: () => ({ origin: 'app.example.com' }) })],
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CorsConfigurationError);
  });
});

test('@Cors() on the routes of an application that does not listen is no fault.', async () => {
  @Module({ imports: [CorsModule.forRoot()], controllers: [HybridHttpController] })
  class ScriptModule {}
  const script = await NestFactory.createApplicationContext(ScriptModule, {
    logger: false,
    abortOnError: false,
  });
  expect(script.get(CorsPolicyService).routes()).toEqual([]);
  await script.close();
});

test('forRoot() without options is closed.', async () => {
  const app = await startApp({
    adapter: 'express',
    imports: [CorsModule.forRoot()],
    controllers: [BooksController],
  });
  const answers = [
    await app.send({ path: '/books', headers: { origin: APP } }),
    await app.send({ path: '/books' }),
  ];
  await app.close();
  expect(answers.map(({ status }) => status)).toEqual([403, 200]);
});

test.each([
  ['forRoot', null, 'null'],
  ['forRoot', APP, APP],
  ['forRoot', [APP], 'a list'],
  ['forRootAsync', undefined, 'undefined'],
] as const)('%s(%p) is told what it takes.', (method, options, given) => {
  expect(() => CorsModule[method](options as never)).toThrow(
    new RegExp(
      `^CorsModule\\.${method}\\(\\) takes an object of options, .* was given ${given}\\.$`,
    ),
  );
});

const summaries: readonly (Start & { name: string; line: string })[] = [
  {
    name: 'routes that are closed',
    controllers: [BooksController],
    line: '1 route: 1 closed.',
  },
  {
    name: 'every kind at once',
    options: {
      origin: [APP, 'https://admin.example.com'],
      credentials: true,
      policies: { public: { origin: '*', credentials: false } },
      paths: [{ path: '/graphql', policy: 'public' }],
    },
    controllers: [
      BooksController,
      catalog({ origin: RegisteredOrigins }),
      listing({
        origin: ['https://b.example', 'https://*.b.example', /^https:\/\/c\.d$/],
        credentials: false,
      }),
      listing(false),
    ],
    line: '5 routes and 1 path: 1 open to any origin, 2 to 2 origins with credentials, 1 to 1 origin and 2 patterns without credentials, 1 asks RegisteredOrigins, 1 closed.',
  },
  {
    name: 'functions and resolvers, by name',
    controllers: ['one', 'two', 'three', 'four'].map((name) => {
      return listing({ origin: { [name]: () => false }[name] as () => boolean });
    }),
    line: '4 routes: 4 ask one, two, three and 1 more.',
  },
  {
    name: 'a function without a name',
    options: { origin: [() => false] },
    controllers: [BooksController],
    line: '1 route: 1 asks a function.',
  },
  {
    name: 'the opaque origin',
    options: { origin: 'null' },
    controllers: [BooksController],
    line: '1 route: 1 to 1 origin without credentials.',
  },
];

describe.each(ADAPTERS)('The log says in one line what holds, on %s:', (adapter) => {
  const about = ({ log }: { log: readonly string[] }) =>
    log.filter((line) => line.endsWith(' CorsModule'));

  test.each(summaries)('$name', async ({ options, controllers = [], line }) => {
    const { logger, lines } = recorder();
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot(options)],
      controllers,
      nest: { logger },
    });
    await app.close();
    expect(about(lines)).toEqual([`${line} CorsModule`]);
  });

  test('and again when that changes, but not when it is only checked', async () => {
    const { logger, lines } = recorder();
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot()],
      controllers: [BooksController],
      nest: { logger },
    });
    const service = app.nest.get(CorsPolicyService);
    await service.check({ origin: '*' });
    await service.reconfigure({ origin: '*' });
    await app.close();
    expect(about(lines)).toEqual([
      '1 route: 1 closed. CorsModule',
      '1 route: 1 open to any origin. CorsModule',
    ]);
  });

  test('nothing, where there is nothing to call', async () => {
    const { logger, lines } = recorder();
    const app = await startApp({ adapter, imports: [CorsModule.forRoot()], nest: { logger } });
    await app.close();
    expect(about(lines)).toEqual([]);
  });
});

test('Every code of an error has a row.', () => {
  const codes = new Set([...refused.map(({ code }) => code), ...CODES_BELOW]);
  expect([...codes].sort()).toEqual(
    [
      'any-origin-with-credentials',
      'any-origin-with-isolate',
      'null-origin-with-credentials',
      'invalid-origin',
      'insecure-origin-with-credentials',
      'public-suffix-wildcard',
      'unanchored-regexp',
      'open-ended-regexp',
      'unsupported-regexp',
      'wildcard-exposed-headers-with-credentials',
      'invalid-method',
      'forbidden-method',
      'invalid-header-name',
      'invalid-max-age',
      'invalid-status',
      'unknown-policy',
      'unknown-option',
      'unresolvable-origin-resolver',
      'cors-on-no-route',
      'any-origin-with-private-network',
      'undefined-origin',
      'cors-enabled-twice',
      'cors-module-imported-twice',
    ].sort(),
  );
});

const accepted: readonly (Start & { name: string })[] = [
  ...[
    'http://localhost',
    'http://localhost:3000',
    'http://localhost:*',
    'http://app.localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.1.2.3',
    'http://[::1]:3000',
  ].map((origin) => ({
    name: `${origin} is the loopback and may have credentials.`,
    options: { origin, ...credentialed },
  })),
  {
    name: 'An http origin may do without credentials.',
    options: { origin: 'http://app.example.com' },
  },
  {
    name: 'An http origin may have credentials where that is said to be dangerous.',
    options: {
      origin: 'http://app.example.com',
      ...credentialed,
      dangerouslyAllowInsecureOrigins: true,
    },
  },
  {
    name: 'A public suffix may do without credentials.',
    options: { origin: 'https://*.github.io' },
  },
  {
    name: 'A public suffix may have credentials where that is said to be dangerous.',
    options: {
      origin: 'https://*.github.io',
      ...credentialed,
      dangerouslyAllowPublicSuffixes: true,
    },
  },
  {
    name: 'A name below a public suffix may have credentials.',
    options: { origin: 'https://*.shop.github.io', ...credentialed },
  },
  ...[
    /^https:\/\/\w+\.example\.com$/,
    /^https:\/\/(?:[a-z0-9-]+\.)*example\.com$/,
    /^https:\/\/(app|www)\.example\.(com|de)$/,
    /^https:\/\/(?:my|your)shop\.com$/,
    /^https:\/\/[^.]+\.example\.co\.uk$/,
    /^http:\/\/localhost:\d+$/,
  ].map((origin) => ({
    name: `${String(origin)} may have credentials, because it names each site.`,
    options: { origin, ...credentialed },
  })),
  {
    name: 'Names under the suffix of a hoster may have credentials where that is said to be dangerous.',
    options: {
      origin: /^https:\/\/shop-[0-9a-f]{8}-team\.vercel\.app$/,
      ...credentialed,
      dangerouslyAllowPublicSuffixes: true,
    },
  },
  {
    name: 'An expression that admits sites it does not name may do without credentials.',
    options: { origin: /^https:\/\/app\..*$/ },
  },
  { name: 'A custom scheme is an origin.', options: { origin: 'capacitor://localhost' } },
  {
    name: "exposedHeaders: '*' may do without credentials.",
    options: { origin: APP, exposedHeaders: '*' },
  },
  {
    name: 'An any-origin policy may do without the credentials of the defaults.',
    options: {
      origin: APP,
      ...credentialed,
      policies: { public: { origin: '*', credentials: false } },
    },
    controllers: [catalog('public')],
  },
  {
    name: 'A handler may take away what would not go with its origin.',
    options: { origin: APP, ...credentialed },
    controllers: [catalog({ origin: '*', credentials: false })],
  },
  { name: 'No option at all is fine.', options: {} },
  {
    name: '@Cors() on a base class of a controller is on a route.',
    controllers: [InheritingController],
  },
  {
    name: 'A controller that is a provider, too, is decorated on a route all the same.',
    controllers: [HybridHttpController],
    providers: [HybridHttpController],
  },
  {
    name: 'Options that are undefined are left out, but for the origin.',
    options: untyped({ origin: APP, maxAge: undefined, credentials: undefined }),
  },
  {
    name: 'privateNetwork for a list of origins is fine.',
    options: { origin: APP, privateNetwork: true },
  },
];

/** Warnings of the module, whatever Nest itself warns of. */
const aboutCors = (warnings: readonly string[], pattern: RegExp) =>
  warnings.filter((line) => pattern.test(line));

describe.each(ADAPTERS)('What starts, on %s', (adapter) => {
  test.each(accepted)('$name', async ({ name: _, options = {}, ...setup }) => {
    const { logger, lines } = recorder();
    const app = await startApp({
      controllers: [BooksController],
      ...setup,
      adapter,
      imports: [CorsModule.forRoot(options)],
      nest: { logger },
    });
    await app.close();
    expect({ warn: lines.warn, error: lines.error }).toEqual({ warn: [], error: [] });
  });

  test.each([
    [
      'A header that browsers never let pages send',
      'forbidden-header-name',
      { allowedHeaders: ['Content-Type', 'Cookie'] },
      /cookie/i,
    ],
    [
      'A header that starts with Sec-',
      'forbidden-header-name',
      { allowedHeaders: 'Sec-Fetch-Site' },
      /sec-fetch-site/i,
    ],
    ...[
      'Access-Control-Allow-Origin',
      'access-control-expose-headers',
      'Access-Control-Max-Age',
    ].map(
      (name) =>
        [
          `${name} among the request headers`,
          'misplaced-header-name',
          { allowedHeaders: ['Content-Type', name] },
          new RegExp(name),
        ] as const,
    ),
    ...['Origin', 'Access-Control-Request-Method'].map(
      (name) =>
        [
          `${name} among the response headers`,
          'misplaced-header-name',
          { exposedHeaders: ['X-Total-Count', name] },
          new RegExp(name),
        ] as const,
    ),
    ['A max age over a day', 'max-age-capped', { maxAge: 86_401 }, /86401|86400/],
    [
      'A method that no route of the policy serves',
      'method-not-routed',
      { methods: ['PUT', 'PATCH'] },
      /PATCH/,
    ],
    ['A method in lower case', 'lower-case-method', { methods: ['PUT', 'patch'] }, /patch/],
  ] as const)('%s is logged once as a warning: %s.', async (_, code, policy, pattern) => {
    const { logger, lines } = recorder();
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP })],
      controllers: [catalog(policy)],
      nest: { logger },
    });
    await app.send({ path: '/catalog', headers: { origin: APP } });
    await app.close();
    const told = aboutCors(lines.warn, new RegExp(code)).filter((line) => pattern.test(line));
    expect(told).toEqual([expect.stringContaining(UPDATE)]);
  });

  test('A warning about the module defaults is logged once, however many routes inherit it.', async () => {
    @Controller('pages')
    class PagesController {
      @Get() list() {}
      @Post() create() {}
      @Patch() change() {}
    }
    const { logger, lines } = recorder();
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP, maxAge: 100_000 })],
      controllers: [BooksController, PagesController],
      nest: { logger },
    });
    await app.close();
    expect(aboutCors(lines.warn, /max-age-capped/)).toHaveLength(1);
  });

  test('86400 seconds are no warning.', async () => {
    const { logger, lines } = recorder();
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP, maxAge: 86_400 })],
      controllers: [BooksController],
      nest: { logger },
    });
    await app.close();
    expect(lines.warn).toEqual([]);
  });
});
