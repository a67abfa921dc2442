import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type BlockedFetch, openPage, type Page } from '../../src/testing/index.js';

/* Any back end: what a plain server of Node's answers, and what a page makes of it. */

const SHOP = 'http://localhost:4200';
type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let other: Server;
let url: string;
let otherUrl: string;
let handle: Handler;

beforeAll(async () => {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      handle(request, response, body);
    });
  };
  [server, other] = [createServer(listener), createServer(listener)];
  server.listen(0, '127.0.0.1');
  other.listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(other, 'listening')]);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const each of [server, other]) {
    const closed = once(each, 'close');
    each.close();
    await closed;
  }
});
afterEach(() => {
  handle = () => undefined;
});

const ORIGIN = 'Access-Control-Allow-Origin';

/** Answers with these headers; `{origin}` is the page's. */
function answering(headers: Record<string, string | string[]>, status = 200, text = 'ok'): Handler {
  return (request, response) => {
    const filled = (value: string) => value.replaceAll('{origin}', request.headers.origin ?? '');
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, typeof value === 'string' ? filled(value) : value.map(filled));
    }
    response.writeHead(status).end(text);
  };
}

const open = (headers: Record<string, string | string[]> = {}, status = 200, text = 'ok') =>
  answering({ [ORIGIN]: '{origin}', ...headers }, status, text);

const prefix = "Response to preflight request doesn't pass access control check: ";
const valid = 'Have the server send the header with a valid value.';

/** As Chromium 156 said them in its console, each for this answer; `{page}` is the page's origin. */
const sentences: readonly (readonly [init: RequestInit, answer: Handler, sentence: string])[] = [
  [{}, answering({}), `No '${ORIGIN}' header is present on the requested resource.`],
  [
    { credentials: 'include' },
    answering({ [ORIGIN]: '*' }),
    `The value of the '${ORIGIN}' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.`,
  ],
  [
    {},
    answering({ [ORIGIN]: 'http://other.example' }),
    `The '${ORIGIN}' header has a value 'http://other.example' that is not equal to the supplied origin. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: ['{origin}', '{origin}'] }),
    `The '${ORIGIN}' header contains multiple values '${SHOP}, ${SHOP}', but only one is allowed. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: ['*', '*'] }),
    `The '${ORIGIN}' header contains multiple values '*, *', but only one is allowed. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: 'not an origin' }),
    `The '${ORIGIN}' header contains multiple values 'not an origin', but only one is allowed. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: '' }),
    `The '${ORIGIN}' header contains the invalid value ''. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: 'null' }),
    `The '${ORIGIN}' header has a value 'null' that is not equal to the supplied origin. ${valid}`,
  ],
  [
    {},
    answering({ [ORIGIN]: '{origin}/' }),
    `The '${ORIGIN}' header has a value '${SHOP}/' that is not equal to the supplied origin. ${valid}`,
  ],
  [
    { credentials: 'include' },
    open(),
    "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.",
  ],
  [
    { credentials: 'include' },
    open({ 'Access-Control-Allow-Credentials': 'True' }),
    "The value of the 'Access-Control-Allow-Credentials' header in the response is 'True' which must be 'true' when the request's credentials mode is 'include'.",
  ],
  [
    { method: 'PUT' },
    answering({}, 403),
    `${prefix}No '${ORIGIN}' header is present on the requested resource.`,
  ],
  [{ method: 'PUT' }, open({}, 403), `${prefix}It does not have HTTP ok status.`],
  [
    { method: 'PUT' },
    answering({ location: '/x' }, 302),
    `${prefix}Redirect is not allowed for a preflight request.`,
  ],
  [
    { method: 'PUT' },
    answering({ [ORIGIN]: 'zzz' }),
    `${prefix}The '${ORIGIN}' header contains the invalid value 'zzz'. ${valid}`,
  ],
  [
    { method: 'PUT' },
    open({ 'Access-Control-Allow-Methods': 'GET, DELETE' }),
    'Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.',
  ],
  [
    { method: 'PUT' },
    open({ 'Access-Control-Allow-Methods': 'G@T ("' }),
    'Cannot parse Access-Control-Allow-Methods response header field in preflight response.',
  ],
  [
    { headers: { 'X-Custom': '1', 'X-B': '2', a: '1' } },
    open({ 'Access-Control-Allow-Headers': 'x-b,a' }),
    'Request header field x-custom is not allowed by Access-Control-Allow-Headers in preflight response.',
  ],
  [
    { headers: { 'X-Custom': '1' } },
    open({ 'Access-Control-Allow-Headers': 'x c"' }),
    'Cannot parse Access-Control-Allow-Headers response header field in preflight response.',
  ],
];

describe('The error of a fetch is what the console of Chromium says', () => {
  test.each(sentences)('of %j (%#)', async (init, answer, sentence) => {
    handle = answer;
    const page = await openPage(url, SHOP);
    await expect(page.fetch('/a', init)).rejects.toThrow(
      `Access to fetch at '${url}/a' from origin '${SHOP}' has been blocked by CORS policy: ${sentence}`,
    );
  });

  test('after a redirect it names both addresses', async () => {
    handle = (request, response, body) => {
      const isFirst = request.url === '/a';
      const answer = isFirst
        ? open({ location: `${otherUrl}/b` }, 302)
        : answering({ [ORIGIN]: SHOP });
      answer(request, response, body);
    };
    const page = await openPage(url, SHOP);
    await expect(page.fetch('/a')).rejects.toThrow(
      `Access to fetch at '${otherUrl}/b' (redirected from '${url}/a') from origin '${SHOP}' has been blocked by CORS policy: The '${ORIGIN}' header has a value '${SHOP}' that is not equal to the supplied origin. ${valid}`,
    );
    expect(
      page.exchanges.map(({ requestHeaders }) => new Map(requestHeaders).get('origin')),
    ).toEqual([SHOP, 'null']);
  });

  test('it is a TypeError, with the data as its cause', async () => {
    handle = answering({}, 403);
    const page = await openPage(url, SHOP);
    const error = await page.fetch('/a', { method: 'PUT' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    const { step, fault, exchanges } = (error as TypeError).cause as BlockedFetch;
    expect({ step, fault }).toEqual({ step: 'preflight', fault: 'no-allow-origin' });
    expect(exchanges).toMatchObject([{ kind: 'preflight', method: 'OPTIONS', status: 403 }]);
    expect((error as TypeError).message).toContain(`\n  OPTIONS ${url}/a → 403`);
  });
});

/** For each place, what the page did there. */
const endings: readonly {
  readonly name: string;
  readonly init?: RequestInit;
  readonly location: string;
  readonly status?: number;
  readonly ends: string;
  readonly sent: number;
}[] = [
  {
    name: 'a loop ends after twenty redirects',
    location: '/a',
    ends: 'TOO_MANY_REDIRECTS',
    sent: 21,
  },
  { name: 'a location that is no URL ends it', location: 'http://[', ends: 'ERR_FAILED', sent: 1 },
  { name: 'a data: URL ends it', location: 'data:,x', ends: 'ERR_UNSAFE_REDIRECT', sent: 1 },
  {
    name: 'user name and password end it',
    location: 'http://u:p@127.0.0.1:1234/',
    ends: 'contains a username and password',
    sent: 1,
  },
  {
    name: 'a port that no browser opens ends it',
    location: 'http://127.0.0.1:6000/',
    ends: 'UNSAFE_PORT',
    sent: 1,
  },
];

describe('A redirect that no browser follows', () => {
  test.each(endings)('$name', async ({ init, location, status = 302, ends, sent }) => {
    handle = open({ location }, status);
    const page = await openPage(url, SHOP);
    await expect(page.fetch('/a', init)).rejects.toThrow(ends);
    expect(page.exchanges).toHaveLength(sent);
  });

  test('a stream cannot be sent a second time', async () => {
    handle = (request, response, body) => {
      (request.method === 'OPTIONS'
        ? open({ 'Access-Control-Allow-Headers': 'content-type' })
        : open({ location: '/b' }, 307))(request, response, body);
    };
    const page = await openPage(url, SHOP);
    const body = new Blob(['x']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as const;
    await expect(page.fetch('/a', init)).rejects.toThrow('ERR_FAILED');
    expect(page.exchanges.map(({ method }) => method)).toEqual(['OPTIONS', 'POST']);
  });
});

describe('Bodies', () => {
  const form = new FormData();
  form.set('title', 'A Book');
  const bodies: readonly (readonly [string, RequestInit, RegExp, RegExp | undefined])[] = [
    ['a text', { body: 'text' }, /^text$/, /^text\/plain;charset=UTF-8$/],
    [
      'URLSearchParams',
      { body: new URLSearchParams({ a: '1' }) },
      /^a=1$/,
      /^application\/x-www-form-urlencoded/,
    ],
    [
      'FormData',
      { body: form },
      /name="title"\r\n\r\nA Book\r\n/,
      /^multipart\/form-data; boundary=/,
    ],
    [
      'a Blob with a safelisted type',
      { body: new Blob(['b'], { type: 'text/plain' }) },
      /^b$/,
      /^text\/plain$/,
    ],
    ['bytes', { body: new TextEncoder().encode('bytes') }, /^bytes$/, undefined],
  ];
  test.each(bodies)(
    '%s arrives as it was sent, and asks nothing first',
    async (_, init, body, type) => {
      const received: { body: string; type: string | undefined; length: string | undefined }[] = [];
      handle = (request, response, text) => {
        const { 'content-type': contentType, 'content-length': length } = request.headers;
        received.push({ body: text, type: contentType, length });
        open()(request, response, text);
      };
      const page = await openPage(url, SHOP);
      await page.fetch('/a', { method: 'POST', ...init });
      expect(received).toEqual([
        {
          body: expect.stringMatching(body),
          type: type && expect.stringMatching(type),
          length: String(received[0]?.body.length),
        },
      ]);
    },
  );

  test('a stream asks by preflight first', async () => {
    handle = open();
    const page = await openPage(url, SHOP);
    const body = new Blob(['streamed']).stream();
    const answer = await page.fetch('/a', { method: 'POST', body, duplex: 'half' });
    expect([answer.status, page.exchanges.map(({ method }) => method)]).toEqual([
      200,
      ['OPTIONS', 'POST'],
    ]);
  });

  test('a Request of Node is taken as it is', async () => {
    const texts: string[] = [];
    handle = (request, response, text) => {
      texts.push(text);
      open()(request, response, text);
    };
    const page = await openPage(url, SHOP);
    const answer = await page.fetch(
      new Request(`${url}/a`, { method: 'POST', body: 'from a Request' }),
    );
    expect([answer.status, texts]).toEqual([200, ['from a Request']]);
  });

  test('an answer that is compressed is read as it was', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { [ORIGIN]: '*', 'Content-Encoding': 'gzip' });
      response.end(gzipSync('compressed'));
    };
    const page = await openPage(url, SHOP);
    expect(await (await page.fetch('/a')).text()).toBe('compressed');
  });
});

describe('The answer', () => {
  test('has the headers that Fetch leaves, and no cookie', async () => {
    handle = open({
      'X-One': '1',
      'X-Two': '2',
      'Set-Cookie': 'a=1',
      'Access-Control-Expose-Headers': 'x-one, set-cookie',
      'Cache-Control': 'no-store',
    });
    const page = await openPage(url, SHOP);
    const answer = await page.fetch('/a');
    expect([...answer.headers.keys()].sort()).toEqual(['cache-control', 'x-one']);
    expect([answer.url, answer.type, answer.ok, answer.redirected]).toEqual([
      `${url}/a`,
      'cors',
      true,
      false,
    ]);
    expect(answer).toBeInstanceOf(Response);
    expect(await answer.clone().text()).toBe('ok');
    expect([answer.clone().type, answer.clone().url]).toEqual(['cors', `${url}/a`]);
  });

  test.each([204, 205, 304])('with status %d has no body', async (status) => {
    handle = open({}, status, '');
    const page = await openPage(url, SHOP);
    const answer = await page.fetch('/a');
    expect([answer.status, answer.body]).toEqual([status, null]);
  });

  test('to HEAD has no body', async () => {
    handle = open();
    const page = await openPage(url, SHOP);
    const answer = await page.fetch('/a', { method: 'HEAD' });
    expect([answer.status, answer.body]).toEqual([200, null]);
  });
});

describe('What a browser adds', () => {
  const headersOf = (page: Page) => Object.fromEntries(page.exchanges.at(-1)?.requestHeaders ?? []);

  test('is on the wire, and nothing that a page may not set', async () => {
    handle = open({ 'Access-Control-Allow-Headers': '*' });
    const page = await openPage(url, SHOP);
    await page.fetch('/a', {
      headers: {
        Cookie: 'a=1',
        Origin: 'http://a',
        Host: 'b',
        'Sec-Fetch-Site': 'none',
        Accept: 'text/html',
      },
    });
    expect(headersOf(page)).toEqual({
      host: new URL(url).host,
      connection: 'keep-alive',
      'user-agent': expect.stringContaining('Chrome/'),
      accept: 'text/html',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': 'en-US,en;q=0.9',
      origin: SHOP,
      referer: `${SHOP}/`,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    });
  });

  test('tells the site by the registrable domain', async () => {
    handle = open();
    const page = await openPage(url, 'https://shop.example.com', {
      url: 'https://api.example.com',
    });
    await page.fetch('/a');
    expect(headersOf(page)).toMatchObject({
      host: 'api.example.com',
      'sec-fetch-site': 'same-site',
    });
  });

  test('holds no Sec-Fetch header on plain http', async () => {
    handle = open();
    const page = await openPage(url, 'http://shop.example.com', { url: 'http://api.example.com' });
    await page.fetch('/a');
    expect(Object.keys(headersOf(page)).filter((name) => name.startsWith('sec-'))).toEqual([]);
  });

  test('is no help to a page of https that calls plain http', async () => {
    const page = await openPage(url, 'https://shop.example.com', { url: 'http://api.example.com' });
    await expect(page.fetch('/a')).rejects.toThrow(
      "Mixed Content: The page at 'https://shop.example.com/' was loaded over HTTPS, but requested an insecure resource 'http://api.example.com/a'.",
    );
    expect(page.exchanges).toEqual([]);
  });
});

describe('An AbortSignal', () => {
  test('ends a fetch that waits, with its reason', async () => {
    const arrived = new Promise<void>((resolve) => {
      handle = () => {
        resolve();
      };
    });
    const page = await openPage(url, SHOP);
    const controller = new AbortController();
    const answer = page.fetch('/a', { signal: controller.signal });
    await arrived;
    controller.abort(new Error('changed my mind'));
    await expect(answer).rejects.toThrow('changed my mind');
  });

  test('ends the body of an answer', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { [ORIGIN]: '*' }).write('first');
    };
    const page = await openPage(url, SHOP);
    const controller = new AbortController();
    const answer = await page.fetch('/a', { signal: controller.signal });
    const reader = answer.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first');
    controller.abort();
    await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is aborted already sends nothing', async () => {
    const page = await openPage(url, SHOP);
    await expect(page.fetch('/a', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(page.exchanges).toEqual([]);
  });
});

/** RFC 9112, section 9.3.1: a server may close what it kept at any time, also just as it is used again. */
describe('Connections that the server closes when they are used again', () => {
  test.each([
    { kept: 1, method: 'GET' },
    { kept: 3, method: 'GET' },
    { kept: 3, method: 'POST' },
  ])('are replaced by another one: $kept of them, for $method', async ({ kept, method }) => {
    const used = new Set<Socket>();
    const waiting: ServerResponse[] = [];
    let asked = 0;
    handle = (request, response) => {
      asked += 1;
      if (used.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      used.add(request.socket);
      response.setHeader(ORIGIN, SHOP);
      waiting.push(response);
      // All of them at once, so that each has a connection of its own.
      if (used.size < kept) return;
      for (const each of waiting.splice(0)) each.end('ok');
    };
    const page = await openPage(url, SHOP);
    const first = Array.from({ length: kept }, (_, index) => page.fetch(`/${index}`));
    for (const answer of await Promise.all(first)) await answer.text();
    expect(used.size).toBe(kept);

    const again = await page.fetch('/again', { method });
    expect(await again.text()).toBe('ok');
    expect([used.size, asked]).toEqual([kept + 1, kept + 2]);
  });

  test('are an error of the network where another one is closed as well', async () => {
    let isClosing = false;
    handle = (request, response) => {
      if (isClosing) request.socket.destroy();
      else open()(request, response, '');
    };
    const page = await openPage(url, SHOP);
    await (await page.fetch('/first')).text();
    isClosing = true;
    await expect(page.fetch('/again')).rejects.toThrow(/gave no answer \(.*socket hang up\)/);
  });
});

test('A server that is not there is a TypeError that names it', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const page = await openPage(`http://127.0.0.1:${port}`, SHOP);
  const error = await page.fetch('/a').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).toContain(`Failed to fetch: http://127.0.0.1:${port}/a gave no answer`);
  expect(page.exchanges).toMatchObject([{ method: 'GET', status: undefined }]);
});

describe('What openPage() does not take', () => {
  test.each([
    ['https://shop.example.com/', 'give https://shop.example.com.'],
    ['HTTPS://shop.example.com', 'give https://shop.example.com.'],
    ['https://shop.example.com:443', 'give https://shop.example.com.'],
    ['shop.example.com', 'is not the origin of a page'],
    ['file:///index.html', 'give null'],
  ])('an origin %s', async (origin, message) => {
    await expect(openPage(url, origin)).rejects.toThrow(message);
  });

  test.each([
    ['localhost:3000', 'give one such as http://localhost:3000'],
    [{}, 'takes an application'],
    [undefined, 'takes an application'],
  ])('a server %j', async (given, message) => {
    await expect(openPage(given as string, SHOP)).rejects.toThrow(message);
  });
});
