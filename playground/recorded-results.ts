import type { RunResult } from './run-result.js';
import { FEATURES } from './scenarios.js';
import { VISITORS, type VisitorId } from './visitors.js';

const SCENARIOS = new Set(FEATURES.flatMap(({ scenarios }) => scenarios.map(({ id }) => id)));

/** What came of each scenario at each origin: pages of one origin cannot see what another keeps, so their server does. */
export class RecordedResults {
  readonly #results = new Map<VisitorId, Map<string, RunResult>>(
    VISITORS.map(({ id }) => [id, new Map()]),
  );

  /** @throws RangeError for a scenario that there is not */
  record(visitor: VisitorId, scenario: string, result: RunResult): void {
    if (!SCENARIOS.has(scenario)) throw new RangeError('There is no such scenario.');
    this.#results.get(visitor)?.set(scenario, result);
  }

  forget(visitor: VisitorId): void {
    this.#results.get(visitor)?.clear();
  }

  all(): Record<string, Record<string, RunResult>> {
    return Object.fromEntries(
      [...this.#results].map(([visitor, results]) => [visitor, Object.fromEntries(results)]),
    );
  }
}
