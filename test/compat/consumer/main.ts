import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsConfigurationError, CorsModule, CorsPolicyService } from '../../../src/index.js';
import { AccountController, AppModule, OPTIONS } from './app.js';
import { ROWS, type Row } from './rows.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

function send(port: number, { method = 'GET', path, headers = {}, body }: Row): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers }, agent: false },
      (response) => {
        response.resume();
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What an answer and a row have to have in common, as text. */
function gist(status: number, cors: object, vary: readonly string[]): string {
  const fields = Object.entries(cors).map(([name, value]) => `${name}: ${String(value)}`);
  return [status, ...fields.sort(), `vary: ${[...vary].sort().join(', ')}`].join('; ');
}

function gistOf({ status, headers }: Answer): string {
  const cors = Object.entries(headers)
    .filter(([name]) => name.startsWith('access-control-'))
    .map(([name, value]) => [name.replace('access-control-', ''), value] as const);
  const vary = (headers['vary'] ?? '')
    .toLowerCase()
    .split(/, */)
    .filter((name) => name !== '');
  return gist(status, Object.fromEntries(cors), vary);
}

/** Fastify's own way of testing, which sends nothing over the wire, has to show the same. */
async function differencesOfInject(adapter: FastifyAdapter): Promise<string[]> {
  const faults: string[] = [];
  for (const row of ROWS.filter(({ injected = true }) => injected)) {
    const { method = 'GET', path, headers = {}, body = '' } = row;
    const { statusCode, headers: fields } = await adapter.inject({
      method: method as 'GET',
      url: path,
      headers: { host: '127.0.0.1', ...headers },
      payload: body,
    });
    const expected = gist(row.status, row.cors ?? {}, row.vary ?? ['origin']);
    const found = gistOf({ status: statusCode, headers: fields as Answer['headers'] });
    if (found !== expected) faults.push(`${row.name}, injected: got ${found}`);
  }
  return faults;
}

/** Nest 12 then orders routes by a class that Nest 11 lacks; to its types, the option is unknown. */
const ORDERED: object = { routeResolutionStrategy: 'specificity' };

async function run(adapter: ExpressAdapter | FastifyAdapter): Promise<string[]> {
  const app = await NestFactory.create(AppModule, adapter, { logger: false, ...ORDERED });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const faults: string[] = [];
  for (const row of ROWS) {
    const expected = gist(row.status, row.cors ?? {}, row.vary ?? ['origin']);
    const found = gistOf(await send(port, row));
    if (found !== expected) faults.push(`${row.name}: got ${found} instead of ${expected}`);
  }
  if (adapter instanceof FastifyAdapter) faults.push(...(await differencesOfInject(adapter)));
  const service = app.get(CorsPolicyService);
  const decision = await service.evaluate({
    method: 'GET',
    url: '/account',
    headers: { origin: 'https://evil.example' },
  });
  if (decision.allowed || decision.route?.controller !== AccountController) {
    faults.push(`evaluate() says ${decision.message}`);
  }
  await app.close();
  return faults;
}

async function refusesNonsense(): Promise<string[]> {
  const module = CorsModule.forRoot({ ...OPTIONS, origin: '*' });
  try {
    const app = await NestFactory.create(module, new ExpressAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    return ['any origin with credentials starts'];
  } catch (error) {
    return error instanceof CorsConfigurationError ? [] : [String(error)];
  }
}

async function main(): Promise<void> {
  const faults = [
    ...(await run(new ExpressAdapter())).map((fault) => `Express: ${fault}`),
    ...(await run(new FastifyAdapter())).map((fault) => `Fastify: ${fault}`),
    ...(await refusesNonsense()),
  ];
  console.log(faults.length === 0 ? `${ROWS.length} rows on both adapters` : faults.join('\n'));
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
