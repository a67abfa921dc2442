import type { CorsExplanation } from '../../src/document/explanation/cors-explanation.js';
import type { AskedRequest } from '../asked-request.js';
import type { Setup } from '../page-server.js';
import type { Prediction } from '../prediction.js';
import type { LoggedRequest } from '../request-log.js';
import type { RunResult } from '../run-result.js';
import type { VisitorId } from '../visitors.js';

export type Predictions = Readonly<Record<VisitorId, Prediction>>;
/** By scenario. */
export type Results = Readonly<Record<string, RunResult>>;

/** The server that this page is from does not answer. */
export class PlaygroundDownError extends Error {}

/** What the page asks of the server that it is from. */
export const playgroundServer = {
  setup: () => ask<Setup>('GET', '/setup'),
  /** Whether the API answers that server. */
  apiAnswers: async () => (await ask<{ api: boolean }>('GET', '/health')).api,
  predictions: (asked: readonly AskedRequest[]) =>
    ask<readonly Predictions[]>('POST', '/predictions', asked),
  explanation: (visitor: VisitorId, asked: AskedRequest, signal?: AbortSignal) =>
    ask<CorsExplanation>('POST', `/explanation?visitor=${visitor}`, asked, signal),
  requests: (probe: string) => ask<readonly LoggedRequest[]>('GET', `/requests?probe=${probe}`),
  results: () => ask<Readonly<Record<VisitorId, Results>>>('GET', '/results'),
  record: (scenario: string, result: RunResult) =>
    ask<object>('POST', `/results?scenario=${scenario}`, result),
  forgetResults: () => ask<object>('DELETE', '/results'),
  tenants: () => ask<readonly string[]>('GET', '/tenants'),
  allowTenant: (visitor: VisitorId) =>
    ask<readonly string[]>('POST', `/tenants?visitor=${visitor}`),
  revokeTenant: (visitor: VisitorId) =>
    ask<readonly string[]>('DELETE', `/tenants?visitor=${visitor}`),
};

/** @throws PlaygroundDownError, or an Error in the words of the server */
async function ask<Answer>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new PlaygroundDownError(
      `${location.origin}, which this page is from, does not answer any more. Is npm start still running? Start it again, then reload.`,
      { cause },
    );
  });
  const answer = (await response.json()) as Answer & { readonly message?: string };
  if (!response.ok) throw new Error(answer.message ?? `${path} answered ${response.status}.`);
  return answer;
}
