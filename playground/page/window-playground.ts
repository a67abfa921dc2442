import type { Setup } from '../page-server.js';
import { SCENARIOS, type ScenarioRuns } from './use-scenario-runs.js';

declare global {
  interface Window {
    /** For the console, and for tests. */
    playground?: { runAll(): Promise<readonly object[]> };
  }
}

let latest: ScenarioRuns | undefined;

/** Lets the console run everything, and tell what came of it. */
export function exposeRuns({ here }: Setup, runs: ScenarioRuns): void {
  latest = runs;
  if (Object.keys(runs.predictions).length === 0) return;
  window.playground = {
    async runAll() {
      await runs.run(SCENARIOS);
      // The state of the page follows when it is drawn anew.
      await new Promise((resolve) => setTimeout(resolve));
      return SCENARIOS.map(({ id }) => {
        const result = latest?.results[here][id];
        return {
          id,
          agree: result?.agree ?? false,
          preflight: result?.predicted.preflight !== undefined,
          sees: result?.observed.sees,
          status: result?.observed.status,
          headers: Object.fromEntries(result?.observed.headers ?? []),
          disagreements: result?.checks.filter(({ agree }) => !agree),
        };
      });
    },
  };
}
