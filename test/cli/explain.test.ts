import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { explain } from '../../src/cli/explain.js';
import { written } from '../document/written-document.js';
import { APP } from '../harness/origins.js';
import { type } from './typed-command.js';

const STRANGER = 'https://stranger.example.net';
const API = 'https://api.example.com';

const DOCUMENT = written({
  routes: {
    'GET /books': { origin: '*', said: { origin: 'BooksController.list' } },
    'PUT /books': { origin: [APP], credentials: true, said: { origin: 'BooksController.update' } },
    'GET /partners': { origin: ['ask:PartnerOrigins'] },
    'GET /secret': { origin: [APP], isolate: true, exposedHeaders: ['x-total'] },
  },
  handlers: { 'GET /books': 'BooksController.list', 'PUT /books': 'BooksController.update' },
  defaults: { said: {} },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-explain-'));
  await writeFile(join(folder, 'cors.json'), JSON.stringify(DOCUMENT));
});
afterAll(() => rm(folder, { recursive: true }));

const asked = (...args: string[]) => type(explain, ...args, `--from=${join(folder, 'cors.json')}`);

interface Row {
  readonly args: string;
  readonly status: number;
  readonly says: string | RegExp;
}

describe('What a page asks for is explained, and the status says whether it gets it', () => {
  test.each<Row>([
    {
      args: `--origin ${STRANGER} --url ${API}/books`,
      status: 0,
      says: /^Pages of https:\/\/stranger\.example\.net get the answer to GET https:\/\/api\.example\.com\/books\.\n/,
    },
    {
      args: `--origin ${STRANGER} --url ${API}/books --method PUT`,
      status: 1,
      says: /^Pages of \S+ do not get the answer to PUT https:\/\/api\.example\.com\/books\.\n/,
    },
    {
      args: `--origin ${STRANGER} --url ${API}/books --method PUT`,
      status: 1,
      says: `  @Cors({ origin: ['${APP}', '${STRANGER}'] })\n  Write it above BooksController.update`,
    },
    {
      args: `--origin ${STRANGER} --url ${API}/books --method PUT`,
      status: 1,
      says: `The console of a browser says\n  Access to fetch at '${API}/books' from origin '${STRANGER}' has been blocked by CORS policy: `,
    },
    {
      args: `--origin ${APP} --url ${API}/books --method PUT --credentials --content-type application/json`,
      status: 0,
      says: '     > access-control-request-headers: content-type\n',
    },
    {
      args: `--origin ${APP} --url ${API}/books --method PUT --header x-trace --header x-b:1`,
      status: 1,
      says: 'because of the method PUT, the header x-b and the header x-trace.',
    },
    {
      args: `--origin ${STRANGER} --url ${API}/books --credentials`,
      status: 1,
      says: `@Cors([{ origin: '${STRANGER}', credentials: true }, {}])`,
    },
    {
      args: `--origin ${API} --url ${API}/secret --omit-credentials`,
      status: 0,
      says: 'No cookies go along: the credentials mode is omit.',
    },
    {
      args: `--origin ${STRANGER} --url /secret --mode no-cors`,
      status: 1,
      says: 'Cross-Origin-Resource-Policy says that pages of other sites get nothing of it.',
    },
    {
      args: `--origin ${APP} --url /secret --upload`,
      status: 0,
      says: 'because of the upload that is listened to, or is a stream.',
    },
    {
      args: `--origin ${APP} --url /secret --read X-Total`,
      status: 0,
      says: 'It can read X-Total.',
    },
    {
      args: `--origin ${APP} --url /secret --read X-Total --read ETag`,
      status: 1,
      says: /, but cannot read ETag\.\n/,
    },
    {
      args: `--origin ${STRANGER} --url /partners`,
      status: 1,
      says: /^Whether pages of \S+ get the answer to GET \/partners depends on PartnerOrigins, /,
    },
    {
      args: `--origin ${STRANGER} --url /partners`,
      status: 1,
      says: 'assume yes or no for PartnerOrigins.',
    },
    {
      args: `--origin ${STRANGER} --url /partners --assume yes`,
      status: 0,
      says: /^Pages of \S+ get the answer/,
    },
    {
      args: `--origin ${STRANGER} --url /partners --assume no`,
      status: 1,
      says: /^Pages of \S+ do not get the answer/,
    },
  ])('explain $args: $status, $says', async ({ args, status, says }) => {
    const { printed, remarks, ...ended } = await asked(...args.split(' '));
    expect(ended.status).toBe(status);
    expect(remarks).toEqual([]);
    if (typeof says === 'string') expect(printed).toContain(says);
    else expect(printed).toMatch(says);
  });

  test.each([
    { args: ['--url', '/books', '--origin', APP], allowed: true, outcome: 'readable' },
    {
      args: ['--url', '/books', '--origin', STRANGER, '--method', 'PUT'],
      allowed: false,
      outcome: 'refused',
    },
    { args: ['--url', '/partners', '--origin', APP], allowed: false, outcome: 'depends' },
  ])('--json prints the same as data: $outcome', async ({ args, allowed, outcome }) => {
    const { status, printed } = await asked(...args, '--json');
    expect(JSON.parse(printed)).toMatchObject({ allowed, outcome });
    expect(status).toBe(allowed ? 0 : 1);
  });

  test('colors are for a terminal', async () => {
    const printed: string[] = [];
    const terminal = { print: (text: string) => printed.push(text), remark: () => undefined };
    const values = { origin: APP, url: '/books', from: join(folder, 'cors.json') };
    for (const colors of [true, false]) {
      await explain.run({ values, positionals: [] }, { ...terminal, colors });
    }

    const escapes = /\u001b\[\d+m/g;
    expect(printed[0]).toMatch(escapes);
    expect(printed[0]?.replace(escapes, '')).toBe(printed[1]);
  });
});

describe('A sentence says what to change', () => {
  test.each([
    ['no origin', ['--url', '/books'], /^explain needs --origin, e\.g\. --origin https:/],
    ['no URL', ['--origin', APP], /^explain needs --url, e\.g\. --url https:/],
    [
      'an argument without a name',
      ['--origin', APP, '/books'],
      /^explain takes no argument such as "\/books"\. Write --url/,
    ],
    [
      'both kinds of credentials',
      ['--origin', APP, '--url', '/books', '--credentials', '--omit-credentials'],
      /^A page sends cookies or does not/,
    ],
    [
      'an unknown mode',
      ['--origin', APP, '--url', '/books', '--mode', 'navigate'],
      /^--mode is one of cors, no-cors, same-origin\.$/,
    ],
    [
      'an unknown answer',
      ['--origin', APP, '--url', '/books', '--assume', 'maybe'],
      /^--assume is one of yes, no\.$/,
    ],
    [
      'an origin with a path',
      ['--origin', `${APP}/`, '--url', '/books'],
      /is not the origin of a page as browsers send it\. Write 'https:\/\/app\.example\.com'\.$/,
    ],
    ['no URL at all', ['--origin', APP, '--url', 'books'], /^"books" is not a URL/],
    [
      'a URL that would end the line',
      ['--origin', APP, '--url', 'x\r\ny: z'],
      /^"x\\r\\ny: z" is not a URL/,
    ],
    [
      'a header that would end the line',
      ['--origin', APP, '--url', '/books', '--header', 'a:1\r\nb:2'],
      /^The value of "a" cannot be sent in a header\.$/,
    ],
    [
      'a header without a name',
      ['--origin', APP, '--url', '/books', '--header', ':1'],
      /^"" is not a header name\./,
    ],
    [
      'a method that is none',
      ['--origin', APP, '--url', '/books', '--method', 'GET /'],
      /^"GET \/" is not a method\./,
    ],
    [
      'a URL that no server reads',
      ['--origin', APP, '--url', `/${'a'.repeat(100_000)}`],
      /^URL and headers have \d+ characters together\. Node answers 431/,
    ],
  ])('%s', async (_name, args, message) => {
    const { status, printed } = await asked(...args);
    expect(status).toMatch(message);
    expect(String(status).length).toBeLessThan(700);
    expect(printed).toBe('');
  });

  test('a document whose path cannot be read', async () => {
    const file = join(folder, 'broken.json');
    const [first, ...others] = DOCUMENT.routes;
    const routes = [{ ...first, path: '/books/{' }, ...others];
    await writeFile(file, JSON.stringify({ ...DOCUMENT, routes }));
    const { status } = await type(explain, '--origin', APP, '--url', '/books', '--from', file);
    expect(status).toMatch(/^A route of the document cannot be read: /);
  });
});

test('Whatever a document or an argument holds, the terminal gets no control characters', async () => {
  const file = join(folder, 'hostile.json');
  const hostile = '\u001b[31m\u202e\u0007';
  const hidden = written({
    routes: { 'GET /books': { origin: [`fn:${hostile}`], said: { origin: hostile } } },
    handlers: { 'GET /books': `${hostile}.${hostile}` },
  });
  await writeFile(file, JSON.stringify(hidden));
  const { printed } = await type(
    explain,
    ...['--origin', STRANGER, '--url', `/books?${hostile}`, '--header', `x-a:${hostile[0]}`],
    ...['--header', '__proto__:1', '--from', file],
  );
  expect(printed).toContain('\\u{1b}[31m');

  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});
