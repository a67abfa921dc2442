import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Header,
  Logger,
  Options,
  Post,
  Redirect,
  Res,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Cors,
  type CorsDecisionEvent,
  CorsModule,
  CorsPolicyService,
  DECISION_CHANNEL,
} from '../../src/index.js';
import { allows, approves } from '../harness/cors-headers.js';
import { APP, EVIL, PARTNER } from '../harness/origins.js';
import { ADAPTERS, type AppSetup, startApp } from '../harness/start-app.js';
import { preflight, type Row, table } from '../harness/table.js';

const SITE = ['Origin', 'Sec-Fetch-Site'];
const METADATA = [...SITE, 'Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Sec-Purpose'];

const CORP = 'cross-origin-resource-policy';

/** What browsers say of a request. */
const metadata = (
  site: string,
  mode: string,
  dest: string,
  others: Record<string, string> = {},
): Record<string, string> => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
  ...others,
});

/** What has run of the application. */
let calls: string[] = [];
const ran = (what: string) => {
  calls.push(what);
  return what;
};
beforeEach(() => {
  calls = [];
});

@Controller('account')
class AccountController {
  @Get('export') export() {
    return ran('exported');
  }
  @Post('export') post() {
    return ran('posted');
  }
  @Options('export') options() {
    return ran('options');
  }
  @Get('fails') fails() {
    throw new BadRequestException('on purpose');
  }
  @Get('moves') @Redirect('/elsewhere', 302) moves() {
    ran('moves');
  }
  @Get('strict') @Header('Cross-Origin-Resource-Policy', 'same-origin') strict() {
    return ran('strict');
  }
  @Get('lax') @Header('Cross-Origin-Resource-Policy', 'cross-origin') lax() {
    return ran('lax');
  }
  @Get('unknown') @Header('Cross-Origin-Resource-Policy', 'Same-Origin') unknown() {
    return ran('unknown');
  }
  @Get('by-hand') byHand(@Res() response: ServerResponse | { raw: ServerResponse }) {
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(200, { 'cross-origin-resource-policy': 'cross-origin', Vary: 'Accept' });
    raw.end(ran('by hand'));
  }
  @Post('import') import(@Body() body: unknown) {
    return ran(typeof body);
  }
}

@Cors({ isolate: false })
@Controller('pictures')
class PicturesController {
  @Get() show() {
    return ran('shown');
  }
  @Cors({ isolate: true }) @Get('private') showPrivate() {
    return ran('shown');
  }
}

@Cors({ enforce: false })
@Controller('sign-in')
class SignInController {
  @Get() show() {
    return ran('shown');
  }
}

@Cors((inherited) => ({ origin: async (origin: string) => origin === inherited.origin }))
@Controller('asked')
class AskedController {
  @Get() show() {
    return ran('shown');
  }
}

@Cors(false)
@Controller('closed')
class ClosedController {
  @Get() show() {
    return ran('shown');
  }
}

@Cors('public')
@Controller('public')
class PublicController {
  @Get() show() {
    return ran('shown');
  }
}

const setup: AppSetup = {
  imports: [
    CorsModule.forRoot({
      origin: APP,
      credentials: true,
      isolate: true,
      policies: { public: { origin: '*', credentials: false, isolate: false } },
    }),
  ],
  controllers: [
    AccountController,
    PicturesController,
    SignInController,
    AskedController,
    ClosedController,
    PublicController,
  ],
};

const EXPORT = '/account/export';

/** A request that passes, as it is of no other site. */
const passes = (name: string, headers: Row['headers'] = {}, more: Partial<Row> = {}): Row => ({
  name,
  path: EXPORT,
  headers: { cookie: 'session=1', ...headers },
  status: 200,
  answers: 'exported',
  vary: SITE,
  others: { [CORP]: 'same-site' },
  ...more,
});

const refused = (name: string, headers: Row['headers'] = {}, more: Partial<Row> = {}): Row => ({
  name,
  path: EXPORT,
  headers: { cookie: 'session=1', ...headers },
  status: 403,
  reason: 'not-isolated',
  answers: /CORS: not-isolated/,
  vary: METADATA,
  others: { [CORP]: 'same-site', 'cache-control': 'no-store' },
  ...more,
});

const DESTS: readonly (readonly [what: string, mode: string, dest: string])[] = [
  ['An image', 'no-cors', 'image'],
  ['A script', 'no-cors', 'script'],
  ['A stylesheet', 'no-cors', 'style'],
  ['A video', 'no-cors', 'video'],
  ['A sound', 'no-cors', 'audio'],
  ['A subtitle', 'no-cors', 'track'],
  ['A no-cors fetch, a beacon or a prefetch', 'no-cors', 'empty'],
  ['A frame', 'navigate', 'iframe'],
  ['A frame of a frameset', 'navigate', 'frame'],
  ['A fenced frame', 'navigate', 'fencedframe'],
  ['An object', 'navigate', 'object'],
  ['An embedded thing', 'navigate', 'embed'],
  ['A plug-in', 'no-cors', 'object'],
  ['A service worker', 'same-origin', 'serviceworker'],
  ['A request for a document that is no navigation', 'no-cors', 'document'],
  ['A navigation that does not say where to', 'navigate', ''],
  ['What proxies took Origin from', 'cors', 'empty'],
];

table('an isolated policy', setup, [
  ...DESTS.map(([what, mode, dest]) =>
    refused(`${what} of another site is refused.`, metadata('cross-site', mode, dest)),
  ),
  ...DESTS.flatMap(([what, mode, dest]) =>
    ['same-site', 'same-origin', 'none'].map((site) =>
      passes(`${what} passes with Sec-Fetch-Site: ${site}.`, metadata(site, mode, dest)),
    ),
  ),
  refused('What says nothing but that it is of another site is refused.', {
    'sec-fetch-site': 'cross-site',
  }),
  refused('A proxy that repeats Sec-Fetch-Site lets nothing pass.', {
    'sec-fetch-site': ['cross-site', 'cross-site'],
  }),
  passes(
    'A link from another site passes.',
    metadata('cross-site', 'navigate', 'document', { 'sec-fetch-user': '?1' }),
    { vary: METADATA },
  ),
  passes(
    'A window that another site opens passes.',
    metadata('cross-site', 'navigate', 'document'),
    {
      vary: METADATA,
    },
  ),
  refused(
    'A document that another site prefetches is refused.',
    metadata('cross-site', 'navigate', 'document', { 'sec-purpose': 'prefetch' }),
  ),
  refused(
    'A document that another site prerenders is refused.',
    metadata('cross-site', 'navigate', 'document', { 'sec-purpose': 'prefetch;prerender' }),
  ),
  passes(
    'A document that the site itself prefetches passes.',
    metadata('same-site', 'navigate', 'document', { 'sec-purpose': 'prefetch' }),
  ),
  refused('HEAD of another site is refused.', metadata('cross-site', 'no-cors', 'empty'), {
    method: 'HEAD',
    answers: '',
  }),
  refused('HEAD is no navigation.', metadata('cross-site', 'navigate', 'document'), {
    method: 'HEAD',
    answers: '',
  }),
  refused(
    'OPTIONS that is no preflight is held to it as well.',
    metadata('cross-site', 'no-cors', 'empty'),
    { method: 'OPTIONS' },
  ),
  refused(
    'A POST without Origin is no navigation.',
    metadata('cross-site', 'navigate', 'document'),
    {
      method: 'POST',
    },
  ),
  passes('A client without fetch metadata passes.'),
  passes('A value of Sec-Fetch-Site that nobody knows is ignored.', { 'sec-fetch-site': 'moon' }),
  passes('An empty Sec-Fetch-Site is ignored.', { 'sec-fetch-site': '' }),

  // With Origin
  passes(
    'A page of an allowed origin on another site passes.',
    metadata('cross-site', 'cors', 'empty', { origin: APP }),
    { vary: ['Origin'], cors: allows(APP, { credentials: true }) },
  ),
  passes(
    'A form post of an allowed origin on another site passes.',
    metadata('cross-site', 'navigate', 'document', { origin: APP }),
    {
      method: 'POST',
      status: 201,
      answers: 'posted',
      vary: ['Origin'],
      cors: allows(APP, { credentials: true }),
    },
  ),
  ...[EVIL, 'null'].map((origin) =>
    refused(
      `A form post of the origin ${origin} is refused for its origin.`,
      metadata('cross-site', 'navigate', 'document', { origin }),
      {
        method: 'POST',
        reason: 'origin-not-allowed',
        answers: /CORS: origin-not-allowed/,
        vary: ['Origin'],
      },
    ),
  ),
  passes(
    'A post of the own origin passes.',
    metadata('same-origin', 'cors', 'empty', { origin: 'https://api.example.com' }),
    { method: 'POST', status: 201, answers: 'posted', kind: 'same-origin', vary: ['Origin'] },
  ),
  {
    name: 'A preflight carries no resource policy, for no browser checks it.',
    path: EXPORT,
    ...preflight(APP, 'POST'),
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,POST,OPTIONS' }),
    others: { [CORP]: undefined },
  },
  {
    name: 'A preflight that is refused carries no resource policy.',
    path: EXPORT,
    ...preflight(EVIL, 'POST'),
    status: 403,
    reason: 'origin-not-allowed',
    others: { [CORP]: undefined },
  },

  // Every answer
  passes(
    'An exception carries the resource policy.',
    {},
    {
      path: '/account/fails',
      status: 400,
      answers: 'on purpose',
      endedByTheApp: true,
    },
  ),
  ...ADAPTERS.map((on) =>
    passes(
      `A redirect carries the resource policy (${on}).`,
      {},
      {
        on,
        path: '/account/moves',
        status: 302,
        answers: '',
        // Express chooses between HTML and text.
        vary: on === 'express' ? ['Accept', ...SITE] : SITE,
      },
    ),
  ),
  passes(
    'A body that cannot be read carries the resource policy.',
    { 'content-type': 'application/json' },
    {
      method: 'POST',
      path: '/account/import',
      body: '{',
      status: 400,
      answers: /./,
    },
  ),
  passes(
    'A URL that nothing serves carries that of the defaults.',
    {},
    {
      path: '/nowhere',
      status: 404,
      answers: /Cannot GET/,
    },
  ),
  {
    ...refused(
      'A URL that nothing serves is not refused.',
      metadata('cross-site', 'no-cors', 'image'),
      {
        path: '/nowhere',
        status: 404,
        answers: /Cannot GET/,
        endedByTheApp: true,
        others: { [CORP]: 'same-site', 'cache-control': undefined },
      },
    ),
  },
  passes(
    'A handler may be stricter.',
    {},
    {
      path: '/account/strict',
      answers: 'strict',
      others: { [CORP]: 'same-origin' },
    },
  ),
  passes('A handler cannot be laxer.', {}, { path: '/account/lax', answers: 'lax' }),
  passes(
    'A value that is not of the standard counts for nothing.',
    {},
    {
      path: '/account/unknown',
      answers: 'unknown',
    },
  ),
  passes(
    'Nor can one that writes the response by hand.',
    {},
    {
      path: '/account/by-hand',
      answers: 'by hand',
      vary: ['Accept', ...SITE],
    },
  ),

  // Policies
  passes('A policy may let every site embed it.', metadata('cross-site', 'no-cors', 'image'), {
    path: '/pictures',
    answers: 'shown',
    vary: ['Origin'],
    others: { [CORP]: undefined },
  }),
  refused('A handler may isolate itself.', metadata('cross-site', 'no-cors', 'image'), {
    path: '/pictures/private',
  }),
  refused('A closed policy is isolated as well.', metadata('cross-site', 'no-cors', 'image'), {
    path: '/closed',
  }),
  refused(
    'A policy whose function would have to be asked is isolated without asking.',
    metadata('cross-site', 'no-cors', 'image'),
    { path: '/asked' },
  ),
  passes(
    'A page of an origin that a function allows passes.',
    metadata('cross-site', 'cors', 'empty', { origin: APP }),
    {
      path: '/asked',
      answers: 'shown',
      vary: ['Origin'],
      cors: allows(APP, { credentials: true }),
    },
  ),
  {
    name: 'A policy for any origin is embedded by every site.',
    path: '/public',
    headers: metadata('cross-site', 'no-cors', 'image'),
    status: 200,
    answers: 'shown',
    vary: [],
    cors: allows('*'),
    others: { [CORP]: undefined },
  },
  passes(
    'With enforce: false the handler runs, and the browser keeps the answer from the page.',
    metadata('cross-site', 'no-cors', 'image'),
    {
      path: '/sign-in',
      answers: 'shown',
      vary: METADATA,
      others: { [CORP]: 'same-site', 'cache-control': undefined },
      reason: 'not-isolated',
      endedByTheApp: true,
    },
  ),
]);

/** `app.use()` below places of which some are isolated. */
const underPaths: AppSetup = {
  imports: [
    CorsModule.forRoot({
      origin: APP,
      credentials: true,
      paths: [
        { path: '/graphql', policy: { isolate: true } },
        { path: '/files', policy: { isolate: true } },
        { path: '/files/public', policy: { origin: '*', credentials: false } },
        { path: '/watched', policy: { isolate: true, enforce: false } },
      ],
    }),
  ],
  configure: (app) => {
    for (const path of ['/graphql', '/files', '/watched', '/elsewhere']) {
      app.use(path, (_request: IncomingMessage, response: ServerResponse) => {
        response.end(ran('served'));
      });
    }
  },
};

const image = metadata('cross-site', 'no-cors', 'image');

table('an isolated path', underPaths, [
  refused('An image of another site is refused.', image, { path: '/graphql' }),
  refused('So is what lies below it.', image, { path: '/graphql/a/b' }),
  passes('A link from another site passes.', metadata('cross-site', 'navigate', 'document'), {
    path: '/graphql',
    answers: 'served',
    vary: METADATA,
  }),
  passes('An image of the same site passes.', metadata('same-site', 'no-cors', 'image'), {
    path: '/graphql',
    answers: 'served',
  }),
  passes(
    'A page of an allowed origin passes.',
    metadata('cross-site', 'cors', 'empty', { origin: APP }),
    {
      path: '/graphql',
      answers: 'served',
      vary: ['Origin'],
      cors: allows(APP, { credentials: true }),
    },
  ),
  refused(
    'A form post of another origin is refused for its origin.',
    { origin: EVIL },
    {
      path: '/graphql',
      method: 'POST',
      reason: 'origin-not-allowed',
      answers: /CORS: origin-not-allowed/,
      vary: ['Origin'],
    },
  ),
  passes('With enforce: false it is served.', image, {
    path: '/watched',
    answers: 'served',
    vary: METADATA,
    others: { [CORP]: 'same-site', 'cache-control': undefined },
    reason: 'not-isolated',
    endedByTheApp: true,
  }),
  passes('An entry for everybody below it is embedded by every site.', image, {
    path: '/files/public/logo.png',
    answers: 'served',
    vary: [],
    cors: allows('*'),
    others: { [CORP]: undefined },
  }),
  ...['/files/public/..%2fsecret', '/files/public\\..\\secret', '/files//public'].map((path) =>
    refused(`${path} may be read as an isolated place, and is refused.`, image, { path }),
  ),
  passes(
    'What may be read as an isolated place carries its resource policy, and no more than that place gives.',
    {},
    {
      path: '/files/public/..%2fsecret',
      answers: 'served',
    },
  ),
  passes('What is outside of them is none of their business.', image, {
    path: '/elsewhere',
    answers: 'served',
    vary: ['Origin'],
    others: { [CORP]: undefined },
  }),
]);

describe.each(ADAPTERS)('Isolation on %s', (adapter) => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('runs no guard, pipe or handler for what it refuses', async () => {
    const app = await startApp({
      ...setup,
      adapter,
      providers: [{ provide: APP_GUARD, useValue: { canActivate: () => ran('guard') !== '' } }],
    });
    const answers = await Promise.all(
      DESTS.flatMap(([, mode, dest]) =>
        ['GET', 'HEAD', 'OPTIONS'].map((method) =>
          app.send({ method, path: EXPORT, headers: metadata('cross-site', mode, dest) }),
        ),
      ),
    );
    const passed = calls.splice(0);
    await app.send({ path: EXPORT });
    await app.close();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(passed).toEqual([]);
    expect(calls).toEqual(['guard', 'exported']);
  });

  test.each([
    { name: 'a refused image', headers: image },
    { name: 'a link', headers: metadata('cross-site', 'navigate', 'document') },
    { name: 'no browser', headers: {} },
    { name: 'an allowed page', headers: { origin: APP } },
    { name: 'a page that is not allowed', headers: { origin: EVIL } },
  ])('tells of $name in evaluate() what the server sends', async ({ headers }) => {
    const app = await startApp({ ...setup, adapter });
    const answer = await app.send({ path: EXPORT, headers });
    const decision = await app.nest
      .get(CorsPolicyService)
      .evaluate({ method: 'GET', url: EXPORT, headers });
    await app.close();
    const sent = new Map(answer.headers);
    expect(decision.headers).toEqual(
      Object.fromEntries(
        Object.keys(decision.headers).map((name) => [name, sent.get(name.toLowerCase())]),
      ),
    );
    expect(decision.headers['Cross-Origin-Resource-Policy']).toBe('same-site');
    expect(decision.policy.isolate).toBe(true);
  });

  test('tells the log and the channel what it refuses, and how to let it through', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const events: CorsDecisionEvent[] = [];
    const hear = (event: unknown) => void events.push(event as CorsDecisionEvent);
    const app = await startApp({ ...setup, adapter });
    subscribe(DECISION_CHANNEL, hear);
    await app.send({ path: EXPORT, headers: image });
    unsubscribe(DECISION_CHANNEL, hear);
    await app.close();
    const message =
      'AccountController.export (GET /account/export) is isolated from other sites, and a page of one of them asks without Origin (Sec-Fetch-Mode: "no-cors", Sec-Fetch-Dest: "image"), as for an image, a form or a frame: let pages of allowed origins ask with CORS (fetch(), crossorigin="use-credentials"), or set isolate: false for it if every site may embed it.';
    expect(warn.mock.calls).toEqual([[message]]);
    expect(events).toEqual([
      expect.objectContaining({
        kind: 'not-cors',
        allowed: false,
        reason: 'not-isolated',
        status: 403,
        origin: undefined,
        message,
      }),
    ]);
  });
});

/** Who refuses: isolation, Nest's own CSRF protection, both, or neither. */
interface CsrfRow {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly isolation: 'refuses' | 'passes';
  readonly csrf: 'refuses' | 'passes';
}

const csrfRows: readonly CsrfRow[] = [
  {
    name: 'an image of another site',
    method: 'GET',
    headers: image,
    isolation: 'refuses',
    csrf: 'passes',
  },
  {
    name: 'a GET form of another site, in a frame',
    method: 'GET',
    headers: metadata('cross-site', 'navigate', 'iframe'),
    isolation: 'refuses',
    csrf: 'passes',
  },
  {
    name: 'a link from another site',
    method: 'GET',
    headers: metadata('cross-site', 'navigate', 'document'),
    isolation: 'passes',
    csrf: 'passes',
  },
  {
    name: 'an image of the same site',
    method: 'GET',
    headers: metadata('same-site', 'no-cors', 'image'),
    isolation: 'passes',
    csrf: 'passes',
  },
  {
    name: 'a POST form of another site',
    method: 'POST',
    headers: metadata('cross-site', 'navigate', 'document', { origin: EVIL }),
    // By the origin rules.
    isolation: 'refuses',
    csrf: 'refuses',
  },
  {
    name: 'a POST form of another origin of the same site',
    method: 'POST',
    headers: metadata('same-site', 'navigate', 'document', { origin: 'https://blog.example.com' }),
    isolation: 'refuses',
    csrf: 'refuses',
  },
  {
    name: 'a POST of an origin that CORS allows and the CSRF protection does not trust',
    method: 'POST',
    headers: metadata('cross-site', 'cors', 'empty', { origin: PARTNER }),
    isolation: 'passes',
    csrf: 'refuses',
  },
  {
    name: 'a POST of an origin that both trust',
    method: 'POST',
    headers: metadata('cross-site', 'cors', 'empty', { origin: APP }),
    isolation: 'passes',
    csrf: 'passes',
  },
  {
    name: 'a POST of the own origin',
    method: 'POST',
    headers: metadata('same-origin', 'cors', 'empty', { origin: 'https://api.example.com' }),
    isolation: 'passes',
    csrf: 'passes',
  },
];

describe.each(ADAPTERS)("Isolation beside Nest's enableCsrfProtection(), on %s", (adapter) => {
  const statusOf = async ({ method, headers }: CsrfRow, isolated: boolean, checked: boolean) => {
    const app = await startApp({
      adapter,
      imports: [
        CorsModule.forRoot({
          origin: [APP, PARTNER],
          credentials: true,
          ...(isolated ? { isolate: true } : { enforce: false }),
        }),
      ],
      controllers: [AccountController],
      configure: (nest) => {
        if (checked) nest.enableCsrfProtection({ trustedOrigins: [APP] });
      },
    });
    const { status } = await app.send({ method, path: EXPORT, headers });
    await app.close();
    return status === 403 ? 'refuses' : 'passes';
  };

  test.each(csrfRows)('$name: isolation $isolation, CSRF protection $csrf', async (row) => {
    expect({
      isolation: await statusOf(row, true, false),
      csrf: await statusOf(row, false, true),
      both: await statusOf(row, true, true),
    }).toEqual({
      isolation: row.isolation,
      csrf: row.csrf,
      both: [row.isolation, row.csrf].includes('refuses') ? 'refuses' : 'passes',
    });
  });
});
