import 'reflect-metadata';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CorsConfigurationError } from '../../src/index.js';
import { SEED, SEEDED } from '../harness/seed.js';
import { Random } from '../harness/random.js';
import type { AppSpec } from './app-spec.js';
import type { Browser } from './engines/browser.js';
import { describeEngines } from './engines/engines.js';
import { ENGINE_RULES } from '../../src/fetch/engine-rules.js';
import { randomApp } from './random-policies.js';
import { randomRequest, type RequestSpec } from './random-request.js';
import { type Case, smallestCase } from './smallest-case.js';
import { Stage } from './stage.js';
import { type Disagreement, Trial } from './trial.js';

/*
 * The browser is the oracle: what a real page gets from a random application is what the Fetch standard makes of the
 * answers that the README promises, as another program reads it. `SEED=… ENGINE=Firefox npm test -- browser/oracle` repeats a run.
 */

const CASES = Number(process.env['CASES'] ?? 180);
const CASES_PER_APP = 6;
/** Requests that are drawn at most, until one is read. */
const MOST_TRIED = 20;
const SHRINKING_MS = 60_000;

describeEngines('random pages and applications', (engine) => {
  let browser: Browser;
  let stage: Stage;
  let trial: Trial;
  beforeAll(async () => {
    stage = await Stage.open();
    browser = await engine.launch();
    trial = new Trial(browser, stage, ENGINE_RULES[engine.name]);
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stage.close();
  }, 300_000);

  test(`${CASES} requests end as the Fetch standard and the README say ${SEEDED}`, async () => {
    const counts = { cases: 0, apps: 0, readable: 0 };
    while (counts.cases < CASES) {
      const random = new Random(SEED + counts.apps);
      const app = randomApp(random);
      const requests = await drawRequests(random, app, trial);
      const played = requests.slice(0, CASES - counts.cases);
      const outcome = await trial.run(app, played);
      counts.apps += 1;
      counts.cases += played.length;
      counts.readable += outcome.readable;
      const [first] = outcome.disagreements;
      if (first !== undefined) throw new Error(await explain(trial, app, outcome.disagreements));
    }
    console.log(
      `${browser.version}: ${counts.cases} requests to ${counts.apps} applications, ` +
        `${counts.readable} of them readable, no difference ${SEEDED}`,
    );
    // A browser that shows nothing to anybody would agree with a policy that allows nothing.
    expect(counts.readable / counts.cases).toBeGreaterThan(0.5);
  }, 600_000);
});

/** Every second one is to be read by its page, where the application lets any: where all are refused, little is seen. */
async function drawRequests(random: Random, app: AppSpec, trial: Trial): Promise<RequestSpec[]> {
  const requests: RequestSpec[] = [];
  for (let drawn = 0; drawn < CASES_PER_APP; drawn += 1) {
    let request = randomRequest(random, app);
    const isToBeRead = drawn % 2 === 0;
    for (let tried = 0; isToBeRead && tried < MOST_TRIED; tried += 1) {
      if (await trial.foreseesReading(app, request)) break;
      request = randomRequest(random, app);
    }
    requests.push(request);
  }
  return requests;
}

/** What a smaller case shows; nothing where what is left of its policies is refused at the start. */
async function disagreementsOf(
  trial: Trial,
  { app, request }: Case,
): Promise<readonly Disagreement[]> {
  try {
    return (await trial.run(app, [request])).disagreements;
  } catch (error) {
    if (error instanceof CorsConfigurationError) return [];
    throw error;
  }
}

/** The smallest case that still shows the first of the disagreements. */
async function explain(
  trial: Trial,
  app: AppSpec,
  disagreements: readonly Disagreement[],
): Promise<string> {
  const [first] = disagreements;
  if (first === undefined) throw new RangeError('There is nothing to explain.');
  let shown = first;
  const smallest = await smallestCase(
    { app, request: first.request },
    async (smaller) => {
      const [still] = await disagreementsOf(trial, smaller);
      if (still !== undefined) shown = still;
      return still !== undefined;
    },
    SHRINKING_MS,
  );
  const { request: _, ...difference } = shown;
  return [
    `SEED=${SEED}: ${disagreements.length} of this application's requests end otherwise. The smallest:`,
    inspect({ ...smallest, ...difference }, { depth: 12, breakLength: 110 }),
  ].join('\n');
}
