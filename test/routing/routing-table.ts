import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { type AppSetup, label, NONE, type RoutedApp, startRoutedApp } from './routed-app.js';

export type AdapterName = 'express' | 'fastify';

/** One request, and the handler that serves it. */
export interface Row {
  /** Method and target: `GET /cats`. */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `Controller.method`, or `none`. By adapter where they differ. */
  readonly serves: string | Readonly<Record<AdapterName, string>>;
  /**
   * What a table finds that is made of a description. Default: what serves. It is something else only where code of the
   * application decides, which is in no description.
   */
  readonly described?: string | Readonly<Record<AdapterName, string>>;
  /** What a preflight must reckon with, in the router's order. Default: what serves. */
  readonly candidates?: readonly string[];
  /** The methods a preflight is told of. */
  readonly methods?: string;
  /** The only adapter it is true of. */
  readonly on?: AdapterName;
}

type Setup = Omit<AppSetup, 'httpAdapter'> & Partial<Pick<AppSetup, 'httpAdapter'>>;

const ADAPTERS: readonly AdapterName[] = ['express', 'fastify'];

/** Sends every row's request to a real application, and asks its route table about it. */
export function routingTable(
  title: string,
  setup: Setup | ((adapter: AdapterName) => Setup),
  rows: readonly Row[],
): void {
  const adapters = ADAPTERS.filter((name) => rows.some(({ on = name }) => on === name));
  describe.each(adapters)(`${title}, on %s`, (adapter) => {
    let app: RoutedApp | undefined;
    beforeAll(async () => {
      app = await startRoutedApp({
        httpAdapter: adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
        ...(typeof setup === 'function' ? setup(adapter) : setup),
      });
    });
    afterAll(() => app?.close());

    test.each(
      rows
        .filter(({ on = adapter }) => on === adapter)
        .map((row) => {
          const ofAdapter = (served: Row['serves']) =>
            typeof served === 'string' ? served : served[adapter];
          const serves = ofAdapter(row.serves);
          const described = ofAdapter(row.described ?? serves);
          const given = row.headers ? ` with ${JSON.stringify(row.headers)}` : '';
          return { ...row, serves, described, name: `${row.request}${given}: ${serves}` };
        }),
    )('$name', async ({ request, headers = {}, serves, described, candidates, methods }) => {
      const [method = '', url = ''] = request.split(' ');
      const reached = await app!.reach(method, url, headers);
      const given = { host: 'localhost', ...headers };
      const urlRoutes = app!.table.at(
        { method: 'OPTIONS', url, headers: { host: given.host } },
        method,
      );
      expect({
        reached: reached.handler ?? NONE,
        found: label(app!.table.find({ method, url, headers: given })),
        foundByDescription: label(app!.described.find({ method, url, headers: given })),
        candidates: urlRoutes.candidates.map(label),
        ...(methods !== undefined && { methods: [...urlRoutes.methods.keys()].join(' ') }),
      }).toEqual({
        reached: serves,
        found: serves,
        foundByDescription: described,
        candidates: candidates ?? (serves === NONE ? [] : [serves]),
        ...(methods !== undefined && { methods }),
      });
    });
  });
}
