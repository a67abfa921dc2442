import { Body, Controller, Get, Injectable, Post, Put, UseGuards } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Cors, CorsModule, type CorsOriginResolver, type CorsRequest } from '../../src/index.js';
import { type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';

export const LISTED = 'https://app.example.com';
export const FAMILY = 'https://a.preview.example.com';
export const PARTNER = 'https://partner.example.org';
export const STRANGER = 'https://evil.example';

/** What becomes of the directory's look-up for a request; the request's header `x-lookup` says it. */
export type Lookup = 'works' | 'is slow' | 'fails';

@Injectable()
export class FlakyDirectory implements CorsOriginResolver {
  asked = 0;
  /** Look-ups that have no answer yet. */
  pending = 0;

  async isOriginAllowed(origin: string, request?: CorsRequest): Promise<boolean> {
    const lookup = request?.headers['x-lookup'];
    this.asked += 1;
    if (lookup === 'fails') throw new Error('The directory is down.');
    if (lookup === 'is slow') {
      this.pending += 1;
      await delay(20);
      this.pending -= 1;
    }
    return origin === PARTNER;
  }
}

class Unauthorized implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller()
class SoakController {
  @Get('listed') read() {
    return { ok: true };
  }
  @Put('listed') write(@Body() body: object) {
    return body;
  }
  @Cors({ origin: '*', credentials: false }) @Get('open') open() {
    return { ok: true };
  }
  @Cors({ origin: [LISTED, FlakyDirectory], credentials: false }) @Get('partners') partners() {
    return { ok: true };
  }
  @Cors({ origin: FlakyDirectory, credentials: false }) @Post('partners') order() {
    return { ok: true };
  }
  @Cors(false) @Get('closed') closed() {
    return { ok: true };
  }
  @UseGuards(Unauthorized) @Get('forbidden') forbidden() {}
  @Get('large') large() {
    return { text: 'x'.repeat(100_000) };
  }
}

export function startSoakApp(adapter: AdapterName): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [
      CorsModule.forRoot({ origin: [LISTED, 'https://*.preview.example.com'], credentials: true }),
    ],
    controllers: [SoakController],
    providers: [FlakyDirectory],
    // A server that closes idle connections may do so while a request is on its way.
    configure: (nest) => {
      (nest.getHttpServer() as Server).keepAliveTimeout = 0;
    },
  });
}
