import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CorsDecision, CorsPolicyService } from '../../src/index.js';
import { type CorsHeaders, corsHeadersOf, varyOf } from './cors-headers.js';
import { type Answer, type Request, valuesOf } from './send.js';
import {
  ADAPTERS,
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from './start-app.js';

/** One request, the answer it must get, and the decision that `evaluate()` must report for it. */
export interface Row extends Request {
  /** A sentence that is true of the product. */
  readonly name: string;
  readonly status: number;
  /** Every CORS header of the answer. Default: none. */
  readonly cors?: CorsHeaders;
  /** The members of `Vary`. Default: `Origin`, and a preflight's three. */
  readonly vary?: readonly string[];
  /** Why the request is not allowed. Default: it is allowed. */
  readonly reason?: CorsDecision['reason'];
  /** Default: what the request's headers say, short of same-origin. */
  readonly kind?: CorsDecision['kind'];
  /** Whether the status is another's than this module's, so that the decision cannot tell it. */
  readonly endedByTheApp?: boolean;
  /** What the body must contain. */
  readonly answers?: string | RegExp;
  /** Further headers of the answer; `undefined` for one that must not be there. */
  readonly others?: Readonly<Record<string, string | undefined>>;
  /** The only adapter it is true of. */
  readonly on?: AdapterName;
}

export const PREFLIGHT_VARY = [
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
];

/** The headers of a preflight request. */
export function preflight(
  origin: string,
  method: string,
  headers?: string,
): Pick<Row, 'method' | 'headers'> {
  return {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers !== undefined && { 'access-control-request-headers': headers }),
    },
  };
}

/** Runs the rows against one application on each adapter. */
export function table(
  title: string,
  setup: AppSetup | (() => AppSetup),
  rows: readonly Row[],
): void {
  const rowsOn = (adapter: AdapterName) => rows.filter(({ on = adapter }) => on === adapter);
  const adapters = ADAPTERS.filter((adapter) => rowsOn(adapter).length > 0);
  describe.each(adapters)(`${title}, on %s`, (adapter) => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await startApp({ ...(typeof setup === 'function' ? setup() : setup), adapter });
    });
    afterAll(() => app.close());

    test.each(rowsOn(adapter))('$name', (row) => check(app, row));
  });
}

/** Sends the row's request and compares the answer and the decision with what the row says. */
export async function check(app: RunningApp, row: Row): Promise<void> {
  const answer = await app.send(row);
  compareAnswer(answer, row);
  if (kindOf(row) === 'preflight' && !row.endedByTheApp && answer.status < 300) {
    expect(valuesOf(answer, 'content-length')).toEqual(['0']);
  }
  await compareDecision(app, answer, row);
}

export function compareAnswer(answer: Answer, row: Row): void {
  const kind = kindOf(row);
  expect({
    status: answer.status,
    cors: corsHeadersOf(answer.headers),
    vary: varyOf(answer.headers),
    others: Object.fromEntries(
      Object.keys(row.others ?? {}).map((name) => [name, valuesOf(answer, name)[0]]),
    ),
  }).toEqual({
    status: row.status,
    cors: row.cors ?? {},
    vary: (row.vary ?? (kind === 'preflight' ? PREFLIGHT_VARY : ['Origin']))
      .map((name) => name.toLowerCase())
      .sort(),
    others: row.others ?? {},
  });
  if (row.answers !== undefined) expect(answer.body).toMatch(row.answers);
  if (row.endedByTheApp) return;
  if (row.reason !== undefined) expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
  if (kind === 'preflight') {
    expect(answer.body).toBe('');
  } else if (row.reason !== undefined && row.method !== 'HEAD') {
    expect(JSON.parse(answer.body)).toMatchObject({
      statusCode: answer.status,
      message: expect.stringMatching(/\w/),
    });
  }
}

export async function compareDecision(app: RunningApp, answer: Answer, row: Row): Promise<void> {
  const decision = await app.nest.get(CorsPolicyService).evaluate(app.received());
  const headers = Object.entries(decision.headers);
  expect({
    kind: decision.kind,
    allowed: decision.allowed,
    reason: decision.reason,
    cors: corsHeadersOf(headers),
  }).toEqual({
    kind: kindOf(row),
    allowed: row.reason === undefined,
    reason: row.reason,
    cors: corsHeadersOf(answer.headers),
  });
  expect(varyOf(answer.headers)).toEqual(expect.arrayContaining(varyOf(headers)));
  expect(decision.message).toMatch(/\w/);
  if (!row.endedByTheApp && (decision.kind === 'preflight' || !decision.allowed)) {
    expect(decision.status).toBe(answer.status);
  }
}

function kindOf({ kind, method, headers = {} }: Row): CorsDecision['kind'] {
  if (kind !== undefined) return kind;
  if (headers['origin'] === undefined) return 'not-cors';
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    ? 'preflight'
    : 'actual';
}
