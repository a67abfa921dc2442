import 'reflect-metadata';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { All, Controller, Get, Header, Query, Redirect, StreamableFile } from '@nestjs/common';
import {
  Cors,
  type CorsDecisionEvent,
  CorsModule,
  DECISION_CHANNEL,
  type CorsRefusalReason,
} from '../../src/index.js';
import { type RunningApp, startApp } from '../harness/start-app.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describeEngines, type EngineName } from './engines/engines.js';
import { Stage } from './stage.js';

/*
 * What pages do besides `fetch()` with CORS, in real browsers, against an API that is isolated: who reaches the handler.
 * The table is written by hand.
 */

type Outcome = 'runs' | CorsRefusalReason;

const RUNS: Outcome = 'runs';
const NOT_ISOLATED: Outcome = 'not-isolated';
const BY_ORIGIN: Outcome = 'origin-not-allowed';

interface Row {
  readonly what: string;
  /** `Sec-Fetch-Mode`, `Sec-Fetch-Dest` and `Sec-Purpose` of pages of another site. */
  readonly says: string;
  /** From a page of the API's own origin. */
  readonly own: Outcome;
  /** From another port, or a subdomain. */
  readonly sameSite: Outcome;
  /** From another site. */
  readonly otherSite: Outcome;
  /** From another site, whose origin the policy allows. */
  readonly allowed: Outcome;
}

/** What CORS has no say in, and the policy isolates from. */
const embedded = (what: string, says: string): Row => ({
  ...{ what, says, own: RUNS, sameSite: RUNS },
  ...{ otherSite: NOT_ISOLATED, allowed: NOT_ISOLATED },
});
/** What has an `Origin`, by which it is judged. */
const judged = (what: string, says: string): Row => ({
  ...{ what, says, own: RUNS, sameSite: BY_ORIGIN, otherSite: BY_ORIGIN, allowed: RUNS },
});
/** Where users go. */
const followed = (what: string, says: string): Row => ({
  ...{ what, says, own: RUNS, sameSite: RUNS, otherSite: RUNS, allowed: RUNS },
});

const STAYING: readonly Row[] = [
  embedded('image', 'no-cors image'),
  embedded('background image', 'no-cors image'),
  embedded('script', 'no-cors script'),
  embedded('stylesheet', 'no-cors style'),
  embedded('preload', 'no-cors image'),
  embedded('video', 'no-cors video'),
  embedded('audio', 'no-cors audio'),
  embedded('frame', 'navigate iframe'),
  embedded('object', 'navigate object'),
  embedded('embed', 'navigate embed'),
  embedded('GET form in a frame', 'navigate iframe'),
  embedded('link into a frame', 'navigate iframe'),
  embedded('no-cors fetch', 'no-cors empty'),
  embedded('no-cors HEAD', 'no-cors empty'),
  // Another site has had its hand in it, whoever began it.
  {
    ...embedded('image by a redirect of another site', 'no-cors image'),
    ...{ own: NOT_ISOLATED, sameSite: NOT_ISOLATED },
  },
  {
    ...embedded('no-cors fetch by a redirect of another site', 'no-cors empty'),
    ...{ own: NOT_ISOLATED, sameSite: NOT_ISOLATED },
  },
  judged('POST form in a frame', 'navigate iframe'),
  judged('image with crossorigin', 'cors image'),
  judged('module script', 'cors script'),
  judged('no-cors POST', 'no-cors empty'),
  judged('beacon', 'no-cors empty'),
  judged('cors fetch', 'cors empty'),
];

/** Firefox does not begin it while anything else is on its way. */
const IDLE: readonly Row[] = [embedded('prefetch', 'no-cors empty prefetch')];

/** These leave the page. */
const LEAVING: readonly Row[] = [
  followed('link', 'navigate document'),
  followed('redirection', 'navigate document'),
  // The attribute means nothing to a link to another origin (HTML, "downloading resources").
  followed('download', 'navigate document'),
  // Nothing tells it from a link.
  followed('GET form', 'navigate document'),
  judged('POST form', 'navigate document'),
];

/** Where an engine differs, as observed in Chromium 156, Firefox 153 and WebKitGTK 2.50. */
const DIFFERENCES: Readonly<Record<EngineName, Readonly<Record<string, Partial<Row>>>>> = {
  Chromium: {},
  Firefox: {},
  WebKit: {
    // The frame that it makes of them has the last word.
    object: { says: 'navigate iframe' },
    embed: { says: 'navigate iframe' },
  },
};

@Controller()
class ThingsController {
  static readonly ran = new Set<string>();

  @All('thing') thing(@Query('case') caseId: string) {
    ThingsController.ran.add(caseId);
    return 'a thing';
  }

  @Cors({ enforce: false })
  @Get('picture')
  @Header('Content-Type', 'image/gif')
  picture(@Query('case') caseId: string) {
    ThingsController.ran.add(caseId);
    return new StreamableFile(
      Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64'),
    );
  }

  @Cors({ isolate: false }) @Get('elsewhere') @Redirect() elsewhere(@Query('to') url: string) {
    return { url };
  }
}

type Column = 'own' | 'sameSite' | 'otherSite' | 'allowed';

/** Pages and the API that they meet: `shop.localhost` is another site than `localhost`, and ports are no matter of sites. */
const CALLERS: readonly {
  from: string;
  column: Column;
  place(stage: Stage): { page: string; api: string };
}[] = [
  {
    from: 'the own origin',
    column: 'own',
    place: ({ origins: { api } }) => ({ page: api, api }),
  },
  {
    from: 'another port',
    column: 'sameSite',
    place: ({ origins: { shop, api } }) => ({ page: shop, api }),
  },
  {
    from: 'a subdomain',
    column: 'sameSite',
    place: ({ origins: { shop, api } }) => ({
      page: at('www.shop.localhost', shop),
      api: at('shop.localhost', api),
    }),
  },
  {
    from: 'another site',
    column: 'otherSite',
    place: ({ origins: { shop, api } }) => ({ page: at('127.0.0.1', shop), api }),
  },
  {
    from: 'another site by name',
    column: 'otherSite',
    place: ({ origins: { branch, api } }) => ({ page: branch, api }),
  },
  {
    from: 'another site that the policy allows',
    column: 'allowed',
    place: ({ origins: { partner, api } }) => ({ page: at('127.0.0.1', partner), api }),
  },
];

function at(host: string, origin: string): string {
  return `http://${host}:${new URL(origin).port}`;
}

describeEngines('an isolated API', (engine) => {
  const differing = (row: Row): Row => ({ ...row, ...DIFFERENCES[engine.name][row.what] });
  const reasons = new Map<string | null, string | undefined>();
  const hear = (event: unknown) => {
    const { url, reason } = event as CorsDecisionEvent;
    reasons.set(new URL(url, 'http://localhost').searchParams.get('case'), reason);
  };
  let browser: Browser;
  let stage: Stage;
  let app: RunningApp;
  beforeAll(async () => {
    stage = await Stage.open();
    app = await startApp({
      adapter: 'express',
      imports: [
        CorsModule.forRoot({
          origin: at('127.0.0.1', stage.origins.partner),
          credentials: true,
          isolate: true,
        }),
      ],
      controllers: [ThingsController],
    });
    stage.play(app);
    subscribe(DECISION_CHANNEL, hear);
    browser = await engine.launch();
  }, 300_000);
  afterAll(async () => {
    unsubscribe(DECISION_CHANNEL, hear);
    await browser.close();
    await app.close();
    await stage.close();
  }, 300_000);

  /** Has a page do something to a URL each, all of it at once. */
  async function begin(page: BrowserPage, all: readonly (readonly [what: string, url: string])[]) {
    // Not before it has said that it has begun: it may be gone then.
    await page.evaluate(
      `void ${JSON.stringify(all)}.map(([what, url]) => setTimeout(() => embed[what](url)))`,
    );
  }

  /** What came of it at the server. */
  async function outcomeOf(what: string, caseId: string) {
    const tooLate = new AbortController();
    const { requestHeaders, status } = await Promise.race([
      stage.answerOf(caseId),
      delay(120_000, undefined, { signal: tooLate.signal }).then(() => {
        throw new Error(`${what} sends nothing.`);
      }),
    ]);
    tooLate.abort();
    const ran = ThingsController.ran.has(caseId);
    expect(status).toBe(ran ? 200 : 403);
    return {
      outcome: ran ? RUNS : reasons.get(caseId),
      says: ['sec-fetch-mode', 'sec-fetch-dest', 'sec-purpose']
        .flatMap((name) => requestHeaders[name] ?? [])
        .join(' '),
    };
  }

  /** Waits until a page that is leaving has come to the API. */
  async function arrive(page: BrowserPage) {
    const end = Date.now() + 60_000;
    // Between two pages there is nobody to ask.
    while ((await page.evaluate('location.pathname').catch(() => undefined)) !== '/thing') {
      if (Date.now() > end) throw new Error(`The page never comes to the API.`);
      await page
        .evaluate('new Promise((resolve) => setTimeout(resolve, 5))')
        .catch(() => undefined);
    }
  }

  describe.each(CALLERS)('meets a page of $from', ({ from, column, place }) => {
    const caseOf = (what: string) => `${from}: ${what}`;
    const urlOf = (what: string) => {
      const url = `${place(stage).api}/thing?${String(new URLSearchParams({ case: caseOf(what) }))}`;
      return what.includes('by a redirect')
        ? `${at('127.0.0.1', stage.origins.mirror)}/elsewhere?${String(new URLSearchParams({ to: url }))}`
        : url;
    };
    let page: BrowserPage;
    beforeAll(async () => {
      page = await browser.newPage();
      await come();
      await begin(
        page,
        STAYING.map(({ what }) => [what, urlOf(what)] as const),
      );
    });
    afterAll(() => page.close());

    const come = () => page.goto(`${place(stage).page}/__page/`);

    const expected = (row: Row) => {
      const { [column]: outcome, says } = differing(row);
      return { outcome, says: column === 'otherSite' ? says : expect.any(String) };
    };

    test.each(STAYING.map((row) => ({ row, what: row.what, outcome: differing(row)[column] })))(
      '$what: $outcome',
      async ({ row, what }) => {
        expect(await outcomeOf(what, caseOf(what))).toEqual(expected(row));
      },
    );

    test.each(IDLE.map((row) => ({ row, what: row.what, outcome: differing(row)[column] })))(
      '$what: $outcome',
      async ({ row, what }) => {
        if (engine.name === 'WebKit') {
          // It is off there, so that nothing is sent.
          expect(await page.evaluate('canPrefetch()')).toBe(false);
          return;
        }
        await begin(page, [[what, urlOf(what)]]);
        expect(await outcomeOf(what, caseOf(what))).toEqual(expected(row));
      },
    );

    test('an image that a handler answers all the same is shown to no other site', async () => {
      const caseId = caseOf('picture');
      const url = `${place(stage).api}/picture?${String(new URLSearchParams({ case: caseId }))}`;
      const isShown = await page.evaluate(`showsImage(${JSON.stringify(url)})`);
      expect({ isShown, ran: ThingsController.ran.has(caseId) }).toEqual({
        isShown: column === 'own' || column === 'sameSite',
        ran: true,
      });
    });

    test.each(LEAVING.map((row) => ({ row, what: row.what, outcome: differing(row)[column] })))(
      '$what: $outcome',
      async ({ row, what }) => {
        if ((await page.evaluate('location.pathname')) !== '/__page/') await come();
        await begin(page, [[what, urlOf(what)]]);
        expect(await outcomeOf(what, caseOf(what))).toEqual(expected(row));
        // A page on its way can neither be brought back nor closed. Only a download from the own origin is none.
        if (what !== 'download' || column !== 'own') await arrive(page);
      },
    );
  });
});
