import { hrefOf } from '../../explorer-page/location-state.js';
import { isVisitorId, type VisitorId } from '../visitors.js';
import { CELL_OUTCOMES, type CellOutcome } from './cell-outcome.js';

export type OutcomeFilter = CellOutcome | 'all' | 'unexpected';

/** What the address says of the scenarios: which are listed, and which is open. */
export interface ScenarioSelection {
  /** `''` for all. */
  readonly feature: string;
  /** By what comes of them here. */
  readonly outcome: OutcomeFilter;
  /** The scenario that is open. */
  readonly row: string | undefined;
  /** From whose origin it is looked at. */
  readonly from: VisitorId | undefined;
}

export function readSelection(settings: URLSearchParams): ScenarioSelection {
  const outcome = settings.get('outcome');
  const from = settings.get('from');
  return {
    feature: settings.get('feature') ?? '',
    outcome: [...CELL_OUTCOMES, 'unexpected' as const].find((each) => each === outcome) ?? 'all',
    row: settings.get('row') ?? undefined,
    from: isVisitorId(from) ? from : undefined,
  };
}

export function settingsOf({ feature, outcome, row, from }: ScenarioSelection): URLSearchParams {
  const settings = new URLSearchParams();
  if (feature !== '') settings.set('feature', feature);
  if (outcome !== 'all') settings.set('outcome', outcome);
  if (row !== undefined) settings.set('row', row);
  if (row !== undefined && from !== undefined) settings.set('from', from);
  return settings;
}

/** Where a scenario is open, seen from an origin. */
export function hrefOfScenario(
  row: string,
  from?: VisitorId,
  selection: Pick<ScenarioSelection, 'feature' | 'outcome'> = { feature: '', outcome: 'all' },
): string {
  const { feature, outcome } = selection;
  return hrefOf('scenarios', settingsOf({ feature, outcome, row, from }));
}
