import { describe, expect, test } from '@jest/globals';
import type { CorsDocument } from '../../src/document/cors-document.js';
import { describeDifference } from '../../src/document/difference-report.js';
import { differenceOf } from '../../src/document/difference.js';
import { type WrittenDocument, type WrittenPolicy, written } from './written-document.js';

const A = 'https://a.example';
const ON_A = { origin: [A] };

async function difference(was: WrittenDocument, is: WrittenDocument, options = {}) {
  return describeDifference(await differenceOf(written(was), written(is)), options);
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Places: ') && !line.startsWith('Code is'));

const asked = (...names: readonly string[]) => ({ origin: names.map((name) => `ask:${name}`) });

interface Row {
  readonly name: string;
  readonly was: WrittenPolicy | readonly WrittenPolicy[];
  readonly is: WrittenPolicy | readonly WrittenPolicy[];
  /** Default: GET. */
  readonly method?: string;
  readonly lines: readonly string[];
}

const any = { origin: '*' };

describe('Of a route it is told that', () => {
  test.each<Row>([
    {
      name: 'two headers, and cookies, are allowed',
      was: { ...ON_A, allowedHeaders: [] },
      is: { ...ON_A, allowedHeaders: ['X-A', 'x-b'], credentials: true },
      lines: ['Opened with credentials', `${A} may send cookies; send x-a, x-b`],
    },
    {
      name: 'two headers may be sent no more',
      was: { ...ON_A, allowedHeaders: ['x-a', 'x-b'] },
      is: { ...ON_A, allowedHeaders: [] },
      lines: ['Closed', `${A} may no longer send x-a, x-b`],
    },
    {
      name: 'any header may be sent no more',
      was: { ...ON_A, allowedHeaders: '*' },
      is: { ...ON_A, allowedHeaders: ['x-a'] },
      lines: ['Closed', `${A} may no longer send any header`],
    },
    {
      name: 'any header may be read',
      was: ON_A,
      is: { ...ON_A, exposedHeaders: '*' },
      lines: ['Opened', `${A} may read any header`],
    },
    {
      name: 'nothing changed where anything may be sent and read still',
      was: { ...ON_A, allowedHeaders: '*', exposedHeaders: '*', maxAge: 1 },
      is: { ...ON_A, allowedHeaders: '*', exposedHeaders: '*', maxAge: 2 },
      lines: ['Changed', 'maxAge 1 → 2'],
    },
    {
      name: 'the private network was closed',
      was: { ...ON_A, privateNetwork: true },
      is: ON_A,
      lines: ['Closed', `${A} may no longer call from outside of the private network`],
    },
    {
      name: 'any method is permitted, where it serves all',
      method: 'ALL',
      was: { ...ON_A, methods: ['PUT'] },
      is: { ...ON_A, methods: '*' },
      lines: ['Opened', `${A} may use any method`],
    },
    {
      name: 'GET brings HEAD along, where it serves all',
      method: 'ALL',
      was: { ...ON_A, methods: ['PUT'] },
      is: { ...ON_A, methods: ['PUT', 'GET'] },
      lines: ['Opened', `${A} may use GET, HEAD`],
    },
    {
      name: 'no method is permitted, where it serves all',
      method: 'ALL',
      was: { ...ON_A, methods: ['PUT'] },
      is: { ...ON_A, methods: [] },
      lines: ['Closed', `${A} may no longer call`],
    },
    {
      name: 'GET is no POST',
      method: 'POST',
      was: { ...ON_A, methods: ['POST'] },
      is: { ...ON_A, methods: ['GET'] },
      lines: ['Closed', `${A} may no longer call`],
    },
    {
      name: 'HEAD goes with GET alone',
      method: 'HEAD',
      was: { ...ON_A, methods: ['GET'] },
      is: { ...ON_A, methods: ['PUT'] },
      lines: ['Closed', `${A} may no longer call`],
    },
    {
      name: 'everything that opens nothing changed',
      was: ON_A,
      is: {
        ...{ ...ON_A, preflightContinue: true, optionsSuccessStatus: 200, originTimeout: 1 },
        dangerouslyAllowInsecureOrigins: true,
        dangerouslyAllowPublicSuffixes: true,
      },
      lines: [
        'Changed',
        'preflightContinue false → true',
        'optionsSuccessStatus 204 → 200',
        'originTimeout 5000 → 1',
        'dangerouslyAllowInsecureOrigins false → true',
        'dangerouslyAllowPublicSuffixes false → true',
      ],
    },
    {
      name: 'one of several policies isolated it',
      was: [{ ...ON_A, isolate: true }, any],
      is: [ON_A, any],
      lines: [
        'Opened',
        'Pages may embed and submit without Origin, from other sites: not isolated',
      ],
    },
    {
      name: 'the last policy enforces refusals',
      was: [ON_A, { ...any, enforce: false }],
      is: [{ ...ON_A, enforce: false }, any],
      lines: [
        'Closed',
        'Pages may no longer have handlers run, and read nothing: refusals are not enforced',
      ],
    },
    {
      name: 'one of two resolvers is another one',
      was: asked('A', 'B', 'C'),
      is: asked('A', 'D', 'E'),
      lines: ['Cannot be compared, and may have opened', 'asked B, C, and asks D, E now'],
    },
    {
      name: 'what a resolver that stays allows gets cookies, beside another one',
      was: asked('A', 'B'),
      is: [{ ...asked('A'), credentials: true }, asked('C')],
      lines: [
        'Opened with credentials',
        'any origin that A allows may send cookies',
        'Cannot be compared, and may have opened',
        'asked B, and asks C now',
      ],
    },
    {
      name: 'a resolver became a list, and the other way round',
      was: [asked('A')],
      is: [ON_A],
      lines: ['Opened', `${A} may call`, 'Closed', 'any origin that A allows may no longer call'],
    },
    {
      name: 'code of nine names is compared name by name',
      was: asked(...'ABCDEFGH'),
      is: asked(...'ABCDEFGHI'),
      lines: ['Opened', 'any origin that I allows may call'],
    },
    {
      name: 'code of eight names is compared name by name',
      was: asked(...'ABCDEFG'),
      is: asked(...'ABCDEFGH'),
      lines: ['Opened', 'any origin that H allows may call'],
    },
    {
      name: 'six origins were added, each by its name',
      was: {},
      is: { origin: [...'abcdef'].map((name) => `https://${name}.example`) },
      lines: [
        'Opened',
        'https://a.example, https://b.example, https://c.example, https://d.example, https://e.example, https://f.example may call',
      ],
    },
    {
      name: 'seven origins were added, by the first five',
      was: {},
      is: { origin: [...'abcdefg'].map((name) => `https://${name}.example`) },
      lines: [
        'Opened',
        'https://a.example, https://b.example, https://c.example, https://d.example, https://e.example, and 2 more may call',
      ],
    },
  ])('$name', async ({ was, is, method = 'GET', lines }) => {
    const route = `${method} /a`;
    const text = await difference({ routes: { [route]: was } }, { routes: { [route]: is } });
    expect(linesOf(text).filter((line) => !line.startsWith(route))).toEqual(lines);
  });
});

describe('Of an application it is told that', () => {
  test.each<{ name: string; was: WrittenDocument; is: WrittenDocument; lines: readonly string[] }>([
    {
      name: 'a new route that is closed is closed, however it refuses',
      was: {},
      is: { routes: { 'GET /a': { enforce: false } } },
      lines: ['Changed', 'new, and closed', 'GET /a (Handler of GET /a), new'],
    },
    {
      name: 'a handler has another method',
      was: { routes: { 'GET /a': ON_A }, handlers: { 'GET /a': 'Books.list' } },
      is: { routes: { 'POST /a': ON_A }, handlers: { 'POST /a': 'Books.list' } },
      lines: ['Moved', 'from GET /a (Books.list)', 'POST /a (Books.list)'],
    },
    {
      name: 'a handler of several routes keeps the method of each',
      was: {
        routes: { 'GET /a': ON_A, 'POST /a': ON_A },
        handlers: { 'GET /a': 'B.all', 'POST /a': 'B.all' },
      },
      is: {
        routes: { 'POST /b': ON_A, 'GET /b': ON_A },
        handlers: { 'POST /b': 'B.all', 'GET /b': 'B.all' },
      },
      lines: [
        ...['Moved', 'from POST /a (B.all)', 'POST /b (B.all)'],
        ...['from GET /a (B.all)', 'GET /b (B.all)'],
      ],
    },
    {
      name: 'another handler has not moved',
      was: { routes: { 'GET /a': {} }, handlers: { 'GET /a': 'A.a' } },
      is: { routes: { 'GET /b': {} }, handlers: { 'GET /b': 'B.b' } },
      lines: [
        ...['Changed', 'new, and closed', 'GET /b (B.b), new'],
        ...['gone; it was closed', 'GET /a (A.a), gone'],
      ],
    },
    {
      name: 'another name is another policy',
      was: { named: { a: ON_A } },
      is: { named: { b: ON_A } },
      lines: [
        ...['Opened', `${A} may call`, 'policy b, new'],
        ...['Closed', `${A} may no longer call`, 'policy a, gone'],
      ],
    },
    {
      name: 'nothing changed where entries of paths changed places',
      was: { paths: { '/a': ON_A, '/b': ON_A } },
      is: { paths: { '/b': ON_A, '/a': ON_A } },
      lines: ['No policy changed what pages may do.'],
    },
  ])('$name', async ({ was, is, lines }) => {
    expect(linesOf(await difference(was, is))).toEqual(lines);
  });

  test('nothing changed where another hand wrote the fields', async () => {
    const document = written({ routes: { 'GET /a': ON_A } });
    const turned: CorsDocument = {
      ...document,
      policies: Object.fromEntries(
        Object.entries(document.policies).map(([key, policy]) => [
          key,
          Object.fromEntries(Object.entries(policy).reverse()) as unknown as typeof policy,
        ]),
      ),
    };
    expect((await differenceOf(document, turned)).places).toEqual([]);
  });

  test('code is asked, by its names in order', async () => {
    const routes = { 'GET /a': asked('B', 'A'), 'GET /b': { origin: 'fn:a' } };
    const document = written({ routes });
    expect((await differenceOf(document, document)).asked).toEqual(['A', 'B', 'a']);
  });
});

const SEVEN = [...'abcdefg'].map((name) => `GET /${name}`);
const routesOf = (policy: WrittenPolicy) =>
  Object.fromEntries(SEVEN.map((route) => [route, policy]));

describe('A difference is written', () => {
  test('with the first places of many, or with all', async () => {
    const [was, is] = [{ routes: routesOf({}) }, { routes: routesOf(ON_A) }];
    const places = SEVEN.map((route) => `    ${route} (Handler of ${route})`);
    const head = ['Opened', `  ${A} may call`];
    const tail = ['', 'Places: opened: 7.', ''];
    expect(await difference(was, is)).toBe(
      [...head, ...places.slice(0, 5), '    and 2 more', ...tail].join('\n'),
    );
    expect(await difference(was, is, { all: true })).toBe([...head, ...places, ...tail].join('\n'));
  });

  test('as Markdown, in which only names are code', async () => {
    const text = await difference(
      {
        routes: {
          'GET /a': { ...ON_A, methods: ['GET'], allowedHeaders: [] },
          'ALL /b': { ...ON_A, methods: ['GET'] },
        },
      },
      {
        routes: {
          'GET /a': {
            ...ON_A,
            methods: ['GET'],
            allowedHeaders: ['cookies-x', 'x-cookies'],
            enforce: false,
          },
          'ALL /b': { ...ON_A, exposedHeaders: '*', privateNetwork: true },
        },
        defaults: asked('B', 'C'),
      },
      { markdown: true },
    );
    expect(text).toBe(`## CORS policies

Places: opened: 3.

### Opened

- \`${A}\` may send \`cookies-x, x-cookies\`
  - \`GET /a\` (\`Handler of GET /a\`)
- Pages may have handlers run, and read nothing: refusals are not enforced
  - \`GET /a\` (\`Handler of GET /a\`)
- \`${A}\` may use any method; read any header; call from outside of the private network
  - \`ALL /b\` (\`Handler of ALL /b\`)
- any origin that \`B\` allows, any origin that \`C\` allows may call
  - any other URL


Code is the same as far as can be seen; what it answers is not compared: \`B\`, \`C\`.
`);
  });
});
