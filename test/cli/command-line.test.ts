import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';
import { written } from '../document/written-document.js';
import { type BuiltPackage, buildPackage, type Listening } from './built-package.js';

let built: BuiltPackage;
let folder: string;
let listener: Listening;

const OLD = written({ routes: { 'GET /a': {} }, handlers: { 'GET /a': 'A.list' } });
const NEW = written({
  routes: { 'GET /a': { origin: ['https://a.example'] } },
  handlers: { 'GET /a': 'A.list' },
});

beforeAll(async () => {
  built = await buildPackage();
  folder = await built.project('documents', {
    'old.json': JSON.stringify(OLD),
    'new.json': `\uFEFF${JSON.stringify(NEW)}`,
    'list.json': '[1, 2]',
    'proto.json': '{"__proto__": {"format": "nestjs-cors/1"}, "format": "nestjs-cors/1"}',
    'text.json': 'format: nestjs-cors/1',
    'app.module.ts': 'export class AppModule {}',
  });
  listener = await built.listening(folder);
}, 300_000);

afterAll(async () => {
  listener.end();
  await built.remove();
});

test('Whoever asks for help does not wait for Nest.', async () => {
  const loaded = join(folder, 'loaded');
  await built.run(folder, ['--help'], { env: { NODE_V8_COVERAGE: loaded } });
  const [report] = await readdir(loaded);
  const { result } = JSON.parse(await readFile(join(loaded, report!), 'utf8')) as {
    result: { url: string }[];
  };
  const modules = result.map(({ url }) => url);
  expect(modules.filter((url) => url.endsWith('/cli/migrate.js'))).toHaveLength(1);
  expect(modules.filter((url) => /node_modules\/(?:@nestjs|rxjs)\//.test(url))).toEqual([]);
});

describe('A command line is answered by', () => {
  test.each<{ args: string; status: number; stdout?: RegExp; stderr?: string }>([
    {
      args: '--help',
      status: 0,
      stdout: /Usage: nestjs-cors <command>[^]*\n {2}routes +\w[^]*\n {2}diff +\w/,
    },
    { args: '-h', status: 0, stdout: /Usage:/ },
    { args: '--version', status: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
    {
      args: 'rotues',
      status: 2,
      stderr: 'nestjs-cors: There is no command "rotues". Did you mean routes?',
    },
    { args: 'frobnicate', status: 2, stderr: 'nestjs-cors: There is no command "frobnicate".' },
    {
      args: '--json',
      status: 2,
      stderr: 'nestjs-cors: The command comes first: nestjs-cors routes --json.',
    },
    {
      args: 'routes --jsn --from old.json',
      status: 2,
      stderr: 'nestjs-cors: routes has no option --jsn. Did you mean --json?',
    },
    {
      args: 'routes --__proto__',
      status: 2,
      stderr: 'nestjs-cors: routes has no option --__proto__. See nestjs-cors routes --help.',
    },
    { args: 'routes --from', status: 2, stderr: 'nestjs-cors: --from needs a value.' },
    {
      args: 'routes --json=yes --from old.json',
      status: 2,
      stderr: 'nestjs-cors: --json takes no value.',
    },
    {
      args: 'routes --from old.json --from new.json',
      status: 2,
      stderr: 'nestjs-cors: --from is given more than once.',
    },
    {
      args: 'routes',
      status: 2,
      stderr: 'nestjs-cors: Say whose policies: --app dist/app.module.js, or --from',
    },
    {
      args: 'routes old.json',
      status: 2,
      stderr: 'nestjs-cors: routes takes no argument such as "old.json". Write --app or --from',
    },
    {
      args: 'routes --from old.json --app a.js',
      status: 2,
      stderr: 'nestjs-cors: --from goes without --app.',
    },
    {
      args: 'routes --from old.json --json --open',
      status: 2,
      stderr: 'nestjs-cors: --json prints the whole document.',
    },
    // No time at all, and more than a timer of Node counts.
    ...['soon', '0', '2147484', 'Infinity'].map((seconds) => ({
      args: `routes --app a.js --timeout ${seconds}`,
      status: 2,
      stderr: 'nestjs-cors: --timeout takes seconds',
    })),
    {
      args: 'routes --from missing.json',
      status: 2,
      stderr: 'nestjs-cors: missing.json cannot be read: there is no such file.',
    },
    {
      args: 'routes --from .',
      status: 2,
      stderr: 'nestjs-cors: . cannot be read: it is a folder.',
    },
    {
      args: 'routes --from text.json',
      status: 2,
      stderr: 'nestjs-cors: text.json does not hold JSON.',
    },
    {
      args: 'routes --from list.json',
      status: 2,
      stderr: 'nestjs-cors: list.json: This is not a document of nestjs-cors',
    },
    {
      args: 'routes --from proto.json',
      status: 2,
      stderr: 'nestjs-cors: proto.json: ',
    },
    {
      args: 'routes --from ftp://a.example/',
      status: 2,
      stderr: 'nestjs-cors: ftp://a.example/ is not a web address.',
    },
    {
      args: 'routes --from http://user:word@127.0.0.1:9/',
      status: 2,
      stderr: 'nestjs-cors: The address holds a password.',
    },
    {
      args: 'routes --from http://127.0.0.1:9/',
      status: 2,
      stderr: 'nestjs-cors: http://127.0.0.1:9/ cannot be reached: ',
    },
    {
      args: 'routes --app missing.js',
      status: 2,
      stderr: 'nestjs-cors: There is no file missing.js. Build the application first',
    },
    {
      args: 'routes --app app.module.ts',
      status: 2,
      stderr: 'nestjs-cors: app.module.ts is TypeScript. Build the application first',
    },
    { args: 'routes --from old.json', status: 0, stdout: /\nGET {5}\/a +A\.list +nobody\n/ },
    {
      args: 'routes --from new.json',
      status: 0,
      stdout: /\nGET {5}\/a +A\.list +https:\/\/a\.example\n/,
    },
    { args: 'routes --from old.json --open', status: 0, stdout: /\nNone\.\n/ },
    { args: 'diff', status: 2, stderr: 'nestjs-cors: diff needs the document to compare with' },
    { args: 'diff old.json', status: 2, stderr: 'nestjs-cors: Say whose policies' },
    { args: 'diff - -', status: 2, stderr: 'nestjs-cors: Standard input holds one document.' },
    {
      args: 'diff old.json new.json old.json',
      status: 2,
      stderr: 'nestjs-cors: diff compares two documents.',
    },
    {
      args: 'diff old.json new.json --app a.js',
      status: 2,
      stderr: 'nestjs-cors: NEW goes without --app and --from.',
    },
    {
      args: 'diff old.json new.json',
      status: 1,
      stdout: /^Opened\n {2}https:\/\/a\.example may call\n {4}GET \/a \(A\.list\)\n/,
    },
    { args: 'diff old.json --from new.json', status: 1, stdout: /^Opened\n/ },
    { args: 'diff new.json old.json', status: 0, stdout: /^Closed\n/ },
    {
      args: 'diff old.json old.json',
      status: 0,
      stdout: /^No policy changed what pages may do\.\n$/,
    },
    {
      args: 'diff old.json new.json --markdown',
      status: 1,
      stdout:
        /^## CORS policies\n\nPlaces: opened: 1\.\n\n### Opened\n\n- `https:\/\/a\.example` may call\n {2}- `GET \/a` \(`A\.list`\)\n/,
    },
  ])('nestjs-cors $args', async ({ args, status, stdout = /^$/, stderr }) => {
    const ended = await listener.type(...args.split(' '));
    expect(ended.stderr.slice(0, stderr?.length ?? 0)).toBe(stderr ?? '');
    expect(ended).toMatchObject({ status, stdout: expect.stringMatching(stdout) });
    if (stderr === undefined) expect(ended.stderr).toBe('');
    // A sentence, without a stack.
    else expect(ended.stderr).toMatch(/^nestjs-cors: [^\n]+[.?]\n$/);
  });

  test.each([
    { args: 'diff old.json new.json', status: 1, stream: 'stdout' },
    { args: 'diff new.json old.json', status: 0, stream: 'stdout' },
    { args: 'frobnicate', status: 2, stream: 'stderr' },
  ] as const)(
    'nestjs-cors $args, in a process of its own with status $status, the same on $stream alone',
    async ({ args, status, stream }) => {
      const ended = await built.run(folder, args.split(' '));
      expect(ended).toEqual(await listener.type(...args.split(' ')));
      expect(ended.status).toBe(status);
      expect(ended[stream]).not.toBe('');
      expect(ended[stream === 'stdout' ? 'stderr' : 'stdout']).toBe('');
    },
  );

  test('nothing at all: how it is used, with status 2', async () => {
    const { status, stdout, stderr } = await built.run(folder, []);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: nestjs-cors <command>/m);
  });

  test.each([...COMMANDS.keys()])('nestjs-cors %s --help, whatever else is wrong', async (name) => {
    const { status, stdout, stderr } = await listener.type(name, '--nonsense', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: nestjs-cors ${name}\\b`, 'm'));
    expect(stdout).toMatch(new RegExp(`^Example:\\n  npx nestjs-cors ${name}\\b`, 'm'));
    const command = await COMMANDS.get(name)?.();
    expect(command?.name).toBe(name);
    for (const option of Object.keys(command?.options ?? {}))
      expect(stdout).toContain(`--${option}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });
});

test('What is given on standard input is read as a document', async () => {
  const ended = await built.run(folder, ['diff', 'old.json', '-'], { input: JSON.stringify(NEW) });
  expect(ended).toMatchObject({ status: 1, stderr: '' });
});

test('--json prints a document that --from reads, and that is the same', async () => {
  const { stdout } = await built.run(folder, ['routes', '--from', 'new.json', '--json']);
  expect(JSON.parse(stdout)).toEqual(NEW);
  await writeFile(join(folder, 'again.json'), stdout);
  const again = await built.run(folder, ['routes', '--from', 'again.json', '--json']);
  expect(again.stdout).toBe(stdout);
});

test('A reader that stops before the end is no error, and the status is that of the command', async () => {
  const routes = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`GET /a/${index}`, { origin: '*' }]),
  );
  await writeFile(join(folder, 'long.json'), JSON.stringify(written({ routes })));
  const ended = await built.run(folder, ['diff', 'old.json', 'long.json', '--all'], {
    meanwhile: ({ stdout }) => stdout?.destroy(),
  });
  expect(ended).toMatchObject({ status: 1, stderr: '' });
});

test('Characters of a file name that are not to be seen are escaped', async () => {
  const { stderr } = await listener.type('routes', '--from', '\u001b[31mno.json');
  expect(stderr).toBe('nestjs-cors: \\u{1b}[31mno.json cannot be read: there is no such file.\n');
});

test('A document that is too large is not read to its end', async () => {
  const file = await open(join(folder, 'huge.json'), 'w');
  await file.truncate(3 * 2 ** 30);
  await file.close();
  const { status, stderr } = await listener.type('routes', '--from', 'huge.json');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'nestjs-cors: huge.json is larger than 64 MiB, too large for a document.\n',
  });
});

test('A document of fifty megabytes is read', async () => {
  const site = `${'very-long-name-of-a-site.'.repeat(8)}example`;
  const origin = Array.from({ length: 230_000 }, (_, index) => `https://shop-${index}.${site}`);
  const document = JSON.stringify(written({ routes: { 'GET /a': { origin } } }));
  expect(document.length).toBeGreaterThan(50_000_000);
  await writeFile(join(folder, 'large.json'), document);
  const { status, stdout } = await listener.type('routes', '--from', 'large.json');
  expect({ status, told: stdout.includes('230000 origins') }).toEqual({ status: 0, told: true });
}, 300_000);

describe('From an address', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cors.json`;
  }

  test.each<{ name: string; respond: RequestListener; status: number; says: RegExp }>([
    {
      name: 'a document is read',
      respond: (_request, response) => response.end(JSON.stringify(NEW)),
      status: 0,
      says: /^GET {5}\/a +A\.list +https:\/\/a\.example$/m,
    },
    {
      name: 'a page is none',
      respond: (_request, response) => response.end('<!doctype html><p>hello'),
      status: 2,
      says: /does not hold JSON\. It is a page of HTML; give the address or file of the document itself\.\n$/,
    },
    {
      name: 'a refusal is told with its status',
      respond: (_request, response) => response.writeHead(401).end(),
      status: 2,
      says: /answered with status 401, not with a document\.\n$/,
    },
    {
      name: 'an answer without end is given up',
      respond: (_request, response) => {
        const chunk = Buffer.alloc(1 << 20, 0x20);
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      },
      status: 2,
      says: /is larger than 64 MiB, too large for a document\.\n$/,
    },
    {
      name: 'a redirect to another kind of address is not followed',
      respond: (_request, response) =>
        response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      status: 2,
      says: /cannot be reached: /,
    },
    {
      name: 'an answer that breaks off is told',
      respond: (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{');
        response.socket?.destroySoon();
      },
      status: 2,
      says: /cannot be reached: /,
    },
  ])('$name', async ({ respond, status, says }) => {
    const ended = await listener.type('routes', '--from', await serve(respond));
    expect(ended.status).toBe(status);
    expect(status === 0 ? ended.stdout : ended.stderr).toMatch(says);
  });
});
