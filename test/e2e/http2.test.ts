import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import http2 from 'node:http2';
import { Body, Controller, Get, Header, Post, Put, Res, Sse, StreamableFile } from '@nestjs/common';
import { of } from 'rxjs';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import type { Answer } from '../harness/send.js';
import { type RunningApp, startApp } from '../harness/start-app.js';
import { compareAnswer, compareDecision, preflight, type Row } from '../harness/table.js';

const AUTHORITY = 'api.example.com';

interface Http2Reply {
  hijack(): void;
  raw: http2.Http2ServerResponse;
}

@Controller('books')
class BooksController {
  @Get() list() {
    return ['Emma'];
  }
  @Post() create(@Body() body: unknown) {
    return body;
  }
  @Header('Vary', 'Accept-Language') @Put() replace() {
    return 'replaced';
  }
  @Get('stream') stream() {
    return new StreamableFile(Buffer.from('Emma'));
  }
  @Sse('events') events() {
    return of({ data: 'Emma' });
  }
  @Get('raw') raw(@Res() reply: Http2Reply) {
    reply.hijack();
    reply.raw.writeHead(200, { vary: 'Accept', 'access-control-allow-origin': EVIL });
    reply.raw.end('raw');
  }
  @Get('error') error() {
    throw new Error('no such book');
  }
}

@Cors({ origin: '*', credentials: false })
@Controller('open')
class OpenController {
  @Get() read() {
    return 'open';
  }
}

const granted = allows(APP, { credentials: true });

const rows: readonly Row[] = [
  {
    name: 'An actual request from an allowed origin gets its headers.',
    path: '/books',
    headers: { origin: APP },
    status: 200,
    cors: granted,
  },
  { name: 'A request without Origin gets Vary: Origin.', path: '/books', status: 200 },
  {
    name: 'A policy for any origin gets *.',
    path: '/open',
    headers: { origin: EVIL },
    status: 200,
    cors: allows('*'),
    vary: [],
  },
  {
    name: 'An actual request from another origin is refused.',
    path: '/books',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight is approved.',
    ...preflight(APP, 'PUT', 'content-type'),
    path: '/books',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,POST,PUT' }),
  },
  {
    name: 'A preflight from another origin is refused.',
    ...preflight(EVIL, 'PUT'),
    path: '/books',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: "The handler's Vary does not remove Origin.",
    method: 'PUT',
    path: '/books',
    headers: { origin: APP },
    status: 200,
    cors: granted,
    vary: ['Origin', 'Accept-Language'],
  },
  {
    name: 'A stream carries the headers.',
    path: '/books/stream',
    headers: { origin: APP },
    status: 200,
    cors: granted,
  },
  {
    name: '@Sse() carries the headers.',
    path: '/books/events',
    headers: { origin: APP },
    status: 200,
    cors: granted,
  },
  {
    name: 'The raw writeHead() carries what was decided.',
    path: '/books/raw',
    headers: { origin: APP },
    status: 200,
    cors: granted,
    vary: ['Origin', 'Accept'],
  },
  {
    name: 'An error carries the headers.',
    path: '/books/error',
    headers: { origin: APP },
    status: 500,
    cors: granted,
  },
  {
    name: 'A 404 carries the headers.',
    path: '/nowhere',
    headers: { origin: APP },
    status: 404,
    cors: granted,
  },
  {
    name: 'A malformed body carries the headers.',
    method: 'POST',
    path: '/books',
    headers: { origin: APP, 'content-type': 'application/json' },
    body: '{',
    status: 400,
    cors: granted,
  },
  {
    name: 'An :authority that equals the origin is same-origin.',
    method: 'POST',
    path: '/books',
    headers: { origin: `https://${AUTHORITY}`, 'content-type': 'application/json' },
    body: '{"title":"Emma"}',
    kind: 'same-origin',
    status: 201,
    answers: 'Emma',
  },
  {
    name: 'The :authority goes before Host.',
    method: 'POST',
    path: '/books',
    headers: { origin: EVIL, host: 'evil.example' },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'Another port than that of :authority is another origin.',
    method: 'POST',
    path: '/books',
    headers: { origin: `https://${AUTHORITY}:8443` },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'X-Forwarded-Host decides nothing.',
    method: 'POST',
    path: '/books',
    headers: { origin: EVIL, 'x-forwarded-host': 'evil.example' },
    status: 403,
    reason: 'origin-not-allowed',
  },
];

describe('HTTP/2, on fastify', () => {
  let app: RunningApp;
  let session: http2.ClientHttp2Session;
  beforeAll(async () => {
    app = await startApp({
      adapter: 'fastify',
      // The adapter is typed for HTTP/1.1 servers unless it is told otherwise by its type arguments.
      fastify: { http2: true } as object,
      nest: { forceCloseConnections: false },
      imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
      controllers: [BooksController, OpenController],
    });
    session = http2.connect(`http://127.0.0.1:${app.port}`);
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => {
      session.close(resolve);
    });
    await app.close();
  });

  const send = ({ method = 'GET', path, headers = {}, body }: Row): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ':method': method,
        ':path': path,
        ':authority': AUTHORITY,
        ...(headers as http2.OutgoingHttpHeaders),
      });
      let answer: Answer = { status: 0, headers: [], body: '' };
      stream.setEncoding('utf8');
      stream.on('response', ({ ':status': status = 0, ...fields }) => {
        answer = {
          ...answer,
          status,
          headers: Object.entries(fields).flatMap(([name, value = []]) =>
            [value].flat().map((line) => [name, line] as const),
          ),
        };
      });
      stream.on('data', (chunk: string) => (answer = { ...answer, body: answer.body + chunk }));
      stream.on('error', reject);
      stream.on('end', () => {
        resolve(answer);
      });
      stream.end(body);
    });

  test.each(rows)('$name', async (row) => {
    const answer = await send(row);
    compareAnswer(answer, row);
    await compareDecision(app, answer, row);
  });

  test('The rows came without Host, as HTTP/2 sends them.', async () => {
    await send(rows[0]!);
    expect(app.received().headers).toMatchObject({ ':authority': AUTHORITY });
    expect(app.received().headers).not.toHaveProperty('host');
  });
});
