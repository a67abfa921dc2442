import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isExact,
  readOriginPattern,
  serializePattern,
} from '../../../src/protocol/origin/origin-pattern.js';
import { anyText, brokenOrigin, serializedOrigin } from '../origins.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

function problemOf(text: string) {
  const read = readOriginPattern(text);
  return 'problem' in read ? read.problem : undefined;
}

describe('An origin string', () => {
  const exact = { port: '', subdomains: false };
  test.each([
    {
      text: 'https://app.example.com',
      pattern: { ...exact, scheme: 'https', host: 'app.example.com' },
    },
    {
      text: 'http://localhost:3000',
      pattern: { scheme: 'http', host: 'localhost', port: '3000', subdomains: false },
    },
    {
      text: 'http://localhost:*',
      pattern: { scheme: 'http', host: 'localhost', port: '*', subdomains: false },
    },
    {
      text: 'https://*.example.com',
      pattern: { scheme: 'https', host: 'example.com', port: '', subdomains: true },
    },
    {
      text: 'https://*.example.com:8443',
      pattern: { scheme: 'https', host: 'example.com', port: '8443', subdomains: true },
    },
    {
      text: 'http://*.localhost:*',
      pattern: { scheme: 'http', host: 'localhost', port: '*', subdomains: true },
    },
    {
      text: 'http://[::1]:*',
      pattern: { scheme: 'http', host: '[::1]', port: '*', subdomains: false },
    },
    {
      text: 'http://[::1]:3000',
      pattern: { scheme: 'http', host: '[::1]', port: '3000', subdomains: false },
    },
    {
      text: 'http://127.0.0.1:*',
      pattern: { scheme: 'http', host: '127.0.0.1', port: '*', subdomains: false },
    },
    {
      text: 'https://*.xn--bcher-kva.example',
      pattern: { scheme: 'https', host: 'xn--bcher-kva.example', port: '', subdomains: true },
    },
    {
      text: 'https://a_b.example.com',
      pattern: { ...exact, scheme: 'https', host: 'a_b.example.com' },
    },
    { text: 'https://example.com.', pattern: { ...exact, scheme: 'https', host: 'example.com.' } },
    {
      text: 'https://*.com',
      pattern: { scheme: 'https', host: 'com', port: '', subdomains: true },
    },
    {
      text: 'profile://localhost',
      pattern: { ...exact, scheme: 'profile', host: 'localhost' },
    },
    {
      text: 'capacitor://localhost',
      pattern: { ...exact, scheme: 'capacitor', host: 'localhost' },
    },
    {
      text: 'ionic://localhost:*',
      pattern: { scheme: 'ionic', host: 'localhost', port: '*', subdomains: false },
    },
    {
      text: 'chrome-extension://ABCdef',
      pattern: { ...exact, scheme: 'chrome-extension', host: 'ABCdef' },
    },
  ])('$text is read', ({ text, pattern }) => {
    expect(readOriginPattern(text)).toStrictEqual({ pattern });
    expect(serializePattern(pattern)).toBe(text);
  });

  const form = (text: string, remark: string) =>
    `"${text}" is not the form in which browsers send an origin${remark}.`;

  test.each([
    {
      text: 'app.example.com',
      remark: ': the scheme is missing',
      correct: 'https://app.example.com',
    },
    { text: '*.example.com', remark: ': the scheme is missing', correct: 'https://*.example.com' },
    {
      text: 'app.example.com:8443',
      remark: ': the scheme is missing',
      correct: 'https://app.example.com:8443',
    },
    {
      text: 'app.example.com/',
      remark: ': the scheme is missing',
      correct: 'https://app.example.com',
    },
    { text: 'localhost:3000', remark: ': the scheme is missing', correct: 'http://localhost:3000' },
    { text: 'localhost:*', remark: ': the scheme is missing', correct: 'http://localhost:*' },
    { text: '127.0.0.1:3000', remark: ': the scheme is missing', correct: 'http://127.0.0.1:3000' },
    { text: '[::1]:3000', remark: ': the scheme is missing', correct: 'http://[::1]:3000' },
    {
      text: '//app.example.com',
      remark: ': "://" stands between scheme and host',
      correct: 'https://app.example.com',
    },
    {
      text: 'https:/app.example.com',
      remark: ': "://" stands between scheme and host',
      correct: 'https://app.example.com',
    },
    {
      text: 'https:app.example.com',
      remark: ': "://" stands between scheme and host',
      correct: 'https://app.example.com',
    },
    {
      text: 'HTTP:/localhost',
      remark: ': "://" stands between scheme and host',
      correct: 'http://localhost',
    },
    {
      text: 'https//app.example.com',
      remark: ': "://" stands between scheme and host',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com/',
      remark: ': it ends with a slash',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://*.example.com/',
      remark: ': it ends with a slash',
      correct: 'https://*.example.com',
    },
    {
      text: 'http://localhost:*/',
      remark: ': it ends with a slash',
      correct: 'http://localhost:*',
    },
    {
      text: 'capacitor://localhost/',
      remark: ': it ends with a slash',
      correct: 'capacitor://localhost',
    },
    {
      text: 'https://app.example.com//',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com/login',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com/login/',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com/*',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com?x=1',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com#top',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com\\login',
      remark: ': it has a path',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com:443',
      remark: ': the default port is left out',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://*.example.com:443',
      remark: ': the default port is left out',
      correct: 'https://*.example.com',
    },
    {
      text: 'http://localhost:80',
      remark: ': the default port is left out',
      correct: 'http://localhost',
    },
    {
      text: 'HTTP://localhost:80',
      remark: ': the default port is left out',
      correct: 'http://localhost',
    },
    {
      text: 'https://App.Example.com',
      remark: ': it is lower case',
      correct: 'https://app.example.com',
    },
    {
      text: 'HTTPS://app.example.com',
      remark: ': it is lower case',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://*.Example.com',
      remark: ': it is lower case',
      correct: 'https://*.example.com',
    },
    {
      text: 'Capacitor://localhost',
      remark: ': it is lower case',
      correct: 'capacitor://localhost',
    },
    {
      text: 'https://me@app.example.com',
      remark: ': it holds user information',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://me:secret@app.example.com:8443',
      remark: ': it holds user information',
      correct: 'https://app.example.com:8443',
    },
    {
      text: 'https://a@b@app.example.com/',
      remark: ': it holds user information',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://bücher.example',
      remark: ': host names are ASCII (punycode)',
      correct: 'https://xn--bcher-kva.example',
    },
    {
      text: 'https://*.bücher.example',
      remark: ': host names are ASCII (punycode)',
      correct: 'https://*.xn--bcher-kva.example',
    },
    {
      text: ' https://app.example.com',
      remark: ': there are spaces around it',
      correct: 'https://app.example.com',
    },
    {
      text: 'https://app.example.com\n',
      remark: ': there are spaces around it',
      correct: 'https://app.example.com',
    },
    { text: ' null', remark: ': there are spaces around it', correct: 'null' },
    { text: '* ', remark: ': there are spaces around it', correct: '*' },
    { text: 'NULL', remark: ': it is lower case', correct: 'null' },
    { text: 'nullx', remark: ': the scheme is missing', correct: 'https://nullx' },
    { text: 'xnull', remark: ': the scheme is missing', correct: 'https://xnull' },
    {
      text: 'app.example.com/https:x',
      remark: ': the scheme is missing',
      correct: 'https://app.example.com',
    },
    {
      text: 'http:/app.example.com',
      remark: ': "://" stands between scheme and host',
      correct: 'http://app.example.com',
    },
    { text: 'capacitor://localhost:', remark: '', correct: 'capacitor://localhost' },
    { text: 'http://127.1', remark: '', correct: 'http://127.0.0.1' },
    { text: 'http://0x7f.0.0.1:3000', remark: '', correct: 'http://127.0.0.1:3000' },
    { text: 'http://[0:0:0:0:0:0:0:1]', remark: '', correct: 'http://[::1]' },
    { text: 'https://app.example.com:', remark: '', correct: 'https://app.example.com' },
    { text: 'https://app.example.com:08443', remark: '', correct: 'https://app.example.com:8443' },
    { text: 'https://%61pp.example.com', remark: '', correct: 'https://app.example.com' },
  ])('$text is refused$remark; $correct is right', ({ text, remark, correct }) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: form(text, remark),
      hint: `Write '${correct}'.`,
    });
  });

  test.each([
    {
      text: 'https://app.example.com,https://admin.example.com',
      list: "'https://app.example.com', 'https://admin.example.com'",
    },
    {
      text: 'https://app.example.com , admin.example.com/',
      list: "'https://app.example.com', 'https://admin.example.com'",
    },
    { text: 'https://app.example.com,', list: "'https://app.example.com'" },
    { text: 'https://app.example.com,Null', list: "'https://app.example.com', 'null'" },
    { text: '*,https://app.example.com', list: "'*', 'https://app.example.com'" },
    { text: 'https://app.example.com,https://*', list: "'https://app.example.com', 'https://*'" },
  ])('$text is refused, since one string holds one origin', ({ text, list }) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: 'One string holds one origin.',
      hint: `Write an array: [${list}].`,
    });
  });

  test.each(['null', '*'])('%s is no pattern', (text) => {
    expect(readOriginPattern(text)).toHaveProperty('problem');
  });

  test("'file://' is what app shells send for every file", () => {
    expect(readOriginPattern('file://')).toStrictEqual({
      pattern: { scheme: 'file', host: '', port: '', subdomains: false },
    });
  });

  test.each([
    'file:',
    'file:/',
    'file:///',
    'file:///index.html',
    'file:///c:/x',
    'file://*',
    'file://host',
    ' file://',
    'FILE://',
    'FILE://x',
    ' file:x',
  ])('%p is refused, since files have no origin', (text) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: 'Pages that are opened from a file have no origin of their own.',
      hint: "Browsers send 'null' for them; serve the page over http instead, e.g. from 'http://localhost:*'. For app shells (Electron, WebViews) write 'file://', which they send for every file.",
    });
  });

  test.each(['', ' ', '\n'])('%p is refused as empty', (text) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: 'The origin is empty.',
      hint: "Write e.g. 'https://app.example.com', or false for nobody.",
    });
  });

  test.each([
    ['https://pr-*.example.com', String.raw`/^https:\/\/pr-[a-z0-9-]+\.example\.com$/`],
    ['https://app*.example.com', String.raw`/^https:\/\/app[a-z0-9-]+\.example\.com$/`],
    ['HTTPS://PR-*.example.com:443/', String.raw`/^https:\/\/pr-[a-z0-9-]+\.example\.com$/`],
    ['https://app.*.example.com', String.raw`/^https:\/\/app\.[a-z0-9-]+\.example\.com$/`],
    ['https://*.*.example.com', String.raw`/^https:\/\/[a-z0-9-]+\.[a-z0-9-]+\.example\.com$/`],
    ['https://**.example.com', String.raw`/^https:\/\/[a-z0-9-]+\.example\.com$/`],
    ['http://pr-*.app.localhost:3000', String.raw`/^http:\/\/pr-[a-z0-9-]+\.app\.localhost:3000$/`],
    ['https://pr-*.example.com:*', String.raw`/^https:\/\/pr-[a-z0-9-]+\.example\.com(?::\d+)?$/`],
  ])('%s is refused, and the expression %s is named', (text, expression) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: `"${text}" has a star in a place other than the first label of the host.`,
      hint: `Write the expression ${expression}.`,
    });
  });

  test.each([
    [
      'https://app.example.com:[8080,8081]',
      "an array: ['https://app.example.com:8080', 'https://app.example.com:8081']",
    ],
    [
      'https://*.example.com:[443, 8443]',
      "an array: ['https://*.example.com', 'https://*.example.com:8443']",
    ],
    ['https://*.example.com:[*]', "'https://*.example.com:*'"],
    ['http://localhost:[3000]', "'http://localhost:3000'"],
  ])("%s, Spring's spelling of ports, is refused, and %s is named", (text, spelling) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: 'Ports in brackets are not supported.',
      hint: `Write ${spelling}.`,
    });
  });

  test.each([
    { text: 'https://*', because: 'the star is the whole host' },
    { text: '\u{1f101}', because: 'that letter is read as a nought and a comma' },
    { text: 'https://*example.com', because: 'the star is part of a label' },
    { text: 'https://app.example.*', because: 'the star is at the end' },
    { text: '*://app.example.com', because: 'the star is the scheme' },
    { text: 'http*://app.example.com', because: 'the star is part of the scheme' },
    { text: 'https://app.example.com:80*', because: 'the star is part of the port' },
    { text: 'https://app.example.com:*:80', because: 'there are two ports' },
    { text: 'https://app.example.com:3000-4000', because: 'the port is a range' },
    { text: 'https://app.example.com:65536', because: 'there is no such port' },
    { text: 'https://app.example.com:http', because: 'the port is a name' },
    { text: 'https://app-*.com', because: 'the star is part of a site' },
    { text: 'https://app*..example.com', because: 'a label is empty' },
    { text: 'https://app*.example.com:65536', because: 'there is no such port' },
    { text: 'https://*.127.0.0.1', because: 'an address has no labels' },
    { text: 'https://*.[::1]', because: 'an address has no labels' },
    { text: 'https://[::1', because: 'the address is not closed' },
    { text: 'https://1.2.3.256', because: 'there is no such address' },
    { text: 'https://.example.com', because: 'a label is empty' },
    { text: 'https://app..example.com', because: 'a label is empty' },
    { text: 'https://*..example.com', because: 'a label is empty' },
    { text: 'https://xn--a', because: 'it is no punycode' },
    { text: 'https://app example.com', because: 'there is a space in it' },
    { text: 'https://', because: 'there is no host' },
    { text: 'https://:3000', because: 'there is no host' },
    { text: 'https:///app.example.com', because: 'there is no host' },
    { text: 'about:blank', because: 'the scheme has no host' },
    { text: 'chrome-extension://*', because: 'the star is the whole host' },
    { text: 'app://hóst', because: 'only names of the web have a punycode form' },
    { text: '/^https:.*$/', because: 'it is the text of an expression' },
  ])('$text is refused: $because', ({ text }) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: `"${text}" is not an origin.`,
      hint: "Write scheme, host and, unless it is the default, port: 'https://app.example.com' or 'https://*.example.com'.",
    });
  });

  const label = 'a'.repeat(63);
  const longLabel = 'a label of its host is too long';
  const longHost = 'its host is too long';
  const labels = 'Between two dots, there are at most 63 characters.';
  const hosts = 'A host name has at most 253 characters.';
  test.each([
    {
      text: 'http://localhost:0',
      why: 'no page is served from port 0',
      hint: "Name the port, or write 'http://localhost:*' for any.",
    },
    {
      text: 'https://*.app.test:0',
      why: 'no page is served from port 0',
      hint: "Name the port, or write 'https://*.app.test:*' for any.",
    },
    { text: `https://${label}a.test`, why: longLabel, hint: labels },
    { text: `https://*.${label}a`, why: longLabel, hint: labels },
    { text: `https://${label}.${label}.${label}.${'b'.repeat(62)}`, why: longHost, hint: hosts },
    { text: `https://${label}.${label}.${label}.${'b'.repeat(62)}.`, why: longHost, hint: hosts },
    { text: `https://*.${label}.${label}.${label}.${'b'.repeat(60)}`, why: longHost, hint: hosts },
  ])('$text is refused: $why', ({ text, why, hint }) => {
    expect(problemOf(text)).toStrictEqual({
      code: 'invalid-origin',
      value: text,
      message: `"${text}" never matches: ${why}.`,
      hint,
    });
  });

  test.each([
    `https://${label}.test`,
    `https://${label}.${label}.${label}.${'b'.repeat(61)}`,
    `https://${label}.${label}.${label}.${'b'.repeat(61)}.`,
    `https://*.${label}.${label}.${label}.${'b'.repeat(59)}`,
    `app://${label}a`,
    'http://localhost:1',
  ])('%s is not too long', (text) => {
    expect(problemOf(text)).toBeUndefined();
  });

  test.each([
    { text: 'https://app.example.com', one: true },
    { text: 'http://localhost:3000', one: true },
    { text: 'http://localhost:*', one: false },
    { text: 'https://*.example.com', one: false },
    { text: 'http://*.localhost:*', one: false },
  ])('$text allows one origin only: $one', ({ text, one }) => {
    const read = readOriginPattern(text);
    expect('pattern' in read && isExact(read.pattern)).toBe(one);
  });
});

describe(`Reading an origin string ${SEEDED}`, () => {
  const text = fc.oneof(
    brokenOrigin,
    anyText,
    brokenOrigin.map((broken) => broken.replace('://', '://*.')),
  );

  test('throws on no text at all', () => {
    checkProperty(
      fc.property(anyText, (given) => {
        expect(Object.keys(readOriginPattern(given))).toHaveLength(1);
      }),
      3000,
    );
  });

  test('accepts every serialized origin of the web as it is', () => {
    checkProperty(
      fc.property(serializedOrigin, (origin) => {
        const read = readOriginPattern(origin);
        expect('pattern' in read && serializePattern(read.pattern)).toBe(origin);
      }),
      1000,
    );
  });

  test('accepts only what it would write itself', () => {
    checkProperty(
      fc.property(text, (given) => {
        const read = readOriginPattern(given);
        if ('pattern' in read) expect(serializePattern(read.pattern)).toBe(given);
      }),
      3000,
    );
  });

  test('hints at a spelling that it accepts', () => {
    let hints = 0;
    checkProperty(
      fc.property(text, (given) => {
        const [, correct] = /^Write '(.*)'\.$/s.exec(problemOf(given)?.hint ?? '') ?? [];
        if (correct === undefined || correct === 'null' || correct === '*') return;
        hints += 1;
        expect(readOriginPattern(correct)).toHaveProperty('pattern');
      }),
      3000,
    );
    expect(hints).toBeGreaterThan(500);
  });
});
