import https from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, Post } from '@nestjs/common';
import { CorsModule } from '../../src/index.js';
import { CERTIFICATE } from '../harness/certificate.js';
import { ADAPTERS, type AppSetup, type RunningApp, startApp } from '../harness/start-app.js';

@Controller()
class ClosedController {
  @Post() write() {
    return 'written';
  }
}

let app: RunningApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

function post(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    https
      .request(
        {
          host: '127.0.0.1',
          port,
          method: 'POST',
          headers,
          ca: CERTIFICATE.cert,
          servername: 'localhost',
          agent: false,
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
      .on('error', reject)
      .end();
  });
}

describe.each(ADAPTERS)('On a TLS connection, on %s,', (adapter) => {
  test.each([
    {
      origin: 'https://localhost',
      status: 201,
      what: 'that of an https: page on its host is same-origin',
    },
    {
      origin: 'http://localhost',
      status: 403,
      what: 'that of an http: page on its host is not: whoever sits on the network can forge it',
    },
    {
      origin: 'http://localhost',
      site: 'same-origin',
      status: 201,
      what: 'a browser that says so itself is believed',
    },
  ])('a request $what', async ({ origin, site, status }) => {
    app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: false })],
      controllers: [ClosedController],
      ...(adapter === 'express'
        ? { nest: { httpsOptions: CERTIFICATE } }
        : { fastify: { https: CERTIFICATE } as NonNullable<AppSetup['fastify']> }),
    });
    const headers = {
      host: 'localhost',
      origin,
      ...(site !== undefined && { 'sec-fetch-site': site }),
    };
    expect(await post(app.port, headers)).toBe(status);
  });
});
