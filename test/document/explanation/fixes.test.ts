import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CorsPolicyService } from '../../../src/index.js';
import type { CorsFix, PageQuestion } from '../../../src/document/explanation/cors-explanation.js';
import { explainRequest } from '../../../src/document/explanation/explain-request.js';
import { SEED, SEEDED } from '../../harness/seed.js';
import { ADAPTERS, type AdapterName, type RunningApp } from '../../harness/start-app.js';
import { Random } from '../../harness/random.js';
import { type ApplicationSpec, applyFix, startSpec } from './application-spec.js';
import { fetchOverHttp, isGranted, pageRequest, requestOfCall } from './page-over-http.js';
import { randomQuestion, randomSpec } from './random-application.js';
import { REFUSED, SHOP } from './refused-questions.js';

const gets = async (app: RunningApp, question: PageQuestion): Promise<boolean> => {
  const request = pageRequest(question);
  return isGranted(await fetchOverHttp(app, question.origin, request), request, question.reads);
};

/** Whether the page gets what it asks for, once somebody has done as the fix says. */
async function helps(
  fix: CorsFix,
  question: PageQuestion,
  spec: ApplicationSpec,
  app: RunningApp,
): Promise<boolean> {
  if (fix.side === 'page') {
    const request = requestOfCall(fix.code);
    return isGranted(await fetchOverHttp(app, question.origin, request), request, question.reads);
  }
  const changed = await startSpec(applyFix(spec, fix), app.adapter);
  try {
    return await gets(changed, question);
  } finally {
    await changed.close();
  }
}

const explain = (app: RunningApp, question: PageQuestion) =>
  explainRequest(app.nest.get(CorsPolicyService), question);

describe.each(ADAPTERS)('Refused requests, on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startSpec(SHOP, adapter);
  });
  afterAll(() => app.close());

  test.each(REFUSED)('$name', async ({ question, fixes }) => {
    const explanation = await explain(app, question);
    expect(explanation.allowed).toBe(false);
    expect(await gets(app, question)).toBe(false);
    expect(
      explanation.fixes.map(({ side, place, code }) =>
        side === 'page' ? code : `${place}: ${code}`,
      ),
    ).toEqual(fixes);
    if (fixes.length === 0) expect(explanation.advice.join()).toMatch(/\w/);
    for (const fix of explanation.fixes) {
      expect({ fix, helps: await helps(fix, question, SHOP, app) }).toEqual({ fix, helps: true });
    }
  });
});

/** Applications, and questions to each of them. */
const APPLICATIONS = Number(process.env['CASES'] ?? 4);
const QUESTIONS = 10;

test(`Whatever is asked of random applications: what is said is what happens, and every fix helps ${SEEDED}`, async () => {
  const random = new Random(SEED);
  let drawn = 0;
  let tried = 0;
  for (let started = 0; started < APPLICATIONS;) {
    const adapter: AdapterName = ADAPTERS[started % ADAPTERS.length] ?? 'express';
    const spec = randomSpec(random);
    drawn += 1;
    // Some of what is drawn does not start, before any fix, and another one is drawn.
    const app = await startSpec(spec, adapter).catch(() => undefined);
    if (app === undefined) continue;
    started += 1;
    try {
      for (let asked = 0; asked < QUESTIONS; asked += 1) {
        const question = randomQuestion(random);
        const { allowed, fixes } = await explain(app, question);
        const told = { spec, question, allowed };
        expect(told).toEqual({ ...told, allowed: await gets(app, question) });
        for (const fix of fixes) {
          const outcome = await helps(fix, question, spec, app).catch(String);
          expect({ ...told, fix, helps: outcome }).toEqual({ ...told, fix, helps: true });
          tried += 1;
        }
      }
    } finally {
      await app.close();
    }
  }
  expect(drawn).toBeLessThan(2 * APPLICATIONS + 4);
  expect(tried).toBeGreaterThan(APPLICATIONS);
}, 600_000);
