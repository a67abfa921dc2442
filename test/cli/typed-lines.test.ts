import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closestName } from '../../src/cli/closest-name.js';
import { runCommandLine } from '../../src/cli/command-line.js';
import { describeFindings } from '../../src/cli/findings-report.js';
import { written } from '../document/written-document.js';

/*
 * Command lines without a process of their own: what people read, word by word.
 */

const OLD = written({ routes: { 'GET /a': {} }, handlers: { 'GET /a': 'A.list' } });
const NEW = written({
  routes: { 'GET /a': { origin: ['https://a.example'] } },
  handlers: { 'GET /a': 'A.list' },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-lines-'));
  const files = {
    'old.json': JSON.stringify(OLD),
    'new.json': JSON.stringify(NEW),
    'text.json': 'a',
    'page.json': ' <html>',
    'app.ts': '',
    'app.mts': '',
    'app.TSX': '',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await mkdir(join(folder, 'folder.js'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Answered {
  readonly status: number;
  readonly printed: readonly string[];
  readonly remarks: readonly string[];
}

/** Types a line; `~` stands for the folder of the files. */
async function type(line: string, colors = false): Promise<Answered> {
  const [printed, remarks]: [string[], string[]] = [[], []];
  const args = line === '' ? [] : line.split(' ').map((arg) => arg.replace('~', `${folder}/`));
  const status = await runCommandLine(args, {
    print: (text) => printed.push(text),
    remark: (text) => remarks.push(text.replaceAll(`${folder}/`, '~')),
    colors,
  });
  return { status, printed, remarks };
}

const COMMANDS = 'routes, explain, diff, verify, audit, migrate, export';
const GIVEN = '--origin https://a.example --url /a';
const DOCUMENT = '--from ~old.json';
const BUILD = 'Build the application first (npm run build), and name the';

describe('A line that cannot be understood is told why:', () => {
  test.each<[line: string, why: string]>([
    ['rotues', `There is no command "rotues". Did you mean routes? The commands are: ${COMMANDS}.`],
    ['frobnicate', `There is no command "frobnicate". The commands are: ${COMMANDS}.`],
    ['__proto__', `There is no command "__proto__". The commands are: ${COMMANDS}.`],
    ['--json', 'The command comes first: nestjs-cors routes --json. See nestjs-cors --help.'],
    ['routes --jsn', 'routes has no option --jsn. Did you mean --json?'],
    ['routes --nothing', 'routes has no option --nothing. See nestjs-cors routes --help.'],
    ['routes -x', 'routes has no option -x. See nestjs-cors routes --help.'],
    ['routes --toString', 'routes has no option --toString. See nestjs-cors routes --help.'],
    ['routes --from', '--from needs a value. See nestjs-cors routes --help.'],
    ['routes --json=yes', '--json takes no value. Write --json alone.'],
    ['routes --from a --from b', '--from is given more than once. Give it once.'],
    ['routes --json --json', '--json is given more than once. Give it once.'],
    ['routes a b', 'routes takes no argument such as "a b". Write --app or --from before a file.'],
    ['routes --json --open', '--json prints the whole document. Leave out --open and --all.'],
    ['routes --json --all', '--json prints the whole document. Leave out --open and --all.'],
    [
      'routes',
      'Say whose policies: --app dist/app.module.js, or --from FILE_OR_URL with a document.',
    ],
    ['routes --from a --app b', '--from goes without --app. Leave out one of them.'],
    ['routes --from a --fastify', '--from goes without --fastify. Leave out one of them.'],
    ['routes --from a --timeout 1', '--from goes without --timeout. Leave out one of them.'],
    ...['0', '-1', 'soon', '2147484'].map((seconds): [string, string] => [
      `routes --app a --timeout=${seconds}`,
      '--timeout takes seconds, such as 60.',
    ]),
    ['routes --from ~none.json', '~none.json cannot be read: there is no such file.'],
    ['routes --from ~folder.js', '~folder.js cannot be read: it is a folder.'],
    [
      'routes --from ~text.json',
      '~text.json does not hold JSON. Write one with nestjs-cors routes --json.',
    ],
    [
      'routes --from ~page.json',
      '~page.json does not hold JSON. It is a page of HTML; give the address or file of the document itself.',
    ],
    ['routes --from ftp://a/', 'ftp://a/ is not a web address. Write http:// or https://.'],
    ['routes --from http://', 'http:// is not a web address. Write http:// or https://.'],
    [
      'routes --from http://a:b@c/',
      'The address holds a password. Download the document, and name the file.',
    ],
    [
      'routes --from http://a@c/',
      'The address holds a password. Download the document, and name the file.',
    ],
    ['routes --app ~none.js', `There is no file ~none.js. ${BUILD} file of its root module.`],
    ['routes --app ~none.js#A', `There is no file ~none.js. ${BUILD} file of its root module.`],
    ...['app.ts', 'app.mts', 'app.TSX'].map((name): [string, string] => [
      `routes --app ~${name}`,
      `~${name} is TypeScript. ${BUILD} built file, e.g. dist/app.module.js.`,
    ]),
    [
      'routes --app ~folder.js --timeout 2147483',
      '~folder.js is not a file. Name the file of the root module, e.g. dist/app.module.js.',
    ],
    ['diff', 'diff needs the document to compare with: nestjs-cors diff old.json new.json.'],
    ['diff a b c', 'diff compares two documents. Name only two.'],
    ['diff a b --app c', 'NEW goes without --app and --from. Leave out one of them.'],
    ['diff a b --from c', 'NEW goes without --app and --from. Leave out one of them.'],
    ['diff - -', 'Standard input holds one document. Name a file for the other.'],
    ['diff - --from -', 'Standard input holds one document. Name a file for the other.'],
    ['explain a b', 'explain takes no argument such as "a b". Write --url before a URL.'],
    ['explain', 'explain needs --origin, e.g. --origin https://shop.example.com.'],
    [
      'explain --origin https://a.example',
      'explain needs --url, e.g. --url https://api.example.com/books/1.',
    ],
    [
      `explain ${GIVEN} --credentials --omit-credentials`,
      'A page sends cookies or does not: leave out --credentials or --omit-credentials.',
    ],
    [`explain ${GIVEN} --mode x`, '--mode is one of cors, no-cors, same-origin.'],
    [`explain ${GIVEN} --assume x`, '--assume is one of yes, no.'],
    [
      `explain --origin https://a.example --url b ${DOCUMENT}`,
      '"b" is not a URL that a page could fetch here. Write e.g. https://api.example.com/books/1, or the path /books/1.',
    ],
    ['export', 'export takes one of nginx, haproxy, caddy, gateway-api.'],
    ['export apache', 'export takes one of nginx, haproxy, caddy, gateway-api, not "apache".'],
    ['export nginx a', 'export takes one of nginx, haproxy, caddy, gateway-api, not "nginx a".'],
    [
      'export gateway-api --listen 80',
      'gateway-api is a report, and takes neither --upstream nor --listen. Leave them out.',
    ],
    [
      'export gateway-api --upstream http://a',
      'gateway-api is a report, and takes neither --upstream nor --listen. Leave them out.',
    ],
    ...[
      ...['a', 'https://a', 'http://a/b', 'http://a?b', 'http://a#b', 'http://u@a', 'http://u:p@a'],
      ...['http://:p@a', 'http://a:0', 'http://a_b', 'http://-a'],
    ].map((upstream): [string, string] => [
      `export nginx --upstream ${upstream}`,
      '--upstream takes scheme, host and port of the application, such as http://127.0.0.1:3000.',
    ]),
    ...['0', '65536', '123456', 'a', 'a b:80', '80x', ':80', 'a;b:80', '[::1:80'].map(
      (listen): [string, string] => [
        `export nginx --listen=${listen.replace(' ', '\u00a0')}`,
        '--listen takes a port, such as 8080, or 127.0.0.1:8080.',
      ],
    ),
    ...['verify', 'audit'].flatMap((name): [string, string][] => [
      [name, 'Give one URL, such as https://api.example.com.'],
      [`${name} http://a http://b`, 'Give one URL, such as https://api.example.com.'],
      [`${name} a`, '"a" is not a URL that can be asked. Write it with https:// or http://.'],
      ...['ftp', 'xhttp', 'httpx', 'httpss'].map((scheme): [string, string] => [
        `${name} ${scheme}://a`,
        `"${scheme}://a" is not a URL that can be asked. Write it with https:// or http://.`,
      ]),
      [`${name} http://u@a`, 'Leave user and password out of the URL: browsers do not send them.'],
      [`${name} http://:p@a`, 'Leave user and password out of the URL: browsers do not send them.'],
      ...['0', '1001', 'x', '1.5', '1e2'].map((rate): [string, string] => [
        `${name} http://a --rate ${rate}`,
        '--rate takes a whole number from 1 to 1000, e.g. 20.',
      ]),
    ]),
    ['verify http://a --most 0', '--most takes a whole number from 1 to 1000000, e.g. 2000.'],
    ['verify http://a --most 1000001', '--most takes a whole number from 1 to 1000000, e.g. 2000.'],
    [
      'audit http://a --origin a',
      '--origin "a" is not an origin. Write scheme, host and port only, such as https://app.example.com.',
    ],
    [
      'audit http://a --origin null',
      '--origin "null" is not an origin. Write scheme, host and port only, such as https://app.example.com.',
    ],
    [
      `audit http://a${' --origin https://a.example'.repeat(21)}`,
      '--origin may be given 20 times.',
    ],
    ['migrate a b', 'migrate takes one file. Name only one.'],
  ])('%s', async (line, why) => {
    expect(await type(line)).toEqual({ status: 2, printed: [], remarks: [`nestjs-cors: ${why}`] });
  });
});

const OVERVIEW = `Reviews, explains, compares and verifies the CORS policies of a Nest application.

Usage: nestjs-cors <command> [options]

  routes   Who may call what: a line for each route, then every policy in full
  explain  What a browser would do with a page's request, step by step, and the line that changes it
  diff     What opened, closed, changed and moved since another document
  verify   Whether a deployed server answers as the policies say, and who changes it on the way
  audit    What is wrong with the CORS of any server, without its policies
  migrate  Moves enableCors(), cors: and @fastify/cors into CorsModule, and shows it as a diff
  export   A configuration for nginx, HAProxy or Caddy that answers allowed preflights

nestjs-cors <command> --help tells its options, with an example. nestjs-cors --version tells the version.

Example:
  npx nestjs-cors routes --app dist/app.module.js`;

describe('Help', () => {
  test.each(['--help', '-h'])('is printed for %s', async (line) => {
    expect(await type(line)).toEqual({ status: 0, printed: [OVERVIEW], remarks: [] });
  });

  test('is a remark where nothing was asked', async () => {
    expect(await type('')).toEqual({ status: 2, printed: [], remarks: [OVERVIEW] });
  });

  test.each(['routes -h', 'routes --nonsense --help', 'routes a -h -- b'])(
    'of a command is printed for %s',
    async (line) => {
      const { status, printed } = await type(line);
      expect([status, printed[0]?.split('\n')[0]]).toEqual([
        0,
        'Who may call what: a line for each route and paths entry, then every policy in full.',
      ]);
    },
  );

  test('is none behind --, where it is an argument', async () => {
    expect((await type('routes -- --help')).remarks).toEqual([
      'nestjs-cors: routes takes no argument such as "--help". Write --app or --from before a file.',
    ]);
  });
});

describe('A document', () => {
  test('is printed as it is', async () => {
    const { status, printed } = await type('routes --from ~new.json --json');
    expect([status, printed]).toEqual([0, [JSON.stringify(NEW, null, 2)]]);
  });

  test('is compared, without colors and with them', async () => {
    const text =
      'Opened\n  https://a.example may call\n    GET /a (A.list)\n\nPlaces: opened: 1.\n';
    const plain = await type('diff ~old.json ~new.json');
    expect(plain).toEqual({ status: 1, printed: [text], remarks: [] });
    const red = await type('diff ~old.json ~new.json', true);
    expect(red.printed).toEqual([text.replace('Opened', '\u001b[31mOpened\u001b[39m')]);
    const green = await type('diff ~new.json --from ~old.json', true);
    expect([green.status, green.printed[0]?.split('\n')[0]]).toEqual([
      0,
      '\u001b[32mClosed\u001b[39m',
    ]);
    const markdown = await type('diff ~old.json ~new.json --markdown', true);
    expect(markdown.printed[0]).toContain('\n### Opened\n');
  });

  test('of nothing but places that are new tells so in yellow', async () => {
    await writeFile(join(folder, 'none.json'), JSON.stringify(written({})));
    const { printed } = await type('diff ~none.json ~old.json', true);
    expect(printed[0]?.split('\n')[0]).toBe('\u001b[33mChanged\u001b[39m');
  });
});

describe('From an address', () => {
  test('a document is asked for as JSON, and what is none is told', async () => {
    const accepted: unknown[] = [];
    const server = createServer((request, response) => {
      accepted.push(request.headers.accept);
      response.setHeader('Connection', 'close');
      if (request.url === '/no') response.writeHead(404).end();
      else response.end(request.url === '/list' ? '[]' : `\uFEFF${JSON.stringify(NEW)}`);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await type(`routes --from ${address}/ --json`)).printed).toEqual([
        JSON.stringify(NEW, null, 2),
      ]);
      expect((await type(`routes --from ${address}/no`)).remarks).toEqual([
        `nestjs-cors: ${address}/no answered with status 404, not with a document.`,
      ]);
      expect((await type(`routes --from ${address}/list`)).remarks).toEqual([
        `nestjs-cors: ${address}/list: This is not a document of nestjs-cors: it has to be an object with format: "nestjs-cors/1". Make one with \`nestjs-cors routes --json\`, or with CorsPolicyService.document().`,
      ]);
      expect(accepted).toEqual(['application/json', 'application/json', 'application/json']);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
    expect((await type(`routes --from ${address}/`)).remarks).toEqual([
      `nestjs-cors: ${address}/ cannot be reached: ECONNREFUSED.`,
    ]);
  });
});

test.each([
  ['rotues', 'routes'],
  ['r', 'routes'],
  ['exp', 'explain'],
  ['dif', 'diff'],
  ['diffs', 'diff'],
  ['idff', 'diff'],
  ['xudit', 'audit'],
  ['aduit', 'audit'],
  ['xxdit', 'audit'],
  ['xxxit', undefined],
  ['auditing', undefined],
  ['', undefined],
  ['x', undefined],
  ['frobnicate', undefined],
])('Whoever writes "%s" means %s', (given, meant) => {
  const names = ['routes', 'explain', 'export', 'diff', 'verify', 'audit', 'migrate', 'a', 'io'];
  expect(closestName(given, names)).toBe(meant);
});

test('Findings are told one by one', () => {
  const finding = {
    severity: 'high',
    what: 'What is so',
    means: 'What it means.',
    change: ['Change this.', 'Or that.'],
    seen: 'GET /a',
    curl: 'curl http://a',
    count: 1,
  } as unknown as Parameters<typeof describeFindings>[0][number];
  const findings = [finding, { ...finding, severity: 'low' as const, count: 2, change: [] }];
  const body = (seen: string, change: readonly string[]) =>
    ['What it means.', `Seen in ${seen}: GET /a`, ...change, 'curl http://a'].join('\n        ');
  const texts = [
    `What is so\n        ${body('1 answer', ['Change this.', 'Or that.'])}`,
    `What is so\n        ${body('2 answers', [])}`,
  ];
  expect(describeFindings(findings, false)).toBe(`high    ${texts[0]}\n\nlow     ${texts[1]}`);
  expect(describeFindings([...findings, { ...finding, severity: 'medium' }], true)).toBe(
    [
      `\u001b[31mhigh  \u001b[0m  ${texts[0]}`,
      `\u001b[36mlow   \u001b[0m  ${texts[1]}`,
      `\u001b[33mmedium\u001b[0m  ${texts[0]}`,
    ].join('\n\n'),
  );
});
