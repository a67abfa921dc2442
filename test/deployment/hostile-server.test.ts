import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { auditDeployment } from '../../src/deployment/audit.js';
import { DeployedServer, isAnswer } from '../../src/deployment/deployed-server.js';
import { Pace } from '../../src/deployment/pace.js';
import { promisedRequests } from '../../src/deployment/promised-requests.js';
import { verifyDeployment } from '../../src/deployment/verification.js';
import { PROMISING_DOCUMENT } from './promising-app.js';

/** Whatever is promised, none of these servers keeps it. */
const PROMISES = {
  evaluate: () =>
    Promise.resolve({
      allowed: true,
      status: 204,
      headers: { Vary: 'Origin', 'Content-Length': '0' },
    }),
};

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server?.close();
  if (server?.listening === true) await once(server, 'close');
});

const ROWS: readonly {
  name: string;
  answer: (socket: Socket) => void;
  /** Milliseconds; by default, more than any machine needs. */
  timeout?: number;
  found: readonly string[];
}[] = [
  {
    name: 'that never answers',
    answer: () => undefined,
    timeout: 20,
    found: ['unreachable'],
  },
  {
    name: 'that hangs up',
    answer: (socket) => socket.destroy(),
    found: ['unreachable'],
  },
  {
    name: 'whose body never ends',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
        socket.once('drain', more);
      };
      more();
    },
    found: ['answered-by-the-proxy'],
  },
  {
    name: 'with ten thousand headers',
    answer: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${'X-Filler: 0123456789\r\n'.repeat(10_000)}\r\n`);
    },
    found: ['broken-answer'],
  },
  {
    name: 'that speaks no HTTP',
    answer: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    found: ['broken-answer'],
  },
  {
    name: 'that redirects to a file',
    answer: (socket) => {
      socket.write(
        'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n',
      );
    },
    found: ['redirected'],
  },
  {
    name: 'that writes colors and other tricks into its headers',
    answer: (socket) => {
      socket.write(
        'HTTP/1.1 302 Found\r\nLocation: \u00ff\u009b31m\u0085evil\r\nContent-Length: 0\r\n\r\n',
        'latin1',
      );
    },
    found: ['redirected'],
  },
];

test.each(ROWS)('a server $name harms nobody', async ({ answer, timeout = 60_000, found }) => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('data', () => {
        answer(socket);
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const heap = process.memoryUsage().rss;
  const deployed = new DeployedServer(new URL(`http://127.0.0.1:${port}`), {
    pace: new Pace(1000),
    timeout,
  });
  const { host, origin } = deployed;
  const { requests } = await promisedRequests(PROMISING_DOCUMENT, { host, origin, reads: false });
  const { findings } = await verifyDeployment(PROMISES, requests, deployed);
  expect(findings.map(({ kind }) => kind)).toEqual(found);
  const { remarks } = await auditDeployment(deployed, []);
  expect(JSON.stringify([findings, remarks])).toMatch(/^[\u0020-\u007e]*$/);
  expect(process.memoryUsage().rss - heap).toBeLessThan(100 * 2 ** 20);
  deployed.close();
});

/** RFC 9112, section 9.3.1: what is kept may be closed at any time, and says nothing of the server. */
test('a server that closes what it kept, just as it is used again, is asked over another connection', async () => {
  let connections = 0;
  server = createServer((socket) => {
    sockets.add(socket);
    connections += 1;
    socket
      .on('error', () => undefined)
      .once('data', () => {
        socket.write('HTTP/1.1 204 No Content\r\n\r\n');
        socket.once('data', () => socket.destroy());
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const deployed = new DeployedServer(new URL(`http://127.0.0.1:${port}`), {
    pace: new Pace(1000),
  });
  for (let asked = 0; asked < 3; asked += 1) {
    const { outcome } = await deployed.ask({ method: 'OPTIONS', path: '/', headers: {} });
    expect(isAnswer(outcome) ? outcome.status : outcome).toBe(204);
  }
  expect(deployed.sent).toBe(3);
  expect(connections).toBeGreaterThan(1);
  deployed.close();
});
