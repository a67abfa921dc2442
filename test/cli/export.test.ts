import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportEdge } from '../../src/cli/export.js';
import type { CorsDocument } from '../../src/document/cors-document.js';
import { checkEdgeConfiguration, describeEdgeServers } from '../harness/edge-servers.js';
import { written } from '../document/written-document.js';
import { type } from './typed-command.js';

const SHOP = written({
  routes: {
    'GET /books': { origin: 'https://shop.example', credentials: true },
    'PUT /books/:id': { origin: 'https://shop.example' },
    'POST /orders': { origin: 'fn:partners' },
  },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function exportOf(document: CorsDocument, ...args: string[]) {
  const file = join(folder, 'cors.json');
  await writeFile(file, JSON.stringify(document));
  return type(exportEdge, ...args, `--from=${file}`);
}

describe('What is typed after export', () => {
  const ONE_OF = 'export takes one of nginx, haproxy, caddy, gateway-api';
  const UPSTREAM = '--upstream takes scheme, host and port of the application';
  const LISTEN = '--listen takes a port, such as 8080';

  test.each([
    { args: [], says: `${ONE_OF}.` },
    { args: ['apache'], says: `${ONE_OF}, not "apache".` },
    { args: ['Nginx'], says: `${ONE_OF}, not "Nginx".` },
    { args: ['nginx', 'caddy'], says: `${ONE_OF}, not "nginx caddy".` },
    { args: ['constructor'], says: `${ONE_OF}, not "constructor".` },
    { args: ['nginx', '--upstream=127.0.0.1:3000'], says: UPSTREAM },
    { args: ['nginx', '--upstream=https://127.0.0.1:3000'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://127.0.0.1:3000/api'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://127.0.0.1:3000/?a'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://ann:word@127.0.0.1:3000'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://:word@127.0.0.1:3000'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://127.0.0.1:3000/#a'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://a;b/'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://$host'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://-x'], says: UPSTREAM },
    { args: ['nginx', '--upstream=http://127.0.0.1:0'], says: UPSTREAM },
    { args: ['nginx', '--upstream='], says: UPSTREAM },
    { args: ['nginx', '--listen='], says: LISTEN },
    { args: ['nginx', '--listen=0'], says: LISTEN },
    { args: ['nginx', '--listen=65536'], says: LISTEN },
    { args: ['nginx', '--listen=8080;'], says: LISTEN },
    { args: ['nginx', '--listen=:8080'], says: LISTEN },
    { args: ['nginx', '--listen=-x:8080'], says: LISTEN },
    { args: ['nginx', '--listen=::1:8080'], says: LISTEN },
    { args: ['nginx', '--listen=[g]:8080'], says: LISTEN },
    { args: ['nginx', '--listen=a b:8080'], says: LISTEN },
    { args: ['nginx', '--listen=\u0661:8080'], says: LISTEN },
    { args: ['gateway-api', '--listen=9000'], says: 'gateway-api is a report' },
    { args: ['gateway-api', '--upstream=http://a'], says: 'gateway-api is a report' },
  ])('wrongly is told: $args', async ({ args, says }) => {
    const { status, printed } = await exportOf(SHOP, ...args);
    expect(status).toEqual(expect.stringContaining(says));
    expect(printed).toBe('');
  });

  test('says whose policies', async () => {
    expect((await type(exportEdge, 'nginx')).status).toContain('Say whose policies');
  });

  const NGINX = { listen: 'listen 8080;', server: 'server 127.0.0.1:3000;' };
  test.each([
    { args: ['nginx'], has: [NGINX.listen, NGINX.server] },
    { args: ['nginx', '--listen=80'], has: ['listen 80;', NGINX.server] },
    { args: ['nginx', '--listen=1'], has: ['listen 1;'] },
    { args: ['nginx', '--listen=65535'], has: ['listen 65535;'] },
    { args: ['nginx', '--upstream=http://127.0.0.1:65535'], has: ['server 127.0.0.1:65535;'] },
    { args: ['nginx', '--listen=127.0.0.1:81'], has: ['listen 127.0.0.1:81;'] },
    { args: ['nginx', '--listen=[::1]:81'], has: ['listen [::1]:81;'] },
    { args: ['nginx', '--upstream=http://api.internal'], has: ['server api.internal:80;'] },
    { args: ['nginx', '--upstream=http://[::1]:3001/'], has: ['server [::1]:3001;'] },
    { args: ['haproxy', '--listen=82'], has: ['bind :82', 'server application 127.0.0.1:3000'] },
    {
      args: ['haproxy', '--listen=127.0.0.1:82', '--upstream=http://a.internal:3002'],
      has: ['bind 127.0.0.1:82', 'server application a.internal:3002'],
    },
    {
      args: ['caddy', '--listen=127.0.0.1:83', '--upstream=http://a.internal:3003'],
      has: ['http://:83 {', 'bind 127.0.0.1', 'reverse_proxy a.internal:3003 {'],
    },
  ])('stands in the configuration: $args', async ({ args, has }) => {
    const { status, printed, remarks } = await exportOf(SHOP, ...args);
    expect({ status, remarks }).toEqual({ status: 0, remarks: [] });
    for (const line of has) expect(printed).toContain(line);
    expect(printed).toContain('# Answers preflights for 2 of 3 routes.');
    expect(printed).toContain('# Left to Node, since its origins are asked of partners:');
  });
});

test.each(['nginx', 'haproxy', 'caddy', 'gateway-api'])(
  'export %s writes the same twice, and ends without a line break of its own',
  async (name) => {
    const first = await exportOf(SHOP, name);
    expect(await exportOf(SHOP, name)).toEqual(first);
    expect(first.printed).toBe(first.printed.trim());
  },
);

test('export gateway-api says what a filter could hold', async () => {
  const { status, printed } = await exportOf(SHOP, 'gateway-api');
  expect(status).toBe(0);
  expect(printed).toContain('could say the policies of 1 of 3 routes');
  expect(printed).toContain('GET /books (Handler of GET /books)');
});

test('export of 5,000 routes that share fifty policies takes less than a second', async () => {
  const fifty = written({
    routes: Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `GET /${index}`,
        { origin: `https://shop-${index}.example` },
      ]),
    ),
  });
  const routes = Array.from({ length: 100 }, (_, section) =>
    fifty.routes.map((route) => ({ ...route, path: `/section-${section}${route.path}/:id` })),
  ).flat();
  const document = { ...fifty, routes };
  // Others may keep the machine busy meanwhile.
  const start = process.cpuUsage();
  const { printed } = await exportOf(document, 'nginx');
  const took = process.cpuUsage(start).user / 1_000;
  console.log(`export nginx, 5,000 routes: ${took.toFixed(0)} ms`);
  expect(printed).toContain('# Answers preflights for 5000 of 5000 routes.');
  expect(took).toBeLessThan(1_000);
});

describeEdgeServers('what export writes', (server) => {
  test.each([
    [],
    ['--listen=127.0.0.1:8081'],
    ['--listen=[::1]:8081', '--upstream=http://[::1]:3000'],
    ['--listen=localhost:8081', '--upstream=http://localhost:3000'],
  ])('is taken with %s %s', async (...args) => {
    const { printed } = await exportOf(SHOP, server, ...args);
    expect(await checkEdgeConfiguration(server, `${printed}\n`)).toBeUndefined();
  });
});
