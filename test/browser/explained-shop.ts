import type { Server } from 'node:http';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Cors } from '../../src/index.js';
import { BooksController, POLICIES, startExplained } from '../explorer/explained-app.js';
import { SHOP } from '../harness/origins.js';
import type { RunningApp } from '../harness/start-app.js';

/** What would run, if it were ever taken for more than text. */
export const HOSTILE = '<img src=x onerror=window.hacked=1>';

@Cors(HOSTILE)
@Controller('hostile')
class HostileController {
  @Get(HOSTILE.replaceAll(' ', '')) read(): string {
    return 'read';
  }
}

const HOSTILE_POLICIES = {
  ...POLICIES,
  policies: {
    ...POLICIES.policies,
    [HOSTILE]: {
      origin: Object.defineProperty(() => false, 'name', { value: HOSTILE }),
      credentials: false,
    },
  },
};

/** helmet's own words (https://helmetjs.github.io/#content-security-policy), beside whatever the page sends. */
const HELMET =
  "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'";

/** A bookshop with hostile names, behind what changes its answers on their way. */
export function startShop(adapter: RunningApp['adapter']): Promise<RunningApp> {
  return startExplained({
    adapter,
    policies: HOSTILE_POLICIES,
    controllers: [BooksController, HostileController],
    configure: (nest) => {
      nest.setGlobalPrefix('api');
      standBetween(nest);
    },
  });
}

/** As a proxy would: the page's own policy and helmet's both hold then, and some answers lose their CORS headers. */
function standBetween(nest: INestApplication): void {
  const server = nest.getHttpServer() as Server;
  server.prependListener('request', ({ url }, response) => {
    const { writeHead } = response;
    response.writeHead = (...given: unknown[]) => {
      const own = response.getHeader('content-security-policy');
      response.setHeader('content-security-policy', [own ?? [], HELMET].flat().map(String));
      if (url?.includes('proxied') === true) {
        for (const name of response.getHeaderNames()) response.removeHeader(name);
        const headers = { 'content-type': 'text/plain', 'access-control-allow-origin': '*' };
        return Reflect.apply(writeHead, response, [given[0], headers]) as typeof response;
      }
      return Reflect.apply(writeHead, response, given) as typeof response;
    };
  });
}

/** The parts of its explorer, each with something to see. */
export const PARTS = [
  { name: 'paste', hash: '#/paste', shows: '#paste' },
  {
    name: 'what-if',
    hash: `#/what-if?origin=${SHOP}&method=PUT&url=/api/books/1&header=x-trace-id`,
    shows: '.explanation',
  },
  { name: 'routes', hash: '#/routes', shows: '.routes summary' },
  {
    name: 'matrix',
    hash: `#/matrix?origin=${SHOP}&origin=https://partner.example&origin=https://stranger.example`,
    shows: '.matrix td [data-outcome]',
  },
  { name: 'live', hash: '#/live', shows: '[data-live=true]' },
  { name: 'take-away', hash: '#/take-away', shows: 'pre' },
] as const;
