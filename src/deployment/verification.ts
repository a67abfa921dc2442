import { randomUUID } from 'node:crypto';
import type { CorsQuestion } from '../decision/cors-question.js';
import { CULPRITS } from './culprits.js';
import type { DeployedServer, Exchange } from './deployed-server.js';
import { isAnswer } from './deployed-server.js';
import { type Difference, differencesOf, type Promised } from './differences.js';
import { type Finding, findingsOf, type Observation } from './finding.js';
import { printableStart } from '../document/printable.js';
import type { PromisedRequest } from './promised-requests.js';
import { saysItIsCached, settingLines } from './proxies.js';

/** Who knows what the application alone would answer: a running application's service, or its document. */
export interface Promises {
  evaluate(question: CorsQuestion): Promise<Promised>;
}

/** What came of comparing a deployed server with what is promised. */
export interface Verification {
  readonly findings: readonly Finding[];
  /** Of the requests, how many were compared; fewer than given where the server stopped answering. */
  readonly compared: number;
  /** How many were not sent, because only code of the application can say what it would answer. */
  readonly undecided: number;
  /** Why it was stopped before its end. */
  readonly stopped?: string;
}

/** As many URLs are asked about at a time. */
const AT_A_TIME = 4;

/** After so many answers in a row that never came, or said "too many", the others are not waited for. */
const PATIENCE = 5;

/**
 * Sends requests to a deployed server, and compares what comes with what is promised. Requests to the same URL are sent
 * one after the other, so that a cache has what it needs to go wrong.
 *
 * @param onProgress is told how many are compared
 */
export async function verifyDeployment(
  promises: Promises,
  requests: readonly PromisedRequest[],
  server: DeployedServer,
  onProgress: (compared: number) => void = () => undefined,
): Promise<Verification> {
  const observed: Observation[][] = requests.map(() => []);
  let compared = 0;
  let undecided = 0;
  let inARow = 0;
  let stopped: string | undefined;
  const queue = [...byPath(requests)];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const index of next) {
        const request = requests[index];
        if (request === undefined || stopped !== undefined) return;
        const promised = await promises.evaluate(questionOf(request, server));
        if (promised.reason === 'origin-check-failed') {
          undecided += 1;
          continue;
        }
        const { exchange, differences } = await compare(promised, request, server);
        observed[index] = differences.map((each) => describe(each, exchange));
        compared += 1;
        onProgress(compared);
        const kind = differences[0]?.kind;
        const isGone = !isAnswer(exchange.outcome) || kind === 'rate-limited';
        inARow = isGone ? inARow + 1 : 0;
        if (inARow >= PATIENCE) {
          stopped = `${PATIENCE} requests in a row got ${kind === 'rate-limited' ? '429' : 'no answer'}`;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return {
    findings: findingsOf(observed.flat()),
    compared,
    undecided,
    ...(stopped !== undefined && { stopped }),
  };
}

/** At most so many of them, spread evenly over all. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from(
    { length: most },
    (_, index) => all[Math.floor((index * all.length) / most)] as T,
  );
}

function questionOf(
  { method, path, headers }: PromisedRequest,
  { host }: DeployedServer,
): CorsQuestion {
  return { method, url: path, headers: { host, ...headers } };
}

async function compare(promised: Promised, request: PromisedRequest, server: DeployedServer) {
  const { method, path, headers } = request;
  const exchange = await server.ask({ method, path: server.basePath + path, headers });
  const differences = differencesOf(request, promised, exchange.outcome);
  if (differences.length === 0 || method === 'OPTIONS' || !isAnswer(exchange.outcome)) {
    return { exchange, differences };
  }
  if (isRefusedAtHome(request, promised, exchange, server)) {
    return { exchange, differences: [{ ...seenIn(differences), kind: 'host-rewritten' as const }] };
  }
  const isCached =
    saysItIsCached(exchange.outcome) || (await isRightWhenNew(promised, request, server));
  return isCached
    ? {
        exchange,
        differences: [{ ...seenIn(differences), kind: 'answered-from-a-cache' as const }],
      }
    : { exchange, differences };
}

function seenIn(differences: readonly Difference[]): { seen: string } {
  return { seen: differences.map(({ seen }) => seen).join('; ') };
}

/** Whether a page of the server itself is refused, which the policy would not do. */
function isRefusedAtHome(
  { headers }: PromisedRequest,
  { allowed }: Promised,
  { outcome }: Exchange,
  server: DeployedServer,
): boolean {
  return (
    headers['origin'] === server.origin && allowed && isAnswer(outcome) && outcome.status === 403
  );
}

/** Whether the answer is as promised at a URL that no cache has seen. */
async function isRightWhenNew(
  promised: Promised,
  request: PromisedRequest,
  server: DeployedServer,
): Promise<boolean> {
  const { method, headers } = request;
  const path = `${server.basePath}${request.path}?new=${randomUUID()}`;
  const { outcome } = await server.ask({ method, path, headers });
  return isAnswer(outcome) && differencesOf(request, promised, outcome).length === 0;
}

function describe({ kind, seen }: Difference, exchange: Exchange): Observation {
  const { settings, ...culprit } = CULPRITS[kind];
  const { outcome } = exchange;
  return {
    kind,
    ...culprit,
    change: settingLines(settings, isAnswer(outcome) ? outcome : undefined),
    seen: printableStart(seen, 400),
    exchange,
  };
}

/** The indices of the requests to each path, in order. */
function byPath(requests: readonly PromisedRequest[]): Iterable<number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, { path }] of requests.entries()) {
    const group = groups.get(path);
    if (group === undefined) groups.set(path, [index]);
    else group.push(index);
  }
  return groups.values();
}
