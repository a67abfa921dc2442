import { describe, expect, test } from '@jest/globals';
import { copiedQuestion, type CopiedRequest } from '../../../src/explorer/paste/copied-request.js';
import { SHOP } from '../../harness/origins.js';

const API = 'https://api.example.com/books';

/** Headers of a request that tell everything, so that nothing is missing. */
const TOLD = { mode: 'cors', credentials: 'omit' } as const;

function read(copied: Partial<CopiedRequest>) {
  return copiedQuestion({ from: 'somewhere', url: API, headers: [], ...copied });
}

describe('Of a request that was copied', () => {
  test.each<[name: string, copied: Partial<CopiedRequest>, question: object]>([
    ['nothing is made up', {}, { url: API, method: 'GET', headers: {} }],
    [
      'headers that browsers add are none of the page’s',
      {
        headers: [
          ...['User-Agent', 'priority', 'upgrade-insecure-requests', 'accept', 'accept-language'],
          ...['cache-control', 'pragma', 'if-none-match', 'If-Modified-Since', ':path', 'dnt'],
          'x-a',
        ].map((name) => [name, '1'] as const),
      },
      { url: API, method: 'GET', headers: { 'x-a': '' } },
    ],
    [
      'only values that a browser looks at are told',
      {
        headers: [
          ['Content-Type', 'text/plain'],
          ['Content-Language', 'de'],
          ['Range', 'bytes=0-9'],
          ['X-Key', 'secret'],
        ],
      },
      {
        url: API,
        method: 'GET',
        headers: {
          'content-type': 'text/plain',
          'content-language': 'de',
          range: 'bytes=0-9',
          'x-key': '',
        },
      },
    ],
    [
      'a value of 1,000 characters is told',
      { headers: [['content-type', 'a'.repeat(1_000)]] },
      { url: API, method: 'GET', headers: { 'content-type': 'a'.repeat(1_000) } },
    ],
    [
      'a longer value is not',
      { headers: [['content-type', 'a'.repeat(1_001)]] },
      { url: API, method: 'GET', headers: { 'content-type': '' } },
    ],
    [
      'OPTIONS that ask for no method are no preflight',
      { method: 'OPTIONS', headers: [['x-a', '1']] },
      { url: API, method: 'OPTIONS', headers: { 'x-a': '' } },
    ],
    [
      'another method is no preflight',
      { method: 'GET', headers: [['access-control-request-method', 'PUT']] },
      { url: API, method: 'GET', headers: {} },
    ],
    [
      'a preflight without headers asks for none',
      { method: 'options', headers: [['Access-Control-Request-Method', ' PUT ']] },
      { url: API, method: 'PUT', headers: {} },
    ],
    [
      'what a preflight lists is taken name by name',
      {
        method: 'OPTIONS',
        headers: [
          ['access-control-request-method', 'PUT'],
          ['access-control-request-headers', 'x-a , content-type,, '],
        ],
      },
      { url: API, method: 'PUT', headers: { 'x-a': '', 'content-type': '' } },
    ],
    [
      'the Origin header counts before the referrer',
      { headers: [['Origin', ` ${SHOP} `]], referrer: 'https://other.example/' },
      { origin: SHOP, url: API, method: 'GET', headers: {} },
    ],
    [
      'what is no origin does not count',
      { headers: [['origin', `${SHOP}/`]], referrer: 'https://other.example/a' },
      { origin: 'https://other.example', url: API, method: 'GET', headers: {} },
    ],
    [
      'the referrer counts before the header',
      { headers: [['referer', `${SHOP}/`]], referrer: 'https://other.example/a' },
      { origin: 'https://other.example', url: API, method: 'GET', headers: {} },
    ],
    ...(['cors', 'no-cors', 'same-origin'] as const).flatMap((mode) =>
      [{ mode }, { headers: [['Sec-Fetch-Mode', mode]] as const }].map(
        (copied): [string, Partial<CopiedRequest>, object] => [
          `the mode ${mode} is told`,
          copied,
          { url: API, method: 'GET', headers: {}, mode },
        ],
      ),
    ),
    [
      'another mode is none of fetch()',
      { mode: 'websocket' },
      { url: API, method: 'GET', headers: {} },
    ],
    ...(['include', 'omit', 'same-origin'] as const).map(
      (credentials): [string, Partial<CopiedRequest>, object] => [
        `the credentials mode ${credentials} is told, whatever cookies there are`,
        { credentials, headers: [['cookie', 'a=1']] },
        { url: API, method: 'GET', headers: {}, credentials },
      ],
    ),
    [
      'another credentials mode is none of fetch()',
      { credentials: 'yes' },
      { url: API, method: 'GET', headers: {} },
    ],
    [
      'cookies go to another origin only if they are included',
      {
        headers: [
          ['Cookie', 'a=1'],
          ['Origin', SHOP],
        ],
      },
      { origin: SHOP, url: API, method: 'GET', headers: {}, credentials: 'include' },
    ],
    [
      'cookies go to the own origin by themselves',
      {
        headers: [
          ['Cookie', 'a=1'],
          ['Origin', 'https://api.example.com'],
        ],
      },
      {
        origin: 'https://api.example.com',
        ...{ url: API, method: 'GET', headers: {}, credentials: 'same-origin' },
      },
    ],
    [
      'cookies of an address without origin are included, as far as anybody knows',
      { url: '/books', headers: [['cookie', 'a=1']] },
      { url: '/books', method: 'GET', headers: {}, credentials: 'include' },
    ],
    [
      'what could not be read is left out',
      { ...TOLD, method: 'PUT', untold: ['method', 'headers'] },
      { url: API, ...TOLD },
    ],
  ])('%s', (_name, copied, question) => {
    expect(read(copied).question).toStrictEqual(question);
  });

  const whole = { ...TOLD, headers: [['origin', SHOP]] } as const;
  test.each<[name: string, copied: Partial<CopiedRequest>, remarks: readonly string[]]>([
    ['nothing where all is told', whole, []],
    ['what the reader says itself, first', { ...whole, remarks: ['First.'] }, ['First.']],
    [
      'that it was a preflight',
      {
        ...{ ...TOLD, method: 'OPTIONS' },
        headers: [...whole.headers, ['access-control-request-method', 'PUT']],
      },
      ['This is a preflight: the request that it asks for was taken instead.'],
    ],
    [
      'that a browser went there itself',
      { ...whole, mode: 'navigate' },
      [
        'The browser went to this address itself, which CORS does not concern.',
        'The request does not tell the mode: fill in what differs from fetch()’s defaults.',
      ],
    ],
    [
      'that a browser went there itself, by its header',
      { credentials: 'omit', headers: [...whole.headers, ['sec-fetch-mode', 'navigate']] },
      [
        'The browser went to this address itself, which CORS does not concern.',
        'The request does not tell the mode: fill in what differs from fetch()’s defaults.',
      ],
    ],
    [
      'which headers of caches were left out',
      {
        ...TOLD,
        headers: [...whole.headers, ['If-None-Match', '"1"'], ['Cache-Control', 'no-cache']],
      },
      [
        'cache-control, if-none-match: left out, as the browser adds it by itself; add it where the page sets it.',
      ],
    ],
    [
      'that the page was taken from its header',
      { ...TOLD, headers: [['referer', `${SHOP}/`]] },
      ['The page’s origin was taken from the Referer header.'],
    ],
    ['nothing of a referrer that stands there', { ...TOLD, referrer: `${SHOP}/` }, []],
    [
      'nothing of a referrer beside an origin',
      {
        ...TOLD,
        headers: [
          ['referer', `${SHOP}/`],
          ['origin', SHOP],
        ],
      },
      [],
    ],
    [
      'that the page is not named, and of no header then',
      TOLD,
      [
        'The request does not tell the page’s origin (it stands in the address bar): fill in what differs from fetch()’s defaults.',
      ],
    ],
    [
      'two fields that are not told',
      { headers: whole.headers },
      [
        'The request does not tell whether cookies were to be sent and the mode: fill in what differs from fetch()’s defaults.',
      ],
    ],
  ])('people are told %s', (_name, copied, remarks) => {
    expect(read(copied).remarks).toStrictEqual(remarks);
  });
});
