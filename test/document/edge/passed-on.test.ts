import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as openRequest,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { WebSocket, WebSocketServer } from 'ws';
import { edgeConfiguration } from '../../../src/document/edge/edge-configurations.js';
import {
  describeEdgeServers,
  type EdgeServer,
  startEdgeServer,
} from '../../harness/edge-servers.js';
import { written } from '../written-document.js';

/** Answers preflights at `/answered` in front, so that nothing else is for the want of anything to answer. */
const DOCUMENT = written({ routes: { 'PUT /answered': { origin: 'https://shop.example' } } });

type Pairs = readonly (readonly [name: string, value: string])[];

interface Row {
  readonly title: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Pairs;
  readonly body?: Buffer;
  /** Whether the body goes in pieces of unknown number. */
  readonly chunked?: boolean;
  readonly status?: number;
  readonly answer?: Pairs;
  readonly answerBody?: Buffer;
}

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));

const ROWS: readonly Row[] = [
  { title: 'Host with its port', headers: [['Host', 'api.example.com:8443']] },
  { title: 'Host of an address', headers: [['Host', '[::1]:3000']] },
  { title: 'a query', target: '/a?x=%2F&y=a%20b&z=a+b&{"q":[1]}' },
  { title: 'escapes as they are', target: '/a%2Fb/%c3%A9/%41%20' },
  { title: 'empty segments', target: '//a///b//' },
  { title: 'dots', target: '/a/./b/../c/..%2f..' },
  { title: 'semicolons', target: '/a;x=1/b;' },
  { title: 'upper case', target: '/Answered/ABC' },
  {
    title: 'headers that come twice',
    headers: [
      ['X-Twice', 'a'],
      ['X-Once', 'b'],
      ['X-Twice', 'c, d'],
    ],
  },
  { title: 'a header with an underscore', headers: [['x_tenant', 'a']] },
  { title: 'a header with dots', headers: [['x.tenant', 'a']] },
  { title: 'an empty header', headers: [['X-Empty', '']] },
  { title: 'a header with bytes above ASCII', headers: [['X-Name', 'b\u00fccher \u00e9']] },
  { title: 'a header of 12,000 characters', headers: [['X-Long', 'a'.repeat(12_000)]] },
  {
    title: 'credentials',
    headers: [
      ['Authorization', 'Bearer a.b-c'],
      ['Cookie', 'a=1; b="2"'],
    ],
  },
  {
    title: 'what a cross-origin request says',
    headers: [
      ['Origin', 'https://shop.example'],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Mode', 'cors'],
      ['Referer', 'https://shop.example/'],
    ],
  },
  {
    title: 'a preflight that is not answered in front',
    method: 'OPTIONS',
    target: '/answered',
    headers: [
      ['Origin', 'https://stranger.example'],
      ['Access-Control-Request-Method', 'PUT'],
      ['Access-Control-Request-Headers', 'x-a, X-B'],
      ['Access-Control-Request-Private-Network', 'true'],
    ],
  },
  { title: 'encodings that the client takes', headers: [['Accept-Encoding', 'gzip, br']] },
  {
    title: 'conditions',
    headers: [['If-None-Match', 'W/"a"']],
    status: 304,
    answer: [['ETag', 'W/"a"']],
  },
  {
    title: 'ranges',
    headers: [['Range', 'bytes=0-9']],
    status: 206,
    answer: [['Content-Range', 'bytes 0-9/20']],
    answerBody: BYTES.subarray(0, 10),
  },
  { title: 'a request for the head', method: 'HEAD', answer: [['Content-Length', '300']] },
  {
    title: 'a method of WebDAV',
    method: 'PROPFIND',
    headers: [['Depth', '1']],
    body: Buffer.from('<a/>'),
  },
  { title: 'a body', method: 'POST', headers: [['Content-Type', 'image/png']], body: BYTES },
  { title: 'a body in chunks', method: 'PUT', body: BYTES, chunked: true },
  { title: 'a body of a deletion', method: 'DELETE', body: Buffer.from('{}') },
  { title: 'an empty body', method: 'POST', body: Buffer.alloc(0) },
  { title: 'an answer with a body', answer: [['Content-Type', 'image/png']], answerBody: BYTES },
  {
    title: 'an answer that is compressed',
    headers: [['Accept-Encoding', 'gzip']],
    answer: [['Content-Encoding', 'gzip']],
    answerBody: gzipSync(BYTES),
  },
  {
    title: 'cookies that are set',
    answer: [
      ['Set-Cookie', 'a=1; Path=/; Domain=example.com'],
      ['Set-Cookie', 'b=2; Secure; SameSite=None'],
    ],
  },
  ...['/elsewhere', 'http://127.0.0.1:3000/elsewhere', 'http://cors_application/elsewhere'].map(
    (place): Row => ({
      title: `a redirect to ${place}`,
      status: 307,
      answer: [['Location', place]],
    }),
  ),
  {
    title: 'CORS headers of Node',
    answer: [
      ['Access-Control-Allow-Origin', 'https://shop.example'],
      ['Vary', 'Origin'],
      ['Vary', 'Accept-Encoding'],
      ['Access-Control-Expose-Headers', 'x-a'],
    ],
  },
  {
    title: 'headers that proxies like to change',
    answer: [
      ['X-Powered-By', 'Express'],
      ['Cache-Control', 'max-age=60'],
      ['Expires', '0'],
      ['Via', '1.1 inner'],
      ['X-Accel-Redirect', '/x'],
      ['X-Accel-Buffering', 'yes'],
      ['X-Accel-Expires', '0'],
      ['X-Accel-Charset', 'koi8-r'],
      ['X-Accel-Limit-Rate', '1'],
      ['Refresh', '5'],
      ['Strict-Transport-Security', 'max-age=1'],
    ],
  },
  { title: 'no type at all', answerBody: Buffer.from('<p>') },
  ...[201, 400, 401, 403, 404, 405, 413, 418, 500, 502, 503, 504, 550, 551].map((status): Row => ({
    title: `the status ${status}`,
    status,
    answerBody: Buffer.from('why'),
  })),
  { title: 'an answer without a body', status: 204 },
];

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Pairs;
  readonly body: string;
}

/** The application behind: answers as the row says that is asked about, and keeps what arrived. */
class Behind {
  current: Row = { title: '' };
  arrived: Arrived | undefined;

  readonly listener: RequestListener = (request, response) => {
    void buffer(request).then((body) => {
      const { method, url, rawHeaders } = request;
      const headers = comparable(pairsOf(rawHeaders));
      this.arrived = { method, url, headers, body: body.toString('base64') };
      const { status = 200, answer = [], answerBody } = this.current;
      response.statusCode = status;
      response.setHeader('Date', 'Mon, 01 Jan 2024 00:00:00 GMT');
      for (const [name, value] of answer) response.appendHeader(name, value);
      response.end(answerBody);
    });
  };
}

function pairsOf(raw: readonly string[]): Pairs {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ''] as const] : [],
  );
}

/** RFC 9110, section 7.6.1: about one connection alone, and so is how a body is divided (RFC 9112, section 6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Headers whose order means something, that of one name, stay in order (RFC 9110, section 5.3). */
function comparable(headers: Pairs): Pairs {
  return headers
    .filter(([name]) => !HOP_BY_HOP.has(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

async function ask(port: number, { method = 'GET', target = '/', ...row }: Row) {
  const { headers = [], body, chunked = false } = row;
  const host = headers.some(([name]) => name === 'Host') ? [] : [['Host', 'localhost']];
  const length =
    body === undefined
      ? []
      : [chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)]];
  const request = openRequest({
    host: '127.0.0.1',
    port,
    method,
    path: target,
    agent: false,
    headers: [...host, ...headers, ...length].flat(),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    headers: comparable(pairsOf(response.rawHeaders)),
    body: (await buffer(response)).toString('base64'),
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

const inFrontOf = (name: Parameters<typeof startEdgeServer>[0], port: number) =>
  startEdgeServer(name, (listen) =>
    edgeConfiguration(name, DOCUMENT, {
      upstream: { host: '127.0.0.1', port },
      listen,
      host: '127.0.0.1',
    }),
  );

describeEdgeServers('passes on as it is', (name) => {
  const behind = new Behind();
  const node = createServer(behind.listener);
  let port: number;
  let edge: EdgeServer;
  beforeAll(async () => {
    port = await listening(node);
    edge = await inFrontOf(name, port);
  });
  afterAll(async () => {
    await edge.stop();
    await closed(node);
  });

  test.each(ROWS)('$title', async (row) => {
    behind.current = row;
    const direct = { answer: await ask(port, row), arrived: behind.arrived };
    behind.arrived = undefined;
    const through = { answer: await ask(edge.port, row), arrived: behind.arrived };
    expect(through).toEqual(direct);
  });
});

describeEdgeServers('passes on at once', (name) => {
  test('the events of a stream, each before the next is sent', async () => {
    const node = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: 1\n\n');
      node.once('second', () => response.end('data: 2\n\n'));
    });
    const edge = await inFrontOf(name, await listening(node));
    const request = openRequest({ host: '127.0.0.1', port: edge.port, agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    expect(await once(response, 'data')).toEqual(['data: 1\n\n']);
    node.emit('second');
    expect(await once(response, 'data')).toEqual(['data: 2\n\n']);
    await edge.stop();
    await closed(node);
  });

  test('a body, the first part before the second is sent', async () => {
    const node = createServer((request, response) => {
      request.once('data', (part: Buffer) => node.emit('part', part.toString()));
      request.on('end', () => response.end());
    });
    const edge = await inFrontOf(name, await listening(node));
    const request = openRequest({
      ...{ host: '127.0.0.1', port: edge.port, agent: false, method: 'POST' },
      headers: { 'Transfer-Encoding': 'chunked' },
    });
    const first = once(node, 'part');
    request.write('first');
    expect(await first).toEqual(['first']);
    request.end('second');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    await edge.stop();
    await closed(node);
  });

  test('a WebSocket, with its origin, its subprotocol and whatever both sides say', async () => {
    const node = createServer();
    const sockets = new WebSocketServer({ server: node, handleProtocols: () => 'chat' });
    sockets.on('connection', (socket, { headers }) => {
      socket.send(`${String(headers.origin)} ${String(headers.host)}`);
      socket.on('message', (data: Buffer, isBinary) => {
        socket.send(data, { binary: isBinary });
      });
    });
    const edge = await inFrontOf(name, await listening(node));
    const socket = new WebSocket(`ws://localhost:${edge.port}/chat?a=1`, ['chat'], {
      origin: 'https://shop.example',
      // On systems where a name is an address of version 6 first.
      createConnection: () => connect(edge.port, '127.0.0.1'),
    });
    const [greeting] = (await once(socket, 'message')) as [Buffer];
    expect(greeting.toString()).toBe(`https://shop.example localhost:${edge.port}`);
    expect(socket.protocol).toBe('chat');
    for (const message of [Buffer.from('hello'), BYTES]) {
      const back = once(socket, 'message');
      socket.send(message);
      expect(Buffer.compare(((await back) as [Buffer])[0], message)).toBe(0);
    }
    const end = once(socket, 'close');
    for (const each of sockets.clients) each.close(4_001, 'over');
    expect((await end)[0]).toBe(4_001);
    sockets.close();
    await edge.stop();
    await closed(node);
  });

  test('a refused WebSocket', async () => {
    const node = createServer();
    node.on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: origin\r\n\r\nno');
    });
    const edge = await inFrontOf(name, await listening(node));
    const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['x-why']]).toEqual([403, 'origin']);
    expect((await buffer(response)).toString()).toBe('no');
    await edge.stop();
    await closed(node);
  });
});
