import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  NotFoundException,
  Param,
  Req,
  Res,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Cors } from '../cors.decorator.js';
import { EDGE_SERVERS, edgeConfiguration } from '../document/edge/edge-configurations.js';
import { explainRequest } from '../document/explanation/explain-request.js';
import { describeRoutes } from '../document/report.js';
import { raw } from '../enforcement/raw-message.js';
import { PAGE_ICON, PAGE_SCRIPT, PAGE_STYLE } from './built-page.js';
import { ExplainedApplication } from './explained-application.js';
import type { ReadExplorerOptions } from './explorer-options.js';
import { LiveDecisions } from './live-decisions.js';
import { originMatrix } from './origin-matrix.js';
import { ownPagesGuard } from './own-pages.guard.js';
import { PAGE_HEADERS, pageHtml } from './page-html.js';
import { questionOf } from './question-query.js';

/** The adapter's own object, whichever adapter it is. */
type Framed<Raw extends object> = Raw | { readonly raw: Raw };

/** A reply of Fastify, which leaves the response to others when it is told so. */
interface Hijackable {
  hijack?(): unknown;
}

/**
 * The controller of an explorer, whose path and guards are its own. It has GET routes alone, which change nothing:
 * questions are in the query, so that neither body parsers nor CSRF tokens come into it, and Node bounds their length.
 */
export function createExplorerController(
  path: string,
  guards: ReadExplorerOptions['guards'],
): Type {
  // Every field that a default could open is said here.
  @Cors({
    ...{ origin: false, credentials: false, isolate: true, enforce: true },
    ...{ preflightContinue: false, privateNetwork: false },
  })
  @UseGuards(ownPagesGuard, ...guards)
  @Controller({ path, version: VERSION_NEUTRAL })
  class CorsExplorerController {
    constructor(
      private readonly application: ExplainedApplication,
      private readonly live: LiveDecisions,
      private readonly adapterHost: HttpAdapterHost,
    ) {}

    /** The page; and the document for programs that are given the explorer's address, as `nestjs-cors --from` is. */
    @Get()
    page(@Req() request: Framed<IncomingMessage>, @Res() response: object): void {
      const { accept = '' } = raw(request).headers;
      if (/^application\/json\b/i.test(accept)) this.document(response);
      else this.#answer(response, 'text/html', pageHtml(urlOf(request).pathname));
    }

    @Get('page.js')
    script(@Res() response: object): void {
      this.#answer(response, 'text/javascript', PAGE_SCRIPT);
    }

    @Get('page.css')
    style(@Res() response: object): void {
      this.#answer(response, 'text/css', PAGE_STYLE);
    }

    @Get('icon.svg')
    icon(@Res() response: object): void {
      this.#answer(response, 'image/svg+xml', PAGE_ICON);
    }

    @Get('document')
    document(@Res() response: object): void {
      this.#answerJson(response, this.application.service.document());
    }

    @Get('explanation')
    async explanation(
      @Req() request: Framed<IncomingMessage>,
      @Res() response: object,
    ): Promise<void> {
      const { searchParams } = urlOf(request);
      await this.#answerQuestion(response, () =>
        explainRequest(this.application.service, questionOf(searchParams)),
      );
    }

    @Get('matrix')
    async matrix(@Req() request: Framed<IncomingMessage>, @Res() response: object): Promise<void> {
      const { searchParams } = urlOf(request);
      await this.#answerQuestion(response, () =>
        originMatrix(this.application.service, {
          origins: searchParams.getAll('origin'),
          places: searchParams.getAll('place').map(Number),
          server: searchParams.get('server') ?? '',
        }),
      );
    }

    @Get('live')
    decisions(@Res() response: Framed<ServerResponse> & Hijackable): void {
      const stream = raw(response);
      response.hijack?.();
      if (!this.live.watch(stream)) stream.writeHead(503, { 'Retry-After': '10' }).end();
    }

    @Get('report')
    report(@Res() response: object): void {
      this.#answer(response, 'text/plain', describeRoutes(this.application.service.document()));
    }

    @Get('edge/:server')
    edge(
      @Req() request: Framed<IncomingMessage>,
      @Param('server') name: string,
      @Res() response: object,
    ): void {
      const server = EDGE_SERVERS.find((each) => each === name);
      if (server === undefined) throw new NotFoundException();
      const document = this.application.service.document();
      const { localPort: port = 80 } = raw(request).socket;
      const addresses = {
        upstream: { host: '127.0.0.1', port },
        listen: port === 8080 ? 8081 : 8080,
      };
      this.#answer(response, 'text/plain', edgeConfiguration(server, document, addresses));
    }

    /** @param ask throws RangeError where the question is none */
    async #answerQuestion(response: object, ask: () => Promise<object>): Promise<void> {
      try {
        this.#answerJson(response, await ask());
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#answerJson(response, { message: error.message }, 400);
      }
    }

    #answerJson(response: object, value: object, status = 200): void {
      this.#answer(response, 'application/json', JSON.stringify(value), status);
    }

    /** Past the application's interceptors, which may wrap what handlers return. */
    #answer(response: object, type: string, body: string, status = 200): void {
      const { httpAdapter } = this.adapterHost;
      for (const [name, value] of Object.entries(PAGE_HEADERS)) {
        httpAdapter.setHeader(response, name, value);
      }
      httpAdapter.setHeader(response, 'Content-Type', `${type}; charset=utf-8`);
      httpAdapter.reply(response, body, status);
    }
  }
  return CorsExplorerController;
}

/** What was asked for, before a prefix was taken off. */
function urlOf(request: Framed<IncomingMessage>): URL {
  const { url = '/', originalUrl = url } = raw(request) as IncomingMessage & {
    readonly originalUrl?: string;
  };
  return new URL(originalUrl.replace(/^\/+/, '/'), 'http://server.invalid');
}
