import type { Setup } from '../page-server.js';
import type { Visitor } from '../visitors.js';
import type { ScenarioRuns } from './use-scenario-runs.js';

/** What every part of the page gets. */
export interface PartProps {
  readonly setup: Setup;
  /** Whose origin the page is of. */
  readonly here: Visitor;
  readonly runs: ScenarioRuns;
  /** Of the part, as the address has them. */
  readonly settings: URLSearchParams;
}
