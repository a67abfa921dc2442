import type { RunResult } from '../run-result.js';
import { checksOf } from './checks.js';
import { playgroundServer } from './playground-server.js';
import { askedOf, send, type SentRequest } from './sent-request.js';
import type { VisitorId } from '../visitors.js';

/** The API does not answer anybody, so that nothing can be said of CORS. */
export class ApiDownError extends Error {}

/**
 * Predicts a request, sends it, and compares.
 *
 * @param status what the application answers to whoever is let through, where that is known
 * @throws ApiDownError, PlaygroundDownError
 */
export async function runRequest(
  api: string,
  here: VisitorId,
  request: SentRequest,
  status?: number,
): Promise<RunResult> {
  const asked = askedOf(request);
  const [predictions] = await playgroundServer.predictions([asked]);
  if (predictions === undefined) throw new Error('Nothing was predicted.');
  const predicted = predictions[here];
  const probe = crypto.randomUUID();
  const observed = await send(api, request, probe);
  const log = await playgroundServer.requests(probe);
  if (log.length === 0 && observed.sees !== 'readable' && !(await playgroundServer.apiAnswers())) {
    throw new ApiDownError(
      `The API at ${api} does not answer, so nothing was learned about CORS. Start it with npm start, then run again.`,
    );
  }
  const checks = checksOf(asked, predicted, observed, log, status);
  const agree = checks.every((each) => each.agree);
  return { at: Date.now(), request: asked, predicted, observed, log, checks, agree };
}
