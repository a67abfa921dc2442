import type { FetchTrace } from '../src/document/explanation/fetch-trace.js';
import { traceFetch } from '../src/document/explanation/fetch-trace.js';
import { readQuestion } from '../src/document/explanation/page-question.js';
import type { PageQuestion } from '../src/document/explanation/cors-explanation.js';
import type { ExplainableService } from '../src/document/explanation/explain-request.js';
import type { WireResponse } from '../src/fetch/request.js';

/** What a page gets of an answer. */
export type Seen = 'readable' | 'opaque' | 'nothing';

/** An answer as the policy makes it; names of headers in lower case. */
export interface PredictedAnswer {
  /** `null` where the application answers, and only it knows. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of a request, by the model of Fetch that explanations come from. */
export interface Prediction {
  readonly sees: Seen;
  /** The answer to the preflight, where one is sent. */
  readonly preflight?: PredictedAnswer;
  /** The first answer to the request itself, where it is sent. */
  readonly answer?: PredictedAnswer;
}

/**
 * Predicts a request, and those that it is redirected to.
 *
 * @param follows the questions of the requests that a redirect leads to
 * @throws RangeError where no page of a browser could ask so
 */
export async function predict(
  service: ExplainableService,
  question: PageQuestion,
  follows: readonly PageQuestion[] = [],
): Promise<Prediction> {
  const first = predictionOf(await traceFetch(readQuestion(question), service));
  for (const next of first.sees === 'readable' ? follows : []) {
    const { sees } = predictionOf(await traceFetch(readQuestion(next), service));
    if (sees !== 'readable') return { ...first, sees };
  }
  return first;
}

function predictionOf({ steps, response }: FetchTrace): Prediction {
  const of = (wanted: 'preflight' | 'request'): PredictedAnswer | undefined => {
    for (const { step, decision } of steps) {
      if (step.name === wanted && 'response' in step) {
        return answered(step.response, decision?.status);
      }
    }
    return undefined;
  };
  const preflight = of('preflight');
  const answer = of('request');
  return {
    sees: response === undefined ? 'nothing' : response.type === 'opaque' ? 'opaque' : 'readable',
    ...(preflight && { preflight }),
    ...(answer && { answer }),
  };
}

function answered({ headers }: WireResponse, status: number | undefined): PredictedAnswer {
  return { status: status ?? null, headers };
}
