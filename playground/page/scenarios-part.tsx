import { useEffect, useRef } from 'preact/hooks';
import { FilterChips } from '../../explorer-page/components/filter-bar.js';
import { Notice } from '../../explorer-page/components/notice.js';
import { OUTCOMES, OutcomeLegend } from '../../explorer-page/components/outcome-badge.js';
import { goTo, hrefOf } from '../../explorer-page/location-state.js';
import { FEATURES } from '../scenarios.js';
import { CELL_OUTCOMES, type CellOutcome } from './cell-outcome.js';
import type { PartProps } from './part.js';
import { cellOf } from './scenario-cell.js';
import { ScenarioDetail } from './scenario-detail.js';
import { ScenarioMatrix } from './scenario-matrix.js';
import {
  type OutcomeFilter,
  readSelection,
  type ScenarioSelection,
  settingsOf,
} from './scenario-selection.js';
import { SCENARIOS, type ScenarioRuns } from './use-scenario-runs.js';

/** Every scenario from every origin, and the one that is open. */
export function ScenariosPart({ setup, here, runs, settings }: PartProps) {
  const selection = readSelection(settings);
  const { feature, outcome, row } = selection;
  const open = SCENARIOS.find(({ id }) => id === row);
  const outcomes = new Map(SCENARIOS.map(({ id }) => [id, cellOf(runs, here.id, id).outcome]));
  const unexpected = SCENARIOS.filter(({ id }) => runs.results[here.id][id]?.agree === false);
  const listed = SCENARIOS.filter(({ id }) => {
    if (outcome === 'unexpected') return unexpected.some((each) => each.id === id);
    return outcome === 'all' || outcomes.get(id) === outcome;
  });
  const features = FEATURES.filter(({ id }) => feature === '' || id === feature).flatMap((each) => {
    const scenarios = each.scenarios.filter((scenario) => listed.includes(scenario));
    return scenarios.length > 0 ? [{ ...each, scenarios }] : [];
  });
  const choose = (changed: Partial<ScenarioSelection>) => {
    goTo('scenarios', settingsOf({ ...selection, ...changed }));
  };
  useReturn(row);
  const count = (wanted: CellOutcome) =>
    [...outcomes.values()].filter((each) => each === wanted).length;
  return (
    <div class="bench" data-open={open !== undefined}>
      <div class="stack bench-list">
        <h2 class="for-readers">Who may read what</h2>
        <div class="row toolbar">
          <button
            id="run-all"
            type="button"
            class="primary"
            disabled={runs.progress !== undefined || Object.keys(runs.predictions).length === 0}
            onClick={() => void runs.run(SCENARIOS)}
          >
            Run all
          </button>
          <Standing runs={runs} here={here.id} />
          {Object.keys(runs.results[here.id]).length > 0 && runs.progress === undefined && (
            <button type="button" onClick={() => void runs.forget()}>
              Forget results
            </button>
          )}
        </div>
        {unexpected.length > 0 && runs.progress === undefined && (
          <Notice tone="bad">
            <strong>
              {unexpected.length} of {Object.keys(runs.results[here.id]).length} came out
              differently than the policy says.
            </strong>{' '}
            <a href={hrefOf('scenarios', new URLSearchParams({ outcome: 'unexpected' }))}>
              Show {unexpected.length === 1 ? 'it' : 'them'}
            </a>
          </Notice>
        )}
        <div class="row filters">
          <select
            aria-label="Feature of the bookshop"
            value={feature}
            onChange={({ currentTarget }) => {
              choose({ feature: currentTarget.value });
            }}
          >
            <option value="">All features</option>
            {FEATURES.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <FilterChips<OutcomeFilter>
            label="What happens on this page"
            active={outcome}
            onChoose={(chosen) => {
              choose({ outcome: chosen });
            }}
            filters={[
              { name: 'all', label: 'All', count: SCENARIOS.length },
              ...CELL_OUTCOMES.map((name) => ({
                name,
                label: OUTCOMES[name].word,
                count: count(name),
              })),
              ...(unexpected.length > 0
                ? [
                    {
                      name: 'unexpected' as const,
                      label: 'unexpected',
                      count: unexpected.length,
                    },
                  ]
                : []),
            ]}
          />
        </div>
        {features.length === 0 ? (
          <p class="muted">
            No scenario matches that from this origin.{' '}
            <a href={hrefOf('scenarios')}>Show all of them</a>
          </p>
        ) : (
          <ScenarioMatrix setup={setup} runs={runs} features={features} selection={selection} />
        )}
        <Legend />
      </div>
      {open !== undefined && (
        <ScenarioDetail
          key={open.id}
          scenario={open}
          setup={setup}
          here={here}
          runs={runs}
          selection={selection}
        />
      )}
    </div>
  );
}

/** The open scenario is in sight; when it is closed, whoever has no mouse goes on where it was opened. */
function useReturn(row: string | undefined): void {
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (row === undefined && last.current !== undefined) {
      document.querySelector<HTMLElement>(`[data-row="${CSS.escape(last.current)}"] th a`)?.focus();
    } else if (row !== undefined) {
      document.querySelector('tr.current')?.scrollIntoView({ block: 'center' });
    }
    last.current = row;
  }, [row]);
}

/** How things stand on this page; quiet, as long as nothing is wrong. */
function Standing({
  runs,
  here,
}: {
  readonly runs: ScenarioRuns;
  readonly here: PartProps['here']['id'];
}) {
  const { progress, down } = runs;
  const results = Object.values(runs.results[here]);
  const off = results.filter(({ agree }) => !agree).length;
  const text =
    progress !== undefined
      ? `Running ${Math.min(progress.done + 1, progress.of)} of ${progress.of} …`
      : down !== undefined
        ? ''
        : results.length === 0
          ? 'Nothing has been sent from this page yet: all cells are predictions.'
          : off > 0
            ? `${results.length - off} of ${results.length} as the policy says, ${off} not.`
            : `${results.length} of ${SCENARIOS.length} sent from this page, each as the policy says.`;
  return (
    <div class="standing">
      <p id="standing" class="small muted" role="status" aria-busy={progress !== undefined}>
        {text}
      </p>
      {progress !== undefined && (
        <progress
          value={progress.done}
          max={progress.of}
          aria-label="Scenarios that have run"
        ></progress>
      )}
    </div>
  );
}

function Legend() {
  return (
    <section class="stack legend-box card" aria-label="Legend">
      <OutcomeLegend outcomes={CELL_OUTCOMES} />
      <p class="small muted">
        <span class="outcome tone-good predicted-sample">✓ plain</span> is a prediction, made of the
        policy and the rules of browsers. <span class="outcome tone-good">✓ filled</span> is what a
        browser did when the request was sent from that origin.
      </p>
      <p class="small muted">
        <strong>Why the console is red.</strong> For each request that is blocked, and for each
        answer that is an error such as 404, the browser writes a red line into the console of its
        developer tools. It tells the developer what the page’s code is not told: why. Here these
        lines are as they should be.
      </p>
    </section>
  );
}
