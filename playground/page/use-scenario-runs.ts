import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Setup } from '../page-server.js';
import type { RunResult } from '../run-result.js';
import { FEATURES, type Scenario } from '../scenarios.js';
import type { VisitorId } from '../visitors.js';
import {
  PlaygroundDownError,
  playgroundServer,
  type Predictions,
  type Results,
} from './playground-server.js';
import { ApiDownError, runRequest } from './run-request.js';
import { askedOf, requestOf } from './sent-request.js';

export const SCENARIOS: readonly Scenario[] = FEATURES.flatMap(({ scenarios }) => scenarios);

/** What is known of every scenario, and the way to know more. */
export interface ScenarioRuns {
  /** By scenario. */
  readonly predictions: Readonly<Record<string, Predictions>>;
  readonly results: Readonly<Record<VisitorId, Results>>;
  /** How many of how many, while several run. */
  readonly progress: { readonly done: number; readonly of: number } | undefined;
  /** Why nothing can be run; a sentence. */
  readonly down: string | undefined;
  /** Runs them one after the other: later ones build on the session that the first of the account opens. */
  run(scenarios: readonly Scenario[]): Promise<void>;
  forget(): Promise<void>;
}

const NO_RESULTS = { shop: {}, partner: {}, stranger: {} };

export function useScenarioRuns({ api, here }: Setup): ScenarioRuns {
  const [predictions, setPredictions] = useState<ScenarioRuns['predictions']>({});
  const [results, setResults] = useState<ScenarioRuns['results']>(NO_RESULTS);
  const [progress, setProgress] = useState<ScenarioRuns['progress']>();
  const [down, setDown] = useState<string>();
  const isRunning = useRef(false);

  const predict = useCallback(async () => {
    const predicted = await playgroundServer.predictions(
      SCENARIOS.map((scenario) => askedOf(requestOf(scenario))),
    );
    const entries = SCENARIOS.map(({ id }, index) => [id, predicted[index]] as const);
    setPredictions(Object.fromEntries(entries) as ScenarioRuns['predictions']);
  }, []);

  const telling = useCallback(async (work: () => Promise<void>) => {
    try {
      await work();
      setDown(undefined);
    } catch (error) {
      setDown(error instanceof Error ? error.message : String(error));
      if (!(error instanceof ApiDownError || error instanceof PlaygroundDownError)) throw error;
    }
  }, []);

  useEffect(() => {
    void telling(async () => {
      const [recorded] = await Promise.all([playgroundServer.results(), predict()]);
      setResults(recorded);
    });
  }, []);

  const run = async (scenarios: readonly Scenario[]) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setProgress({ done: 0, of: scenarios.length });
    await telling(async () => {
      for (const [index, scenario] of scenarios.entries()) {
        const result = await runRequest(api, here, requestOf(scenario), scenario.status);
        setResults((before) => withResult(before, here, scenario.id, result));
        setProgress({ done: index + 1, of: scenarios.length });
        await playgroundServer.record(scenario.id, result);
      }
      // Whoever has signed in brings a cookie from now on, and what is expected changes.
      await predict();
    }).finally(() => {
      isRunning.current = false;
      setProgress(undefined);
    });
  };

  const forget = () =>
    telling(async () => {
      await playgroundServer.forgetResults();
      setResults((before) => ({ ...before, [here]: {} }));
    });

  return { predictions, results, progress, down, run, forget };
}

function withResult(
  before: ScenarioRuns['results'],
  here: VisitorId,
  scenario: string,
  result: RunResult,
): ScenarioRuns['results'] {
  return { ...before, [here]: { ...before[here], [scenario]: result } };
}
