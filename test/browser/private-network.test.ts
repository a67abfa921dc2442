import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findProgram } from '../harness/installed-program.js';
import { CHROMIUM, startChromium } from './engines/chromium.js';
import { describeEngines } from './engines/engines.js';

/*
 * docs/answers.md, "Private network preflights": which engines still send them. A page and a server of different ports, of
 * which Chromium alone can be told that the page came from a public address.
 */

interface Place {
  readonly server: Server;
  readonly port: number;
  /** A line for each request: its method, and what it asks of the private network. */
  readonly seen: string[];
}

async function listen(): Promise<Place> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const asked = request.headers['access-control-request-private-network'];
    seen.push(`${String(request.method)} ${String(asked ?? 'without')}`);
    response
      .writeHead(200, {
        'content-type': 'text/html',
        'access-control-allow-origin': request.headers.origin ?? '*',
        'access-control-allow-methods': 'PUT',
        'access-control-allow-private-network': 'true',
      })
      .end('here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, seen };
}

/** A simple request, which asks nothing by CORS alone, and one that asks by preflight. */
const askBoth = (port: number) => `(async () => {
  const outcomes = [];
  for (const method of ['GET', 'PUT']) {
    outcomes.push(await fetch('http://127.0.0.1:${port}/', { method }).then(({ status }) => status, () => 'blocked'));
  }
  return outcomes;
})()`;

let page: Place;
let api: Place;
beforeAll(async () => {
  [page, api] = await Promise.all([listen(), listen()]);
});
afterAll(() => {
  for (const { server } of [page, api]) server.close();
});

describeEngines('A page of the loopback', (engine) => {
  test('asks by preflight for its method alone', async () => {
    const browser = await engine.launch();
    try {
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${page.port}/`);
      api.seen.length = 0;
      expect(await tab.evaluate(askBoth(api.port))).toEqual([200, 200]);
      expect(api.seen).toEqual(['GET without', 'OPTIONS without', 'PUT without']);
    } finally {
      await browser.close();
    }
  }, 60_000);
});

const chromium = findProgram(CHROMIUM);

(chromium === undefined ? describe.skip : describe)(
  'A page of a public address, in Chromium',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium(
        chromium ?? '',
        `--ip-address-space-overrides=127.0.0.1:${page.port}=public`,
      );
    });
    afterAll(() => browser.close());

    test.each([
      {
        leave: 'without leave of the user',
        permissions: [],
        outcomes: ['blocked', 'blocked'],
        sent: [],
      },
      {
        ...{ leave: 'with it', permissions: ['local-network-access'], outcomes: [200, 200] },
        sent: ['GET without', 'OPTIONS without', 'PUT without'],
      },
    ])(
      'sends no private network preflight $leave: $outcomes',
      async ({ permissions, outcomes, sent }) => {
        // Permissions are a context's.
        const context = await browser.newContext({ permissions });
        const tab = await context.newPage();
        await tab.goto(`http://127.0.0.1:${page.port}/`);
        api.seen.length = 0;
        expect(await tab.evaluate<unknown>(askBoth(api.port))).toEqual(outcomes);
        expect(api.seen).toEqual(sent);
        await context.close();
      },
      60_000,
    );
  },
);
