import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { openPage } from '../../src/testing/index.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const FETCHES = 5_000;
const MIB = 2 ** 20;

test(`${FETCHES} fetches, whose answers nobody reads to half, leave no connection and no memory behind`, async () => {
  let connections = 0;
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Set-Cookie', `visit=${request.url ?? ''}; Path=/`);
    response.end('x'.repeat(500));
  });
  server.on('connection', () => (connections += 1)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const page = await openPage(`http://127.0.0.1:${port}`, 'https://shop.example.com');

  const heapAfter = async (fetches: number) => {
    for (let sent = 0; sent < fetches; sent += 1) {
      const answer = await page.fetch(`/books/${sent}`);
      if (sent % 2 === 0) await answer.text();
    }
    page.forgetExchanges();
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(500);
  const growth = (await heapAfter(FETCHES)) - before;
  expect(growth / MIB).toBeLessThan(1.5);
  // An answer that is still arriving when the next fetch begins needs a second one.
  expect(connections).toBeLessThan(5);

  const closed = once(server, 'close');
  server.close();
  await closed;
}, 300_000);
