// What the testing kit costs: its import, a fetch beside Node's own, and what 10,000 fetches leave behind.
// `npm run build && node --expose-gc test/bench/page-fetch.js`
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { median } from './paired.js';

/** @import { AddressInfo } from 'node:net' */

const FETCHES = 10_000;
const ROUNDS = 2_000;
const KIT = new URL('../../dist/esm/testing/index.js', import.meta.url).href;

/** The median of the milliseconds that an import takes in processes of their own. */
function importTime() {
  const code = `const start = performance.now(); await import(${JSON.stringify(KIT)}); console.log(performance.now() - start);`;
  const times = Array.from({ length: 11 }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
    ),
  );
  return median(times);
}

/** @param {() => Promise<Response>} send */
async function timed(send) {
  const start = performance.now();
  await (await send()).text();
  return performance.now() - start;
}

async function main() {
  console.log(`import: ${importTime().toFixed(1)} ms`);

  /** @type {typeof import('../../src/testing/index.js')} */
  const { openPage } = await import(KIT);
  const server = createServer((_request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  const page = await openPage(url, 'https://shop.example.com');
  const own = [];
  const kit = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Taken in turns, so that a busy machine is busy for both.
    own.push(await timed(() => fetch(`${url}/a`)));
    kit.push(await timed(() => page.fetch('/a')));
  }
  const [ownTime, kitTime] = [median(own.slice(ROUNDS / 4)), median(kit.slice(ROUNDS / 4))];
  console.log(
    `a simple request: ${kitTime.toFixed(3)} ms, Node's own fetch ${ownTime.toFixed(3)} ms, ${(kitTime - ownTime).toFixed(3)} ms more`,
  );

  /** @param {number} count */
  const send = async (count) => {
    for (let sent = 0; sent < count; sent += 1) {
      // Every other body is left unread.
      const answer = await page.fetch(`/books/${sent % 100}`, {
        method: sent % 3 === 0 ? 'POST' : 'GET',
      });
      if (sent % 2 === 0) await answer.text();
    }
    page.forgetExchanges();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = await send(2_000);
  const after = await send(FETCHES);
  console.log(`${FETCHES} fetches: ${((after - before) / 2 ** 20).toFixed(2)} MiB of heap more`);
  server.close();
  await once(server, 'close');
  const closed = performance.now();
  process.once('exit', () => {
    const waited = performance.now() - closed;
    console.log(`the process ended by itself, ${waited.toFixed(0)} ms after the server`);
  });
}

await main();
