import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QUESTION_FIELDS } from '../../../src/explorer/paste/paste-reading.js';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import { cpuTime } from '../../harness/cpu-time.js';
import { SHOP } from '../../harness/origins.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

const API = 'https://api.example.com/books';
const ACCESS = `Access to fetch at '${API}' from origin '${SHOP}' has been blocked by CORS policy: `;
const MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
const FIREFOX =
  'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ';

describe('Hostile text', () => {
  const STARTS = [
    '',
    ACCESS,
    FIREFOX,
    'curl ',
    "curl '",
    'curl ^"',
    'fetch("a", {',
    'XMLHttpRequest cannot load ',
  ];
  const filled = (text: string) => text.repeat(Math.ceil(200_000 / text.length)).slice(0, 200_000);
  test.each([
    ...[
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '^',
      '{',
      '[',
      '(',
      '$',
      "$'",
      '`',
      '\0',
      '\u2028',
      '😀',
      'é',
      '-',
      '\ud800',
    ],
    ...[
      'Origin ',
      'Access to ',
      "Access to a at '",
      'net::ERR_',
      'GET http://a net::ERR_',
      'Origin http://a is not ',
    ],
    ...[
      'fetch(',
      'fetch({',
      'fetch("a",{"a":[',
      'curl ',
      "curl '",
      'curl ^"',
      'curl -',
      'curl -H ',
      "Failed to execute 'fetch' on 'a': ",
    ],
    ...[
      'CORS http://',
      'https://a.example/CORS',
      'Window.fetch: ',
      FIREFOX,
      ACCESS,
      '[[',
      '{"a":',
      'Method a',
      '. Origin ',
      'redirected from ',
    ],
  ])('is read within 100 ms: 200 kB of %j', async (text) => {
    for (const start of STARTS) {
      const pasted = start + filled(text);
      const milliseconds = await cpuTime(() => readPaste(pasted), 100);
      expect({ start, isSlow: milliseconds > 100 }).toEqual({ start, isSlow: false });
    }
  });

  test.each<[name: string, text: string, question: object]>([
    [
      'a tag as a header',
      `fetch("${API}", {"headers":{"<img src=x onerror=alert(1)>":"1"}})`,
      { headers: { '<img src=x onerror=alert(1)>': '' } },
    ],
    ['a tag in a URL', `curl '${API}?<img/onerror=1>'`, { url: `${API}?<img/onerror=1>` }],
    [
      '__proto__ as a header',
      `curl ${API} -H '__proto__: 1'`,
      { headers: JSON.parse('{"__proto__":""}') as object },
    ],
    [
      '__proto__ as an option',
      `fetch("${API}", {"__proto__":{"method":"PUT"}})`,
      { method: 'GET' },
    ],
    [
      'names of every object as headers',
      `curl ${API} --constructor --toString -H 'constructor: 1'`,
      { headers: { constructor: '' } },
    ],
    [
      'control characters in a line',
      `${ACCESS.replaceAll(' ', '\0\x1b ')}${MISSING}`,
      { url: API },
    ],
  ])('is text like any other: %s', (_name, text, question) => {
    expect(readPaste(text)).toMatchObject({ kind: 'question', question });
    expect(({} as Record<string, unknown>)['method']).toBeUndefined();
  });

  test('of 100,000 brackets does not exhaust the stack', () => {
    expect(readPaste(`fetch("a", ${'['.repeat(100_000)}`).kind).toBe('question');
    expect(readPaste('['.repeat(100_000)).kind).toBe('unreadable');
  });
});

describe('Whatever is pasted', () => {
  const pieces = fc.constantFrom(
    ...[ACCESS, MISSING, FIREFOX, API, 'fetch(', 'curl ', '"', "'", '{', '}', '[', ']', '(', ')'],
    ...[
      '\\',
      '^',
      ',',
      ':',
      '-H ',
      '-X ',
      'a',
      ' ',
      '\n',
      '\0',
      '`',
      '${',
      '//',
      '/*',
      '$',
      '__proto__',
    ],
    ...[
      'net::ERR_',
      'Origin ',
      '{"log":{"entries":[',
      '{"request":{"url":"a","method":"b"}}',
      '...',
    ],
  );

  test(`is read without an exception, and for plain data ${SEEDED}`, () => {
    checkProperty(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const reading = readPaste(parts.join(''));
        expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
        if (reading.kind === 'unreadable') return;
        // Each field is told or asked for.
        const told = QUESTION_FIELDS.filter((field) => reading.question[field] !== undefined);
        expect([...told, ...reading.missing].sort()).toEqual([...QUESTION_FIELDS].sort());
      }),
      3000,
    );
  });
});
