import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { type Attributes, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import { Registry } from 'prom-client';
import { Cors, CorsModule } from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';
import { preflight } from '../harness/table.js';
import { block } from '../readme/documentation.js';
import { countCorsDecisions as countForOpenTelemetry } from './recipes/opentelemetry.js';
import { countCorsDecisions as countForPrometheus } from './recipes/prometheus.js';

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Put(':id') update() {
    return 'saved';
  }
  @Cors({ origin: '*' }) @Get('public') open() {
    return 'listed';
  }
}

/** A meter that remembers what was added, as an SDK would export it. */
function meterOf(added: [string, number, Attributes][]): Meter {
  const createCounter = (name: string) => ({
    add: (value: number, attributes: Attributes) => void added.push([name, value, attributes]),
  });
  // Nothing else of it is used.
  return { createCounter } as unknown as Meter;
}

describe.each(ADAPTERS)('On %s,', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP })],
      controllers: [BooksController],
    });
  });
  afterAll(() => app.close());

  const visit = async () => {
    await app.send({ path: '/books' });
    await app.send({ path: '/books', headers: { origin: APP } });
    await app.send({ path: '/books', headers: { origin: EVIL } });
    await app.send({ path: '/books/7', ...preflight(APP, 'PUT') });
    await app.send({ path: '/nowhere/7', headers: { origin: APP } });
  };

  const counted: readonly (Attributes | undefined)[] = [
    { 'cors.kind': 'not-cors', 'cors.outcome': 'allowed', 'http.route': '/books' },
    { 'cors.kind': 'actual', 'cors.outcome': 'allowed', 'http.route': '/books' },
    { 'cors.kind': 'actual', 'cors.outcome': 'origin-not-allowed', 'http.route': '/books' },
    { 'cors.kind': 'preflight', 'cors.outcome': 'allowed', 'http.route': '/books/:id' },
    { 'cors.kind': 'actual', 'cors.outcome': 'allowed' },
  ];

  test('the OpenTelemetry recipe counts every decision until it is ended', async () => {
    const added: [string, number, Attributes][] = [];
    const end = countForOpenTelemetry(meterOf(added));
    await visit();
    end();
    await visit();
    expect(added).toEqual(counted.map((attributes) => ['cors.decisions', 1, attributes]));
  });

  test('the OpenTelemetry recipe takes the meter of the SDK that was started', async () => {
    const added: [string, number, Attributes][] = [];
    const getMeter = jest.fn<MeterProvider['getMeter']>(() => meterOf(added));
    metrics.setGlobalMeterProvider({ getMeter });
    const end = countForOpenTelemetry();
    await visit();
    end();
    metrics.disable();
    expect(getMeter.mock.calls[0]?.[0]).toBe('nestjs-cors');
    expect(added).toHaveLength(counted.length);
  });

  test('the Prometheus recipe counts every decision until it is ended', async () => {
    const registry = new Registry();
    const end = countForPrometheus(registry);
    await visit();
    end();
    await visit();
    const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('{'));
    const line = (kind: string, outcome: string, route: string, origin: string) =>
      `cors_decisions_total{kind="${kind}",outcome="${outcome}",route="${route}",origin="${origin}"} 1`;
    expect(lines).toEqual([
      line('not-cors', 'allowed', 'GET /books', 'none'),
      line('actual', 'allowed', 'GET /books', APP),
      line('actual', 'origin-not-allowed', 'GET /books', 'other'),
      line('preflight', 'allowed', 'PUT /books/:id', APP),
      line('actual', 'allowed', 'none', APP),
    ]);
  });

  test('the Prometheus recipe has few labels, however many origins and URLs are tried', async () => {
    const registry = new Registry();
    const end = countForPrometheus(registry);
    for (let index = 0; index < 80; index += 1) {
      const headers = { origin: `https://n${index}.example` };
      await app.send({ path: '/books/public', headers });
      await app.send({ path: '/books', headers });
      await app.send({ method: 'PUT', path: `/books/${index}`, headers });
      await app.send({ path: `/nowhere/${index}`, headers });
    }
    end();
    const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('{'));
    const labels = (name: string) =>
      new Set(lines.map((line) => line.split(`${name}="`)[1]?.split('"')[0]));
    expect(labels('origin').size).toBe(51);
    expect(labels('route')).toEqual(
      new Set(['GET /books/public', 'GET /books', 'PUT /books/:id', 'none']),
    );
  });
});

test.each(['opentelemetry.ts', 'prometheus.ts'])('The documentation has this very %s.', (file) => {
  const recipe = readFileSync(new URL(`recipes/${file}`, import.meta.url), 'utf8');
  expect(block(`operations/${file}`).text).toBe(
    recipe.replace('../../../src/index.js', 'nestjs-cors'),
  );
});
