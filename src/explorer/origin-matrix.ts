import { faultOf } from '../document/explanation/fault.js';
import { traceFetch } from '../document/explanation/fetch-trace.js';
import type { ExplainableService } from '../document/explanation/explain-request.js';
import { readQuestion } from '../document/explanation/page-question.js';
import type { PageQuestion } from '../document/explanation/cors-explanation.js';
import { type AskedPlace, placeQuestion } from './place-question.js';

/** What becomes of the request of a page. */
export type MatrixOutcome =
  'readable-with-cookies' | 'readable' | 'refused-at-preflight' | 'refused-at-request' | 'unknown';

export interface MatrixLine {
  /** The place in the document: its routes come first, its `paths` after them. */
  readonly place: number;
  /** What a page of the first origin asks for; `undefined` where no request could be made up. */
  readonly question: PageQuestion | undefined;
  /** One for each origin. */
  readonly outcomes: readonly MatrixOutcome[];
}

/** What is asked of the matrix. */
export interface MatrixQuestion {
  readonly origins: readonly string[];
  readonly places: readonly number[];
  /** The server's origin, as pages call it. */
  readonly server: string;
}

/** As much is asked at once. */
export const MATRIX_LIMITS = { origins: 12, places: 100 } as const;

/**
 * What pages of each origin get from each route, with cookies if they may. The application is asked, its functions and
 * resolvers too.
 *
 * @throws RangeError where something of the question is none
 */
export async function originMatrix(
  service: ExplainableService,
  { origins, places, server }: MatrixQuestion,
): Promise<readonly MatrixLine[]> {
  if (origins.length > MATRIX_LIMITS.origins || places.length > MATRIX_LIMITS.places) {
    throw new RangeError(
      `The matrix has room for ${MATRIX_LIMITS.origins} origins and ${MATRIX_LIMITS.places} routes at once.`,
    );
  }
  for (const origin of origins) readQuestion({ origin, url: server });
  const document = service.document();
  const lines: MatrixLine[] = [];
  for (const place of places) {
    const asked = await placeQuestion(document, place, server);
    const outcomes: MatrixOutcome[] = [];
    for (const origin of origins) {
      outcomes.push(asked === undefined ? 'unknown' : await outcomeOf(service, asked, origin));
    }
    const [origin = server] = origins;
    lines.push({ place, question: asked && { ...asked.question, origin }, outcomes });
  }
  return lines;
}

async function outcomeOf(
  service: ExplainableService,
  { question, handler }: AskedPlace,
  origin: string,
): Promise<MatrixOutcome> {
  for (const [credentials, outcome] of [
    ['include', 'readable-with-cookies'],
    ['omit', 'readable'],
  ] as const) {
    const read = readQuestion({ ...question, origin, credentials });
    const trace = await traceFetch(read, service);
    const { decision } = trace;
    const found = decision?.route;
    const name = found && `${found.controller.name}.${found.handlerName}`;
    // The made-up URL may be that of another route.
    if (decision === undefined || name !== handler) return 'unknown';
    if (faultOf(trace, read) === undefined) return outcome;
    if (decision.reason === 'origin-check-failed') return 'unknown';
    if (credentials === 'omit') {
      return decision.kind === 'preflight' ? 'refused-at-preflight' : 'refused-at-request';
    }
  }
  return 'unknown';
}
