import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  Injectable,
  Options,
  Put,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Cors, CorsModule } from '../../src/index.js';
import { type RunningApp, startApp } from '../harness/start-app.js';

/*
 * What the tables of the pages compare: Nest's `enableCors()` on both adapters, which is `cors` and `@fastify/cors`, a guard
 * as people write it beside `enableCors()`, and this module on both adapters.
 */

/** As the tables name them. */
export const PEERS = ['cors', '@fastify/cors', 'a guard', 'nestjs-cors'] as const;
export type Peer = (typeof PEERS)[number];

/** A page that the policy allows, and one that it does not. */
export const APP = 'https://app.example.com';
export const STRANGER = 'https://stranger.example';

/** Options that all of them take. */
export interface SharedOptions {
  readonly origin?: string | string[];
  readonly credentials?: boolean;
  readonly methods?: string;
  readonly allowedHeaders?: string | string[];
}

export const LISTED: SharedOptions = { origin: [APP], credentials: true };

const AllowedOrigins = (...origins: string[]) => SetMetadata('origins', origins);

/** The guard that answers to "CORS for one route in Nest" propose: it checks `Origin`, and sets the header. */
@Injectable()
class OriginGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { origin } = http.getRequest<{ headers: { origin?: string } }>().headers;
    const allowed = this.reflector.getAllAndOverride<string[]>('origins', [
      context.getHandler(),
      context.getClass(),
    ]);
    if (origin === undefined) return true;
    if (!allowed.includes(origin)) throw new ForbiddenException();
    http
      .getResponse<{ header(name: string, value: string): void }>()
      .header('Access-Control-Allow-Origin', origin);
    return true;
  }
}

/** The same handlers for each: `shared` is open to the stranger for GET alone, where that can be said. */
function booksOf(peer: Peer) {
  const Everybody =
    peer === 'nestjs-cors'
      ? Cors({ origin: '*', credentials: false })
      : AllowedOrigins(APP, STRANGER);

  @AllowedOrigins(APP)
  @UseGuards(...(peer === 'a guard' ? [OriginGuard] : []))
  @Controller('books')
  class BooksController {
    @Get()
    list() {
      return 'list';
    }

    @Everybody
    @Get('shared')
    read() {
      return 'read';
    }

    @Put('shared')
    update() {
      return 'saved';
    }

    @Get('languages')
    @Header('Vary', 'Accept-Language')
    languages() {
      return 'languages';
    }

    @Options('own')
    own() {
      return 'own';
    }
  }
  return BooksController;
}

/** The applications of one column: this module's has to answer alike on both adapters. */
export function startPeer(peer: Peer, options: SharedOptions | 'none'): Promise<RunningApp[]> {
  const given = options === 'none' ? undefined : options;
  const controllers = [booksOf(peer)];
  if (peer === 'nestjs-cors') {
    return Promise.all(
      (['express', 'fastify'] as const).map((adapter) =>
        startApp({ adapter, controllers, imports: [CorsModule.forRoot(given)] }),
      ),
    );
  }
  return Promise.all([
    startApp({
      adapter: peer === '@fastify/cors' ? 'fastify' : 'express',
      controllers,
      configure: (nest) => {
        nest.enableCors(given);
      },
    }),
  ]);
}
