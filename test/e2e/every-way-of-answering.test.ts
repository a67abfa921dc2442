import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  type MessageEvent,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  RequestTimeoutException,
  Res,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import {
  map,
  NEVER,
  type Observable,
  of,
  throwError,
  timeout,
  TimeoutError,
  catchError,
} from 'rxjs';
import { Cors, CorsModule, type CorsModuleOptions } from '../../src/index.js';
import { allows, type CorsHeaders } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import type { AppSetup } from '../harness/start-app.js';
import { type Row, table } from '../harness/table.js';

/** What an Express response and a Fastify reply have in common. */
interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body?: unknown): unknown;
  type(type: string): Reply;
  redirect(url: string): unknown;
}

/** The raw response of a reply that the framework is told to leave alone. */
function takeOver(reply: Reply): ServerResponse {
  return isFastifyReply(reply) ? (reply.hijack(), reply.raw) : (reply as unknown as ServerResponse);
}

/** The raw response of a reply that the framework will still send. */
function rawOf(reply: Reply): ServerResponse {
  return isFastifyReply(reply) ? reply.raw : (reply as unknown as ServerResponse);
}

interface FastifyReply extends Reply {
  raw: ServerResponse;
  hijack(): void;
  removeHeader(name: string): void;
}

const isFastifyReply = (reply: Reply): reply is FastifyReply => 'raw' in reply;

const file = () => new StreamableFile(Buffer.from('a book'));

class DenyingGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException('a guard of the app');
  }
}

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Runs before the module's own guard. */
class FirstGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (headers['x-stop-at'] === 'first guard') throw new UnauthorizedException('the first guard');
    return true;
  }
}

/** Runs before the module's own interceptor. */
class FirstInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (headers['x-stop-at'] === 'first interceptor') return of('the first interceptor');
    return next.handle();
  }
}

class ThrowingInterceptor implements NestInterceptor {
  intercept(): Observable<unknown> {
    throw new BadRequestException('an interceptor');
  }
}

class ThrowingAfterInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map(() => {
        throw new BadRequestException('after the handler');
      }),
    );
  }
}

class AnsweringInterceptor implements NestInterceptor {
  intercept(): Observable<unknown> {
    return of('from a cache');
  }
}

class TimeoutInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      timeout(20),
      catchError((error: unknown) =>
        throwError(() => (error instanceof TimeoutError ? new RequestTimeoutException() : error)),
      ),
    );
  }
}

@Catch()
class ReplyingFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(418).send('a filter');
  }
}

@Catch()
class RawFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    takeOver(host.switchToHttp().getResponse<Reply>())
      .writeHead(418, { 'content-type': 'text/plain' })
      .end('a raw filter');
  }
}

@Catch()
class VaryingFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(418).header('Vary', 'Accept').send('a filter');
  }
}

@Controller('ways')
class WaysController {
  // returned values
  @Get('object') object() {
    return { a: 'book' };
  }
  @Get('string') string() {
    return 'a book';
  }
  @Get('nothing') nothing() {}
  @Get('null') null() {
    return null;
  }
  @Get('promise') async promise() {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return 'a book, later';
  }
  @Get('observable') observable() {
    return of('first', 'a book, last');
  }
  @Get('buffer') buffer(): StreamableFile {
    return file();
  }
  @Get('stream') stream() {
    return new StreamableFile(Readable.from(['a ', 'book, ', 'streamed']));
  }
  @HttpCode(202) @Get('status') status() {
    return 'accepted';
  }
  @HttpCode(204) @Post('empty') empty() {}
  @Header('X-Total-Count', '1') @Get('header') header() {
    return 'with a header';
  }
  @Sse('events') events(): Observable<MessageEvent> {
    return of({ data: 'an event' });
  }
  @Redirect('/ways/string') @Get('redirect') redirect() {}
  @Redirect() @Get('redirect-to') redirectTo() {
    return { url: '/ways/object', statusCode: 307 };
  }

  // @Res()
  @Get('res') res(@Res() reply: Reply) {
    reply.status(200).send({ by: '@Res()' });
  }
  @Get('res-later') resLater(@Res() reply: Reply) {
    setTimeout(() => reply.status(200).send('later'), 1);
  }
  @Get('passthrough') passthrough(@Res({ passthrough: true }) reply: Reply) {
    reply.status(203);
    return 'passed through';
  }
  @Get('res-redirect') resRedirect(@Res() reply: Reply) {
    reply.status(302).redirect('/ways/string');
  }
  @Get('res-304') resNotModified(@Res() reply: Reply) {
    reply.status(304).send();
  }
  @Get('res-stream') resStream(@Res() reply: Reply) {
    if (isFastifyReply(reply)) reply.type('text/plain').send(Readable.from(['a ', 'stream']));
    else Readable.from(['a ', 'stream']).pipe(rawOf(reply));
  }

  // the raw response
  @Get('raw-end') rawEnd(@Res() reply: Reply) {
    takeOver(reply).end('raw');
  }
  @Get('raw-write') rawWrite(@Res() reply: Reply) {
    const raw = takeOver(reply);
    raw.write('written ');
    raw.write('in parts');
    raw.end();
  }
  @Get('raw-flush') rawFlush(@Res() reply: Reply) {
    const raw = takeOver(reply);
    raw.flushHeaders();
    raw.end('flushed');
  }
  @Get('raw-pipe') rawPipe(@Res() reply: Reply) {
    Readable.from(['piped']).pipe(takeOver(reply));
  }
  @Get('raw-head') rawHead(@Res() reply: Reply) {
    takeOver(reply).writeHead(201, { 'Content-Type': 'text/plain' }).end('head');
  }
  @Get('raw-head-message') rawHeadMessage(@Res() reply: Reply) {
    takeOver(reply).writeHead(201, 'Made', { 'Content-Type': 'text/plain' }).end('head');
  }

  // exceptions
  @UseGuards(DenyingGuard) @Get('guard') guard() {}
  @UseGuards(RefusingGuard) @Get('guard-false') guardFalse() {}
  @Get('pipe/:id') pipe(@Param('id', ParseIntPipe) id: number) {
    return id;
  }
  @UseInterceptors(ThrowingInterceptor) @Get('interceptor') interceptor() {}
  @UseInterceptors(ThrowingAfterInterceptor) @Get('interceptor-after') interceptorAfter() {}
  @UseInterceptors(AnsweringInterceptor) @Get('interceptor-answers') interceptorAnswers() {}
  @Get('http-exception') httpException() {
    throw new ForbiddenException('the handler');
  }
  @Get('error') error() {
    throw new Error('the handler');
  }
  @Get('rejection') async rejection() {
    throw new NotFoundException('the handler');
  }
  @Get('observable-error') observableError() {
    return throwError(() => new BadRequestException('the observable'));
  }
  @UseFilters(ReplyingFilter) @Get('filter') filter() {
    throw new Error('for a filter');
  }
  @UseFilters(RawFilter) @Get('filter-raw') filterRaw() {
    throw new Error('for a filter');
  }
  @UseFilters(VaryingFilter) @Get('filter-vary') filterVary() {
    throw new Error('for a filter');
  }
  @UseFilters(ReplyingFilter) @UseGuards(DenyingGuard) @Get('filter-guard') filterGuard() {}
  @UseInterceptors(TimeoutInterceptor) @Get('timeout') timeout() {
    return NEVER;
  }

  // bodies
  @Post('body') body(@Body() body: unknown) {
    return body;
  }
}

/** Handlers that touch the headers this module decides about. */
@Controller('touch')
class TouchController {
  @Header('Vary', 'Accept-Language') @Get('vary-decorator') varyDecorator() {
    return 'ok';
  }
  @Get('vary-reply') varyReply(@Res({ passthrough: true }) reply: Reply) {
    reply.header('Vary', 'Accept-Language');
    return 'ok';
  }
  @Get('vary-reply-send') varyReplySend(@Res() reply: Reply) {
    reply.header('Vary', 'Accept-Language').send('ok');
  }
  @Get('vary-raw') varyRaw(@Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader('Vary', ['Accept-Language', 'Accept']);
    return 'ok';
  }
  @Get('vary-lower-case') varyLowerCase(@Res({ passthrough: true }) reply: Reply) {
    reply.header('vary', 'accept, origin');
    return 'ok';
  }
  @Get('vary-removed') varyRemoved(@Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).removeHeader('Vary');
    if (isFastifyReply(reply)) reply.removeHeader('Vary');
    return 'ok';
  }
  @Get('vary-empty') varyEmpty(@Res({ passthrough: true }) reply: Reply) {
    reply.header('Vary', '');
    return 'ok';
  }
  @Get('vary-head') varyHead(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, { Vary: 'Accept' }).end('ok');
  }
  @Get('vary-head-message') varyHeadMessage(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, 'OK', { vary: 'Accept' }).end('ok');
  }
  @Get('vary-head-list') varyHeadList(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, ['Vary', 'Accept', 'Content-Type', 'text/plain']).end('ok');
  }
  @Header('Vary', 'Accept-Language') @Get('vary-error') varyError() {
    throw new BadRequestException();
  }
  @Header('Vary', 'Accept-Language') @Sse('vary-events') varyEvents(): Observable<MessageEvent> {
    return of({ data: 'an event' });
  }
  @Header('Vary', 'Accept-Language') @Get('vary-file') varyFile() {
    return file();
  }
  @Header('Vary', 'Accept-Language')
  @Redirect('/ways/string')
  @Get('vary-redirect')
  varyRedirect() {}
  @Header('Access-Control-Allow-Origin', '*') @Get('origin-decorator') originDecorator() {
    return 'ok';
  }
  @Get('origin-reply') originReply(@Res({ passthrough: true }) reply: Reply) {
    reply.header('Access-Control-Allow-Origin', EVIL);
    return 'ok';
  }
  @Get('origin-raw') originRaw(@Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader('Access-Control-Allow-Origin', EVIL);
    return 'ok';
  }
  @Get('origin-head') originHead(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, { 'access-control-allow-origin': EVIL }).end('ok');
  }
  @Get('origin-head-list') originHeadList(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, ['Access-Control-Allow-Origin', EVIL]).end('ok');
  }
  @Get('origin-removed') originRemoved(@Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).removeHeader('Access-Control-Allow-Origin');
    if (isFastifyReply(reply)) reply.removeHeader('Access-Control-Allow-Origin');
    return 'ok';
  }
  @Header('Access-Control-Allow-Credentials', 'false') @Get('credentials') credentials() {
    return 'ok';
  }
  @Header('Access-Control-Expose-Headers', '*') @Get('exposes') exposes() {
    return 'ok';
  }
}

/** Nobody is allowed and nobody refused: a handler cannot let anybody in either. */
@Cors({ enforce: false })
@Controller('lenient')
class LenientController {
  @Header('Access-Control-Allow-Origin', '*') @Get('decorator') decorator() {
    return 'ok';
  }
  @Get('raw') raw(@Res() reply: Reply) {
    takeOver(reply).writeHead(200, { 'Access-Control-Allow-Origin': EVIL }).end('ok');
  }
}

type Next = () => void;

/** Answers by itself, as a Nest middleware. */
function teapot(_request: unknown, response: ServerResponse): void {
  response.statusCode = 418;
  response.end('a middleware of Nest');
}

/** Adds to `Vary` when the head is written, as `compression` does by way of `on-headers`. */
function compressing(_request: unknown, response: ServerResponse, next: Next): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status: number, ...rest: unknown[]) => {
    for (const [name, value] of Object.entries(rest.at(-1) ?? {})) {
      response.setHeader(name, value as string);
    }
    const vary = response.getHeader('vary');
    response.setHeader(
      'Vary',
      vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`,
    );
    return writeHead(status);
  };
  next();
}

@Controller('compressed')
class CompressedController {
  @Get() read() {
    return 'compressed';
  }
  @Header('Vary', 'Accept-Language') @Get('varying') readToo() {
    return 'compressed';
  }
}

@Module({ controllers: [CompressedController] })
class MiddlewareModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(teapot).forRoutes('teapot');
    consumer.apply(compressing).forRoutes(CompressedController);
  }
}

function addMiddleware(app: INestApplication): void {
  app.use('/early', (_request: unknown, response: ServerResponse) => {
    response.statusCode = 503;
    response.end('under maintenance');
  });
  app.use('/early-head', (_request: unknown, response: ServerResponse) => {
    response.writeHead(503, { 'Content-Type': 'text/plain' }).end('under maintenance');
  });
  // Both frameworks register a route that Nest knows nothing of in the same words.
  const framework = app.getHttpAdapter().getInstance() as {
    get(path: string, handler: (request: unknown, reply: Reply) => void): void;
  };
  framework.get('/outside', (_request, reply) => {
    reply.send('outside Nest');
  });
  framework.get('/outside-vary', (_request, reply) => {
    reply.header('Vary', 'Accept').header('Access-Control-Allow-Origin', '*').send('outside Nest');
  });
  app.use('/early-vary', (_request: unknown, response: ServerResponse) => {
    response.setHeader('Vary', 'Accept');
    response.end('early');
  });
}

const setupWith = (paths: CorsModuleOptions['paths'] = []): AppSetup => ({
  imports: [
    CorsModule.forRoot({ origin: APP, credentials: true, exposedHeaders: 'X-Total-Count', paths }),
    MiddlewareModule,
  ],
  controllers: [WaysController, TouchController, LenientController],
  providers: [
    { provide: APP_GUARD, useClass: FirstGuard },
    { provide: APP_INTERCEPTOR, useClass: FirstInterceptor },
  ],
  configure: addMiddleware,
});

const setup = setupWith();

/** The first decides about a request by its handler, the second before it is routed, as `paths` demand. */
const setups: readonly (readonly [moment: string, setup: AppSetup])[] = [
  ['', setup],
  [', decided before routing', setupWith([{ path: '/none-of-these', policy: { maxAge: 1 } }])],
];

interface Way extends Omit<Row, 'name' | 'cors'> {
  /** What the answer is, as the subject of a sentence. */
  readonly way: string;
  /** Whether it ends the request where the module's guard could not refuse it any more. */
  readonly beforeTheGuard?: boolean;
}

const GRANTED: CorsHeaders = allows(APP, { credentials: true, exposes: 'X-Total-Count' });

/** Three rows for each way: an allowed origin, none, and one that is not allowed. */
/** It was there before ours, which runs first all the same. */
const FIRST_GUARD = 'An exception of a guard that was registered earlier';

const rows = (ways: readonly Way[]): Row[] =>
  ways.flatMap(onEachAdapter).flatMap(({ way, beforeTheGuard = false, ...row }): Row[] => [
    {
      ...row,
      name: `${way} carries the headers of an allowed origin.`,
      headers: { ...row.headers, origin: APP },
      cors: GRANTED,
    },
    {
      ...row,
      name: `${way} carries Vary: Origin and no CORS header for a request without Origin.`,
    },
    beforeTheGuard
      ? {
          ...row,
          name: `${way} carries Vary: Origin and no CORS header for another origin.`,
          headers: { ...row.headers, origin: EVIL },
          reason: 'origin-not-allowed',
          endedByTheApp: true,
        }
      : {
          name: `${way} is not reached by another origin.`,
          ...(row.method !== undefined && { method: row.method }),
          ...(row.body !== undefined && { body: row.body }),
          ...(row.on !== undefined && { on: row.on }),
          path: row.path,
          headers: { ...row.headers, origin: EVIL },
          status: 403,
          reason: 'origin-not-allowed',
        },
  ]);

/** A redirect of Express chooses its body by Accept, and says so. */
function onEachAdapter(way: Way): Way[] {
  const { status, vary = ['Origin'] } = way;
  return status === 302 || status === 307
    ? [
        { ...way, on: 'express', vary: [...vary, 'Accept'] },
        { ...way, on: 'fastify' },
      ]
    : [way];
}

function onEachSetup(title: string, sameRows: readonly Row[]): void {
  for (const [moment, each] of setups) table(title + moment, each, sameRows);
}

const json = { 'content-type': 'application/json' };

onEachSetup('Every way of answering', [
  ...rows(
    [
      { way: 'A returned object', path: '/ways/object', status: 200, answers: 'book' },
      { way: 'A returned string', path: '/ways/string', status: 200, answers: 'a book' },
      { way: 'A handler that returns nothing', path: '/ways/nothing', status: 200 },
      { way: 'A returned null', path: '/ways/null', status: 200 },
      { way: 'A returned promise', path: '/ways/promise', status: 200, answers: 'later' },
      { way: 'A returned Observable', path: '/ways/observable', status: 200, answers: 'last' },
      { way: 'A StreamableFile of a buffer', path: '/ways/buffer', status: 200, answers: 'a book' },
      {
        way: 'A StreamableFile of a stream',
        path: '/ways/stream',
        status: 200,
        answers: 'streamed',
      },
      { way: 'A status of @HttpCode()', path: '/ways/status', status: 202, answers: 'accepted' },
      { way: 'A 204', method: 'POST', path: '/ways/empty', status: 204 },
      {
        way: 'An answer with @Header()',
        path: '/ways/header',
        status: 200,
        answers: 'with a header',
      },
      { way: '@Sse()', path: '/ways/events', status: 200, answers: 'data: an event' },
      { way: '@Redirect()', path: '/ways/redirect', status: 302 },
      { way: 'A redirect decided by the handler', path: '/ways/redirect-to', status: 307 },
      { way: '@Res()', path: '/ways/res', status: 200, answers: '@Res()' },
      { way: '@Res() used later', path: '/ways/res-later', status: 200, answers: 'later' },
      {
        way: '@Res({ passthrough: true })',
        path: '/ways/passthrough',
        status: 203,
        answers: 'passed through',
      },
      { way: 'A redirect by @Res()', path: '/ways/res-redirect', status: 302 },
      { way: 'A 304 by @Res()', path: '/ways/res-304', status: 304 },
      { way: 'A stream by @Res()', path: '/ways/res-stream', status: 200, answers: 'a stream' },
      { way: 'The raw end()', path: '/ways/raw-end', status: 200, answers: 'raw' },
      { way: 'The raw write()', path: '/ways/raw-write', status: 200, answers: 'written in parts' },
      { way: 'The raw flushHeaders()', path: '/ways/raw-flush', status: 200, answers: 'flushed' },
      {
        way: 'A stream piped to the raw response',
        path: '/ways/raw-pipe',
        status: 200,
        answers: 'piped',
      },
      { way: 'The raw writeHead()', path: '/ways/raw-head', status: 201, answers: 'head' },
      {
        way: 'The raw writeHead() with a status message',
        path: '/ways/raw-head-message',
        status: 201,
        answers: 'head',
      },
      { way: 'HEAD', method: 'HEAD', path: '/ways/object', status: 200 },
      { way: 'HEAD of a stream', method: 'HEAD', path: '/ways/stream', status: 200 },
      {
        way: 'An exception of a guard after ours',
        path: '/ways/guard',
        status: 401,
        answers: 'a guard of the app',
      },
      { way: 'A guard after ours that says no', path: '/ways/guard-false', status: 403 },
      { way: 'An exception of a pipe', path: '/ways/pipe/x', status: 400, answers: 'numeric' },
      {
        way: 'An exception of an interceptor',
        path: '/ways/interceptor',
        status: 400,
        answers: 'an interceptor',
      },
      {
        way: 'An exception of an interceptor after the handler',
        path: '/ways/interceptor-after',
        status: 400,
        answers: 'after the handler',
      },
      {
        way: 'An interceptor that answers by itself',
        path: '/ways/interceptor-answers',
        status: 200,
        answers: 'from a cache',
      },
      {
        way: 'An interceptor before ours that answers by itself',
        path: '/ways/object',
        headers: { 'x-stop-at': 'first interceptor' },
        status: 200,
        answers: 'the first interceptor',
      },
      {
        way: 'An HttpException of a handler',
        path: '/ways/http-exception',
        status: 403,
        answers: 'the handler',
      },
      { way: 'An error of a handler', path: '/ways/error', status: 500, answers: 'Internal' },
      {
        way: 'A rejection of a handler',
        path: '/ways/rejection',
        status: 404,
        answers: 'the handler',
      },
      {
        way: 'An error of an Observable',
        path: '/ways/observable-error',
        status: 400,
        answers: 'the observable',
      },
      { way: 'A custom exception filter', path: '/ways/filter', status: 418, answers: 'a filter' },
      {
        way: 'A custom exception filter that writes the raw response',
        path: '/ways/filter-raw',
        status: 418,
        answers: 'a raw filter',
      },
      {
        way: 'A custom exception filter that sets Vary',
        path: '/ways/filter-vary',
        status: 418,
        vary: ['Origin', 'Accept'],
      },
      {
        way: "A custom exception filter for a guard's exception",
        path: '/ways/filter-guard',
        status: 418,
        answers: 'a filter',
      },
      { way: 'A timeout by an interceptor', path: '/ways/timeout', status: 408 },
      {
        way: 'A body that is accepted',
        method: 'POST',
        path: '/ways/body',
        headers: json,
        body: '{"a":"body"}',
        status: 201,
        answers: 'body',
      },
    ].map((way): Way =>
      // A filter answers a refusal in its own way as well; see below.
      way.path.startsWith('/ways/filter') ? { ...way, beforeTheGuard: true } : way,
    ),
  ),
]);

onEachSetup(
  'Every way of answering before the guard',
  rows(
    [
      {
        way: FIRST_GUARD,
        path: '/ways/object',
        headers: { 'x-stop-at': 'first guard' },
        status: 401,
        answers: 'the first guard',
      },
      { way: 'A 404 of a URL that no route serves', path: '/nowhere', status: 404 },
      {
        way: 'A 404 of a method that no route serves',
        method: 'DELETE',
        path: '/ways/object',
        status: 404,
      },
      {
        way: 'A malformed body (400)',
        method: 'POST',
        path: '/ways/body',
        headers: json,
        body: '{"a":',
        status: 400,
      },
      {
        way: 'An oversized body (413)',
        method: 'POST',
        path: '/ways/body',
        headers: json,
        body: JSON.stringify('x'.repeat(1_100_000)),
        status: 413,
      },
      {
        way: 'A body of an unknown type (415)',
        method: 'POST',
        path: '/ways/body',
        headers: { 'content-type': 'application/x-unknown' },
        body: 'x',
        status: 415,
        on: 'fastify' as const,
      },
      {
        way: 'A body of an unknown charset (415)',
        method: 'POST',
        path: '/ways/body',
        headers: { 'content-type': 'application/json; charset=x-unknown' },
        body: '{}',
        status: 415,
        on: 'express' as const,
      },
      {
        way: 'A Nest middleware that answers by itself',
        path: '/teapot',
        status: 418,
        answers: 'a middleware of Nest',
      },
      {
        way: 'An app.use() that answers by itself',
        path: '/early',
        status: 503,
        answers: 'maintenance',
      },
      {
        way: 'An app.use() that answers with writeHead()',
        path: '/early-head',
        status: 503,
        answers: 'maintenance',
      },
      { way: 'A route outside Nest', path: '/outside', status: 200, answers: 'outside Nest' },
      {
        way: 'A route outside Nest that sets Vary and an origin of its own',
        path: '/outside-vary',
        status: 200,
        vary: ['Origin', 'Accept'],
      },
      {
        way: 'An app.use() that sets Vary and answers',
        path: '/early-vary',
        status: 200,
        vary: ['Origin', 'Accept'],
      },
    ].map((way): Way => ({ ...way, beforeTheGuard: way.way !== FIRST_GUARD })),
  ),
);

onEachSetup('Handlers that set Vary', [
  ...rows([
    {
      way: "@Header('Vary', …)",
      path: '/touch/vary-decorator',
      status: 200,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: 'reply.header() of Vary',
      path: '/touch/vary-reply',
      status: 200,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: 'reply.header() of Vary before send()',
      path: '/touch/vary-reply-send',
      status: 200,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: 'res.setHeader() of Vary with a list',
      path: '/touch/vary-raw',
      status: 200,
      vary: ['Origin', 'Accept-Language', 'Accept'],
    },
    {
      way: 'A Vary that names origin in lower case',
      path: '/touch/vary-lower-case',
      status: 200,
      vary: ['Origin', 'Accept'],
    },
    { way: 'res.removeHeader() of Vary', path: '/touch/vary-removed', status: 200 },
    { way: 'An empty Vary', path: '/touch/vary-empty', status: 200 },
    {
      way: 'writeHead() with Vary',
      path: '/touch/vary-head',
      status: 200,
      vary: ['Origin', 'Accept'],
    },
    {
      way: 'writeHead() with a status message and Vary',
      path: '/touch/vary-head-message',
      status: 200,
      vary: ['Origin', 'Accept'],
    },
    {
      way: 'writeHead() with a list of headers and Vary',
      path: '/touch/vary-head-list',
      status: 200,
      vary: ['Origin', 'Accept'],
    },
    {
      way: "@Header('Vary', …) on a handler that throws",
      path: '/touch/vary-error',
      status: 400,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: "@Header('Vary', …) on @Sse()",
      path: '/touch/vary-events',
      status: 200,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: "@Header('Vary', …) on a StreamableFile",
      path: '/touch/vary-file',
      status: 200,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: "@Header('Vary', …) on @Redirect()",
      path: '/touch/vary-redirect',
      status: 302,
      vary: ['Origin', 'Accept-Language'],
    },
    {
      way: 'A middleware that adds Accept-Encoding when the head is written',
      path: '/compressed',
      status: 200,
      vary: ['Origin', 'Accept-Encoding'],
    },
    {
      way: "Such a middleware together with @Header('Vary', …)",
      path: '/compressed/varying',
      status: 200,
      vary: ['Origin', 'Accept-Encoding', 'Accept-Language'],
    },
  ]).map((row): Row =>
    // What a refusal varies by besides Origin is not the handler's to say.
    row.status === 403 ? refusedBeforeTheHandler(row) : row,
  ),
]);

/** The middleware of `/compressed` runs before the guard, so its `Vary` is on the refusal as well. */
function refusedBeforeTheHandler(row: Row): Row {
  return {
    ...row,
    vary: row.path.startsWith('/compressed') ? ['Origin', 'Accept-Encoding'] : ['Origin'],
  };
}

onEachSetup('Handlers that set CORS headers themselves', [
  ...rows([
    {
      way: "A handler with @Header('Access-Control-Allow-Origin', '*')",
      path: '/touch/origin-decorator',
      status: 200,
    },
    {
      way: 'A handler that sets another origin on the reply',
      path: '/touch/origin-reply',
      status: 200,
    },
    {
      way: 'A handler that sets another origin on the raw response',
      path: '/touch/origin-raw',
      status: 200,
    },
    {
      way: 'A handler that writes another origin with the head',
      path: '/touch/origin-head',
      status: 200,
    },
    {
      way: 'A handler that writes another origin with the head as a list',
      path: '/touch/origin-head-list',
      status: 200,
    },
    { way: 'A handler that removes the origin', path: '/touch/origin-removed', status: 200 },
    {
      way: 'A handler that sets Access-Control-Allow-Credentials',
      path: '/touch/credentials',
      status: 200,
    },
    {
      way: 'A handler that sets Access-Control-Expose-Headers',
      path: '/touch/exposes',
      status: 200,
    },
  ]),
  {
    name: "@Header('Access-Control-Allow-Origin', '*') lets nobody in where nothing is enforced.",
    path: '/lenient/decorator',
    headers: { origin: EVIL },
    status: 200,
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'writeHead() with an origin lets nobody in where nothing is enforced.',
    path: '/lenient/raw',
    headers: { origin: EVIL },
    status: 200,
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
]);

/** Every header of the protocol, with what a handler might set it to. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': EVIL,
  'Access-Control-Allow-Credentials': 'TRUE',
  'Access-Control-Allow-Methods': 'DELETE',
  'Access-Control-Allow-Headers': 'X-Own',
  'Access-Control-Allow-Private-Network': 'true',
  'Access-Control-Expose-Headers': 'X-Own',
  'Access-Control-Max-Age': '86400',
};

@Controller('own')
class OwnHeadersController {
  @Get('reply/:name') reply(@Param('name') name: string, @Res({ passthrough: true }) reply: Reply) {
    reply.header(name, OWN_HEADERS[name] ?? '');
    return 'ok';
  }
  @Get('raw/:name') raw(@Param('name') name: string, @Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader(name, OWN_HEADERS[name] ?? '');
    return 'ok';
  }
  @Get('head/:name') head(@Param('name') name: string, @Res() reply: Reply) {
    takeOver(reply)
      .writeHead(200, { [name]: OWN_HEADERS[name] })
      .end('ok');
  }
  @Get('list/:name') list(@Param('name') name: string, @Res() reply: Reply) {
    takeOver(reply)
      .writeHead(200, [name, OWN_HEADERS[name] ?? ''])
      .end('ok');
  }
  @Get('pairs/:name') pairs(@Param('name') name: string, @Res() reply: Reply) {
    takeOver(reply)
      .writeHead(200, [[name, OWN_HEADERS[name] ?? '']])
      .end('ok');
  }
}

table(
  'Every CORS header that a handler sets itself',
  { ...setup, controllers: [OwnHeadersController] },
  rows(
    Object.entries({
      reply: 'set on the reply',
      raw: 'set on the raw response',
      head: 'given to writeHead()',
      list: 'given to writeHead() in a list',
      pairs: 'given to writeHead() in pairs',
    }).flatMap(([form, how]) =>
      Object.keys(OWN_HEADERS).map((name) => ({
        way: `An answer with ${name} of its own, ${how},`,
        path: `/own/${form}/${name}`,
        status: 200,
      })),
    ),
  ),
);

// What needs an application of its own

@Controller('cached')
class CachedController {
  @Header('ETag', '"v1"') @Get() read() {
    return 'a book';
  }
}

table('A 304 by If-None-Match', { ...setup, controllers: [CachedController] }, [
  {
    name: 'A 304 that Express makes of ETag and If-None-Match carries the headers of an allowed origin.',
    path: '/cached',
    headers: { origin: APP, 'if-none-match': '"v1"' },
    status: 304,
    cors: GRANTED,
    on: 'express',
  },
  {
    name: 'A 304 that Express makes of ETag and If-None-Match carries Vary: Origin without Origin.',
    path: '/cached',
    headers: { 'if-none-match': '"v1"' },
    status: 304,
    on: 'express',
  },
]);

@Controller('slow')
class SlowController {
  @Get() async read(@Res({ passthrough: true }) reply: { raw: ServerResponse }) {
    await once(reply.raw, 'close');
    return 'too late';
  }
}

table(
  "Fastify's handlerTimeout",
  { ...setup, controllers: [SlowController], fastify: { handlerTimeout: 30 } },
  rows([{ way: 'A timeout of the handler', path: '/slow', status: 503, on: 'fastify' }]),
);

@Catch()
class GlobalFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<Reply>()
      .status(499)
      .header('Vary', 'Accept')
      .header('Access-Control-Allow-Origin', '*')
      .send('the global filter');
  }
}

table(
  'A global exception filter',
  {
    ...setup,
    configure: (app) => {
      addMiddleware(app);
      app.useGlobalFilters(new GlobalFilter());
    },
  },
  [
    {
      name: 'A global filter that answers a refusal opens nothing to the other origin.',
      path: '/ways/object',
      headers: { origin: EVIL },
      status: 499,
      reason: 'origin-not-allowed',
      endedByTheApp: true,
      answers: 'the global filter',
      vary: ['Origin', 'Accept'],
    },
    {
      name: 'A global filter that answers a 404 leaves the headers of an allowed origin.',
      path: '/nowhere',
      headers: { origin: APP },
      status: 499,
      answers: 'the global filter',
      cors: GRANTED,
      vary: ['Origin', 'Accept'],
    },
    {
      name: 'A global filter that answers a malformed body leaves the headers of an allowed origin.',
      method: 'POST',
      path: '/ways/body',
      headers: { origin: APP, ...json },
      body: '{',
      status: 499,
      answers: 'the global filter',
      cors: GRANTED,
      vary: ['Origin', 'Accept'],
    },
  ],
);

table(
  'A policy for any origin',
  {
    imports: [CorsModule.forRoot({ origin: '*' })],
    controllers: [TouchController],
  },
  [
    {
      name: "The handler's own Vary stays as it is where the answer does not vary by Origin.",
      path: '/touch/vary-decorator',
      headers: { origin: APP },
      status: 200,
      cors: allows('*'),
      vary: ['Accept-Language'],
    },
    {
      name: "A handler's own Access-Control-Allow-Origin does not replace *.",
      path: '/touch/origin-raw',
      headers: { origin: APP },
      status: 200,
      cors: allows('*'),
      vary: [],
    },
  ],
);
