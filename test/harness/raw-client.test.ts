import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RawClient, sendLines, transmit } from './raw-client.js';

const GET = { method: 'GET', target: '/', headers: [['Host', 'a']] } as const;
const OK = 'HTTP/1.1 200 OK\r\n';

let server: Server;
let port: number;
let connections = 0;
/** What the server does with the bytes that arrive. */
let answer: (socket: Socket, text: string) => void;
beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer(socket, text);
    });
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});

describe('A client that is kept', () => {
  test.each([
    { what: 'a length', head: 'Content-Length: 4', body: ['ab', 'cd'] },
    { what: 'chunks', head: 'Transfer-Encoding: chunked', body: ['2\r\nab\r\n', '0\r\n\r\n'] },
    { what: 'no body by its method', method: 'HEAD', head: 'Content-Length: 4', body: [] },
    { what: 'no body by its status', status: 204, head: 'X: y', body: [] },
  ])('takes an answer with $what, and the next over the same connection', async (row) => {
    const { method = 'GET', status = 200, head, body } = row;
    answer = (socket) => {
      socket.write(`HTTP/1.1 ${status} Some\r\nA: 1\r\na: 2\r\n${head}\r\n\r\n`);
      for (const part of body) socket.write(part);
    };
    const client = new RawClient(port);
    const before = connections;
    for (let time = 0; time < 3; time += 1) {
      const { headers, ...rest } = await client.send({ ...GET, method });
      expect(rest.status).toBe(status);
      expect(headers.slice(0, 2)).toEqual([
        ['a', '1'],
        ['a', '2'],
      ]);
    }
    client.close();
    expect(connections - before).toBe(1);
  });

  test.each([
    { what: 'says that it closes', head: 'Content-Length: 0\r\nConnection: close' },
    { what: 'closes instead of telling a length', head: 'X: y' },
  ])('connects again once the server $what', async ({ head }) => {
    answer = (socket) => socket.end(`${OK}${head}\r\n\r\n`);
    const client = new RawClient(port);
    const before = connections;
    for (let time = 0; time < 2; time += 1) expect((await client.send(GET)).status).toBe(200);
    client.close();
    expect(connections - before).toBe(2);
  });

  test('asks once more when a kept connection turns out to be closed', async () => {
    let asked = 0;
    answer = (socket) => {
      asked += 1;
      if (asked === 2) socket.destroy();
      else socket.write(`${OK}Content-Length: 0\r\n\r\n`);
    };
    const client = new RawClient(port);
    for (let time = 0; time < 2; time += 1) expect((await client.send(GET)).status).toBe(200);
    client.close();
    expect(asked).toBe(3);
  });

  test.each(['', 'HTTP/1.1 20'])('says so when the server hangs up after %j', async (text) => {
    let asked = 0;
    answer = (socket) => {
      asked += 1;
      socket.end(text);
    };
    await expect(new RawClient(port).send(GET)).rejects.toThrow(`No answer to GET /: ${text}`);
    expect(asked).toBe(1);
  });

  test('sends what it is given, letter for letter', async () => {
    let arrived = '';
    answer = (socket, text) => {
      arrived += text;
      socket.end(`${OK}\r\n`);
    };
    const client = new RawClient(port);
    const headers = ['X: \xff', 'x: \t'].map((line) => line.split(': ') as [string, string]);
    await client.send({ method: 'gEt', target: '//a/../ü#', headers });
    client.close();
    expect(arrived).toBe('gEt //a/../ü# HTTP/1.1\r\nX: \xff\r\nx: \t\r\n\r\n');
  });
});

describe('A connection of its own', () => {
  test('brings all answers', async () => {
    answer = (socket) =>
      socket.end(
        `${OK}Content-Length: 2\r\n\r\nokHTTP/1.1 404 No\r\n\r\nHTTP/1.1 400 Bad\r\nB: c\r\n\r\n`,
      );
    const answers = await transmit(port, { chunks: ['a'], ending: 'half-close' });
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400]);
    expect(answers[2]?.headers).toEqual([['b', 'c']]);
  });

  test('brings nothing when the client hangs up', async () => {
    answer = () => undefined;
    await expect(transmit(port, { chunks: ['a'], ending: 'hang up' })).resolves.toEqual([]);
  });

  test('fails a request that gets no answer', async () => {
    answer = (socket) => socket.end();
    await expect(sendLines(port, ['GET / HTTP/1.1'])).rejects.toThrow('No answer to ["GET /');
  });
});
