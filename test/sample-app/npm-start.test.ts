import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };

let started: ChildProcess;
let printed = '';

beforeAll(async () => {
  // Without the script before it in package.json: the pages are built for all tests, which read them at this moment.
  started = spawn(process.execPath, [join(ROOT, 'scripts/start.js')], {
    cwd: ROOT,
    env: { ...process.env, ...ANY_PORTS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      printed += String(chunk);
      if (/Stranger +http:/.test(printed)) resolve();
    };
    started.stdout?.on('data', listen);
    started.stderr?.on('data', listen);
    started.on('exit', () => {
      resolve();
    });
  });
}, 300_000);

afterAll(async () => {
  if (started.exitCode !== null) return;
  const ended = once(started, 'exit');
  started.kill('SIGTERM');
  await ended;
}, 300_000);

test.each([
  { name: 'The bookshop', path: '/catalog' },
  { name: 'CORS explorer', path: '' },
  { name: 'CORS explorer', path: '/page.js' },
  { name: 'Shop', path: '/' },
  { name: 'Partner', path: '/playground.js' },
  { name: 'Stranger', path: '/playground.css' },
])('npm start serves $path of what it prints as $name', async ({ name, path }) => {
  const address = new RegExp(`^  ${name} +(http://\\S+)`, 'm').exec(printed)?.[1];
  const { status } = await fetch(`${address ?? printed}${path}`);
  expect(status).toBe(200);
});
