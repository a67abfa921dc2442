import type { Outcome } from '../../explorer-page/components/outcome-badge.js';
import type { AskedRequest } from '../asked-request.js';
import type { Prediction, Seen } from '../prediction.js';
import type { RunResult } from '../run-result.js';

export type CellOutcome = Extract<
  Outcome,
  | 'readable'
  | 'readable-with-cookies'
  | 'refused-at-preflight'
  | 'refused-at-request'
  | 'opaque'
  // It does not even leave the browser.
  | 'refused'
>;

/** In the order of a legend. */
export const CELL_OUTCOMES: readonly CellOutcome[] = [
  'readable',
  'readable-with-cookies',
  'refused-at-preflight',
  'refused-at-request',
  'opaque',
];

export const isBlocked = (outcome: CellOutcome) => outcome.startsWith('refused');

/** What is to be expected. */
export function predictedOutcome(
  { sees, preflight, answer }: Prediction,
  { credentials }: Pick<AskedRequest, 'credentials'>,
): CellOutcome {
  return outcomeOf(sees, preflight !== undefined, answer !== undefined, credentials);
}

/** What happened. */
export function observedOutcome({ observed, log, request }: RunResult): CellOutcome {
  const asked = log.some(({ preflight }) => preflight);
  const arrived = log.some(({ preflight }) => !preflight);
  return outcomeOf(observed.sees, asked, arrived, request.credentials);
}

function outcomeOf(
  sees: Seen,
  asks: boolean,
  arrives: boolean,
  credentials: AskedRequest['credentials'],
): CellOutcome {
  if (sees === 'opaque') return 'opaque';
  if (sees === 'nothing') {
    return arrives ? 'refused-at-request' : asks ? 'refused-at-preflight' : 'refused';
  }
  return credentials === 'include' ? 'readable-with-cookies' : 'readable';
}
