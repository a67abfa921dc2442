import type { MatrixCell } from '../../explorer-page/components/matrix-table.js';
import type { VisitorId } from '../visitors.js';
import { type CellOutcome, observedOutcome, predictedOutcome } from './cell-outcome.js';
import type { ScenarioRuns } from './use-scenario-runs.js';
import { SCENARIOS } from './use-scenario-runs.js';

export interface ScenarioCell extends Pick<MatrixCell, 'look'> {
  /** `undefined` as long as nothing is known. */
  readonly outcome: CellOutcome | undefined;
}

const WITH_COOKIES = new Set(
  SCENARIOS.filter(({ credentials }) => credentials === 'include').map(({ id }) => id),
);

/** What came of a scenario at an origin; before it has run there, what is predicted. */
export function cellOf(runs: ScenarioRuns, visitor: VisitorId, scenario: string): ScenarioCell {
  const result = runs.results[visitor][scenario];
  if (result !== undefined) {
    return { outcome: observedOutcome(result), ...(!result.agree && { look: 'alarm' as const }) };
  }
  const predicted = runs.predictions[scenario]?.[visitor];
  const credentials = WITH_COOKIES.has(scenario) ? 'include' : 'omit';
  return {
    outcome: predicted && predictedOutcome(predicted, { credentials }),
    look: 'predicted',
  };
}
