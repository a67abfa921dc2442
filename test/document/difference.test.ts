import { describe, expect, test } from '@jest/globals';
import { describeDifference } from '../../src/document/difference-report.js';
import { differenceOf, opensAnything } from '../../src/document/difference.js';
import { type WrittenDocument, type WrittenPolicy, written } from './written-document.js';

async function told(before: WrittenDocument, after: WrittenDocument, markdown = false) {
  const difference = await differenceOf(written(before), written(after));
  const text = describeDifference(difference, { markdown });
  return {
    text,
    lines: text.split('\n').map((line) => line.trim()),
    opens: opensAnything(difference),
  };
}

const NOTHING = 'No policy changed what pages may do.';
const A = 'https://a.example';
const ON_A = { origin: [A] };
const COOKIES = { ...ON_A, credentials: true };

interface Row {
  readonly name: string;
  readonly was: WrittenPolicy | readonly WrittenPolicy[];
  readonly is: WrittenPolicy | readonly WrittenPolicy[];
  /** Headings and findings; the place is always the same route. */
  readonly lines: readonly string[];
  readonly opens: boolean;
  /** Default: GET. */
  readonly method?: string;
}

describe('Of a route it is told that', () => {
  test.each<Row>([
    { name: 'nothing changed', was: ON_A, is: ON_A, lines: [], opens: false },
    {
      name: 'an origin was added',
      was: ON_A,
      is: { origin: [A, 'https://b.example'] },
      lines: ['Opened', 'https://b.example may call'],
      opens: true,
    },
    {
      name: 'an origin was taken away',
      was: ON_A,
      is: {},
      lines: ['Closed', `${A} may no longer call`],
      opens: false,
    },
    {
      name: 'it opened to any origin',
      was: ON_A,
      is: { origin: '*' },
      lines: ['Opened', 'any origin may call'],
      opens: true,
    },
    {
      name: 'it closed to all but a list',
      was: { origin: '*' },
      is: ON_A,
      lines: ['Closed', 'any origin may no longer call'],
      opens: false,
    },
    {
      name: 'an origin with cookies was added',
      was: {},
      is: COOKIES,
      lines: ['Opened with credentials', `${A} may call, with cookies`],
      opens: true,
    },
    {
      name: 'cookies were added',
      was: ON_A,
      is: COOKIES,
      lines: ['Opened with credentials', `${A} may send cookies`],
      opens: true,
    },
    {
      name: 'cookies were taken away',
      was: COOKIES,
      is: ON_A,
      lines: ['Closed', `${A} may no longer send cookies`],
      opens: false,
    },
    {
      name: 'a string became a pattern that covers it',
      was: { origin: 'https://x.a.example' },
      is: { origin: 'https://*.a.example' },
      lines: ['Opened', 'a part of https://*.a.example (such as https://a.a.example) may call'],
      opens: true,
    },
    {
      name: 'a pattern became a string that it covers',
      was: { origin: 'https://*.a.example' },
      is: { origin: 'https://x.a.example' },
      lines: [
        'Closed',
        'a part of https://*.a.example (such as https://a.a.example) may no longer call',
      ],
      opens: false,
    },
    {
      name: 'nothing changed where a covered pattern was taken away',
      was: { origin: ['https://*.a.example', 'https://*.b.a.example'] },
      is: { origin: ['https://*.a.example'] },
      lines: [],
      opens: false,
    },
    {
      name: 'nothing changed where a port that any covers was added',
      was: { origin: 'http://localhost:*' },
      is: { origin: ['http://localhost:*', 'http://localhost:3000'] },
      lines: [],
      opens: false,
    },
    {
      name: 'nothing changed where a pattern became the same expression',
      was: { origin: 'https://*.a.example' },
      is: { origin: '/^https:\\/\\/.+\\.a\\.example$/' },
      lines: [],
      opens: false,
    },
    {
      name: 'nothing changed where a list became the same expression',
      was: { origin: ['https://a.example', 'https://b.example'] },
      is: { origin: '/^https:\\/\\/[ab]\\.example$/' },
      lines: [],
      opens: false,
    },
    {
      name: 'an expression became a wider one',
      was: { origin: '/^https:\\/\\/[ab]\\.example$/' },
      is: { origin: '/^https:\\/\\/[a-c]\\.example$/' },
      lines: [
        'Opened',
        'a part of /^https:\\/\\/[a-c]\\.example$/ (such as https://c.example) may call',
      ],
      opens: true,
    },
    {
      name: 'null was added',
      was: ON_A,
      is: { origin: [A, 'null'] },
      lines: ['Opened', 'null may call'],
      opens: true,
    },
    {
      name: 'a resolver is asked besides',
      was: ON_A,
      is: { origin: [A, 'ask:Partners'] },
      lines: [
        'Opened',
        'any origin that Partners allows may call',
        'Code is the same as far as can be seen; what it answers is not compared: Partners.',
      ],
      opens: true,
    },
    {
      name: 'a resolver is asked no more',
      was: { origin: [A, 'ask:Partners'] },
      is: ON_A,
      lines: ['Closed', 'any origin that Partners allows may no longer call'],
      opens: false,
    },
    {
      name: 'a resolver of the same name is the same as far as can be seen',
      was: { origin: 'ask:Partners' },
      is: { origin: 'ask:Partners' },
      lines: ['Code is the same as far as can be seen; what it answers is not compared: Partners.'],
      opens: false,
    },
    {
      name: 'another resolver is asked',
      was: { origin: 'ask:Partners' },
      is: { origin: 'ask:Everybody' },
      lines: [
        'Cannot be compared, and may have opened',
        'asked Partners, and asks Everybody now',
        'Code is the same as far as can be seen; what it answers is not compared: Everybody.',
      ],
      opens: true,
    },
    {
      name: 'another function is asked, and an origin was added',
      was: { origin: 'fn:isOurs' },
      is: { origin: ['fn:isAnybodys', A] },
      lines: [
        'Opened',
        `${A} may call`,
        'Cannot be compared, and may have opened',
        'asked isOurs, and asks isAnybodys now',
        'Code is the same as far as can be seen; what it answers is not compared: isAnybodys.',
      ],
      opens: true,
    },
    {
      name: 'an expression that no automaton can be made of is compared by its text',
      was: { origin: '/^(a)\\1$/' },
      is: { origin: '/^(b)\\1$/' },
      lines: [
        'Cannot be compared, and may have opened',
        'asked /^(a)\\1$/, and asks /^(b)\\1$/ now',
      ],
      opens: true,
    },
    {
      name: 'a header may be sent',
      was: ON_A,
      is: {
        ...ON_A,
        allowedHeaders: [
          'accept',
          'authorization',
          'content-type',
          'user-agent',
          'X-CSRF-Token',
          'x-csrftoken',
          'x-requested-with',
          'X-Trace',
        ],
      },
      lines: ['Opened', `${A} may send x-trace`],
      opens: true,
    },
    {
      name: 'any header may be sent',
      was: ON_A,
      is: { ...ON_A, allowedHeaders: '*' },
      lines: ['Opened', `${A} may send any header`],
      opens: true,
    },
    {
      name: 'headers may be read no more',
      was: { ...ON_A, exposedHeaders: ['X-A', 'X-B'] },
      is: { ...ON_A, exposedHeaders: ['x-b'] },
      lines: ['Closed', `${A} may no longer read x-a`],
      opens: false,
    },
    {
      name: 'the private network was opened',
      was: ON_A,
      is: { ...ON_A, privateNetwork: true },
      lines: ['Opened', `${A} may call from outside of the private network`],
      opens: true,
    },
    {
      name: 'its method is permitted no more',
      was: ON_A,
      is: { ...ON_A, methods: ['PUT'] },
      lines: ['Closed', `${A} may no longer call`],
      opens: false,
    },
    {
      name: 'its method is permitted',
      was: { ...ON_A, methods: ['PUT'] },
      is: { ...ON_A, methods: ['PUT', 'GET'] },
      lines: ['Opened', `${A} may call`],
      opens: true,
    },
    {
      name: 'nothing changed where another method was permitted',
      was: { ...ON_A, methods: ['GET'] },
      is: { ...ON_A, methods: ['GET', 'PUT'] },
      lines: [],
      opens: false,
    },
    {
      name: 'nothing changed where HEAD was spelled out',
      method: 'HEAD',
      was: { ...ON_A, methods: ['GET'] },
      is: { ...ON_A, methods: ['GET', 'HEAD'] },
      lines: [],
      opens: false,
    },
    {
      name: 'a method was permitted, where it serves all',
      method: 'ALL',
      was: { ...ON_A, methods: ['GET'] },
      is: { ...ON_A, methods: ['GET', 'HEAD', 'PUT'] },
      lines: ['Opened', `${A} may use PUT`],
      opens: true,
    },
    {
      name: 'refusals are not enforced',
      was: ON_A,
      is: { ...ON_A, enforce: false },
      lines: ['Opened', 'Pages may have handlers run, and read nothing: refusals are not enforced'],
      opens: true,
    },
    {
      name: 'other sites are kept out no more',
      was: { ...ON_A, isolate: true },
      is: ON_A,
      lines: [
        'Opened',
        'Pages may embed and submit without Origin, from other sites: not isolated',
      ],
      opens: true,
    },
    {
      name: 'preflights are remembered for longer',
      was: { ...ON_A, maxAge: 60 },
      is: ON_A,
      lines: ['Changed', 'maxAge 60 → 7200'],
      opens: false,
    },
    {
      name: 'nothing changed where nobody may call',
      was: { credentials: true },
      is: { maxAge: 5 },
      lines: [],
      opens: false,
    },
    {
      name: 'a policy before it gives cookies to some',
      was: { origin: '*' },
      is: [COOKIES, { origin: '*' }],
      lines: ['Opened with credentials', `${A} may send cookies`],
      opens: true,
    },
    {
      name: 'the order of policies took cookies away',
      was: [COOKIES, { origin: '*' }],
      is: [{ origin: '*' }, COOKIES],
      lines: ['Closed', `${A} may no longer send cookies`],
      opens: false,
    },
    {
      name: 'nothing changed where a second policy never holds',
      was: ON_A,
      is: [ON_A, COOKIES],
      lines: [],
      opens: false,
    },
    {
      name: 'a pattern behind another one opened in part',
      was: { origin: 'https://*.b.a.example' },
      is: [{ origin: 'https://*.b.a.example' }, { origin: 'https://*.a.example' }],
      lines: ['Opened', 'https://*.a.example may call'],
      opens: true,
    },
    {
      name: 'cookies come for a part of those that could call',
      was: { origin: 'https://*.a.example' },
      is: [
        { origin: 'https://*.b.a.example', credentials: true },
        { origin: 'https://*.a.example' },
      ],
      lines: ['Opened with credentials', 'https://*.b.a.example may send cookies'],
      opens: true,
    },
  ])('$name', async ({ was, is, lines, opens, method = 'GET' }) => {
    const route = `${method} /a`;
    const found = await told({ routes: { [route]: was } }, { routes: { [route]: is } });
    const headings = found.lines.filter(
      (line) =>
        line !== '' && !line.startsWith(route) && !line.startsWith('Places: ') && line !== NOTHING,
    );
    expect(headings).toEqual(lines);
    expect(found.opens).toBe(opens);
    const isNothing = lines.length === 0 || (lines[0] ?? '').startsWith('Code is');
    expect(found.lines.includes(NOTHING)).toBe(isNothing);
  });
});

describe('Of an application it is told that', () => {
  test.each<{
    name: string;
    was: WrittenDocument;
    is: WrittenDocument;
    lines: readonly string[];
    opens: boolean;
  }>([
    {
      name: 'a new route that is closed opens nothing',
      was: {},
      is: { routes: { 'GET /a': {} } },
      lines: [
        'Changed',
        'new, and closed',
        'GET /a (Handler of GET /a), new',
        '',
        'Places: changed: 1.',
        '',
      ],
      opens: false,
    },
    {
      name: 'a new route that is open to somebody opened',
      was: {},
      is: { routes: { 'GET /a': ON_A } },
      lines: [
        'Opened',
        `${A} may call`,
        'GET /a (Handler of GET /a), new',
        '',
        'Places: opened: 1.',
        '',
      ],
      opens: true,
    },
    {
      name: 'a route that is gone closed',
      was: { routes: { 'GET /a': ON_A, 'GET /b': {} } },
      is: {},
      lines: [
        'Closed',
        `${A} may no longer call`,
        'GET /a (Handler of GET /a), gone',
        '',
        'Changed',
        'gone; it was closed',
        'GET /b (Handler of GET /b), gone',
        '',
        'Places: closed: 1, changed: 1.',
        '',
      ],
      opens: false,
    },
    {
      name: 'a handler that moved with its policy opened nothing',
      was: { routes: { 'GET /a': ON_A }, handlers: { 'GET /a': 'Books.list' } },
      is: { routes: { 'GET /b': ON_A }, handlers: { 'GET /b': 'Books.list' } },
      lines: [
        'Moved',
        'from GET /a (Books.list)',
        'GET /b (Books.list)',
        '',
        'Places: moved: 1.',
        '',
      ],
      opens: false,
    },
    {
      name: 'a handler that moved and opened did both',
      was: { routes: { 'GET /a': {} }, handlers: { 'GET /a': 'Books.list' } },
      is: { routes: { 'GET /b': ON_A }, handlers: { 'GET /b': 'Books.list' } },
      lines: [
        'Opened',
        `${A} may call`,
        'GET /b (Books.list)',
        '',
        'Moved',
        'from GET /a (Books.list)',
        'GET /b (Books.list)',
        '',
        'Places: opened: 1, moved: 1.',
        '',
      ],
      opens: true,
    },
    {
      name: 'another handler serves the route',
      was: { routes: { 'GET /a': ON_A }, handlers: { 'GET /a': 'Books.list' } },
      is: { routes: { 'GET /a': ON_A }, handlers: { 'GET /a': 'Shelves.list' } },
      lines: [
        'Changed',
        'served by Shelves.list instead of Books.list',
        'GET /a (Shelves.list)',
        '',
        'Places: changed: 1.',
        '',
      ],
      opens: false,
    },
    {
      name: 'hosts and versions are routes of their own',
      was: { routes: { 'GET /a@x.example#1': {}, 'GET /a@x.example#2': {} } },
      is: { routes: { 'GET /a@x.example#1': {}, 'GET /a@x.example#2': ON_A } },
      lines: [
        'Opened',
        `${A} may call`,
        'GET /a (host x.example; version 2) (Handler of GET /a@x.example#2)',
        '',
        'Places: opened: 1.',
        '',
      ],
      opens: true,
    },
    {
      name: 'a paths entry, the defaults and a named policy opened',
      was: { paths: { '/graphql': {} }, named: { partners: {} } },
      is: { paths: { '/graphql': ON_A }, named: { partners: ON_A }, defaults: ON_A },
      lines: [
        'Opened',
        `${A} may call`,
        '/graphql/** (CorsModule.forRoot() paths[0])',
        'any other URL',
        'policy partners',
        '',
        'Places: opened: 3.',
        '',
      ],
      opens: true,
    },
    {
      name: 'what is with cookies comes first, whatever comes first in the document',
      was: { routes: { 'GET /a': {}, 'GET /b': {} } },
      is: { routes: { 'GET /a': ON_A, 'GET /b': COOKIES } },
      lines: [
        'Opened with credentials',
        `${A} may call, with cookies`,
        'GET /b (Handler of GET /b)',
        '',
        'Opened',
        `${A} may call`,
        'GET /a (Handler of GET /a)',
        '',
        'Places: opened with credentials: 1, opened: 1.',
        '',
      ],
      opens: true,
    },
    {
      name: 'names that are parts of every object are names like others',
      was: { routes: { 'GET /__proto__': {}, 'GET /constructor': {} }, named: { toString: {} } },
      is: { routes: { 'GET /__proto__': ON_A, 'GET /constructor': {} }, named: { toString: {} } },
      lines: [
        'Opened',
        `${A} may call`,
        'GET /__proto__ (Handler of GET /__proto__)',
        '',
        'Places: opened: 1.',
        '',
      ],
      opens: true,
    },
  ])('$name', async ({ was, is, lines, opens }) => {
    const found = await told(was, is);
    expect(found.lines).toEqual(lines);
    expect(found.opens).toBe(opens);
  });
});

test('Names that try to get out of a Markdown comment stay in it', async () => {
  const handler = '`</summary>@team\u001b[31m<img src=x>|![](//evil)\n# Approved';
  const routes = { 'GET /a': { origin: ['https://`` @b'] } };
  const { text } = await told({}, { routes, handlers: { 'GET /a': handler } }, true);
  expect(text).toBe(`## CORS policies

Places: opened: 1.

### Opened

- \`\`\` https://\`\` @b \`\`\` may call
  - \`GET /a\` (\`\` \`</summary>@team\\u{1b}[31m<img src=x>|![](//evil)\\u{a}# Approved \`\`), new

`);
});
