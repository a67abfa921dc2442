import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CorsPolicyService } from '../../../src/index.js';
import type {
  CorsExplanation,
  CorsFix,
  PageQuestion,
} from '../../../src/document/explanation/cors-explanation.js';
import { explainRequest } from '../../../src/document/explanation/explain-request.js';
import { ADAPTERS, type AdapterName, type RunningApp } from '../../harness/start-app.js';
import { applyFix, startSpec } from './application-spec.js';
import { fetchOverHttp, pageRequest, requestOfCall } from './page-over-http.js';
import { REFUSED, SHOP } from './refused-questions.js';

/** Whether the page gets what it asks for, once somebody has done as the fix says. */
async function helps(
  adapter: AdapterName,
  question: PageQuestion,
  fix: CorsFix,
  app: RunningApp,
): Promise<boolean> {
  const request = fix.side === 'page' ? requestOfCall(fix.code) : pageRequest(question);
  const changed = fix.side === 'page' ? app : await startSpec(applyFix(SHOP, fix), adapter);
  try {
    const response = await fetchOverHttp(changed, question.origin, request);
    // With no-cors, the server's answer is all there is to see.
    return response?.type === 'cors' || (response?.type === 'opaque' && fix.side === 'server');
  } finally {
    if (changed !== app) await changed.close();
  }
}

describe.each(ADAPTERS)('Refused requests, on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startSpec(SHOP, adapter);
  });
  afterAll(() => app.close());

  const explain = (question: PageQuestion): Promise<CorsExplanation> =>
    explainRequest(app.nest.get(CorsPolicyService), question);

  test.each(REFUSED)('$name', async ({ question, fixes }) => {
    const explanation = await explain(question);
    expect(explanation.allowed).toBe(false);
    expect(
      explanation.fixes.map(({ side, place, code }) =>
        side === 'page' ? code : `${place}: ${code}`,
      ),
    ).toEqual(fixes);
    if (fixes.length === 0) expect(explanation.advice.join()).toMatch(/\w/);
    for (const fix of explanation.fixes) {
      expect({ fix, helps: await helps(adapter, question, fix, app) }).toEqual({
        fix,
        helps: true,
      });
    }
  });
});
