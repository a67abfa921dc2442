import { MatrixTable } from '../../explorer-page/components/matrix-table.js';
import { WithCode } from '../../explorer-page/components/with-code.js';
import type { Setup } from '../page-server.js';
import type { Visitor } from '../visitors.js';
import type { Feature } from '../scenarios.js';
import { isBlocked } from './cell-outcome.js';
import { cellOf } from './scenario-cell.js';
import { hrefOfScenario, type ScenarioSelection } from './scenario-selection.js';
import { SCENARIOS, type ScenarioRuns } from './use-scenario-runs.js';

export interface ScenarioMatrixProps {
  readonly setup: Setup;
  readonly runs: ScenarioRuns;
  /** Those that are listed, with the scenarios of them that are. */
  readonly features: readonly Feature[];
  readonly selection: ScenarioSelection;
}

/** Scenario by origin. */
export function ScenarioMatrix({ setup, runs, features, selection }: ScenarioMatrixProps) {
  const { visitors, here } = setup;
  const from = visitors.findIndex(({ id }) => id === (selection.from ?? here));
  return (
    <MatrixTable
      caption="What each origin gets of each request"
      corner="Request"
      scrolls={false}
      columns={visitors.map((visitor) => ({
        key: visitor.id,
        head: <ColumnHead visitor={visitor} isHere={visitor.id === here} runs={runs} />,
      }))}
      rows={features.flatMap(({ name, policy, scenarios }) =>
        scenarios.map((scenario, index) => ({
          key: scenario.id,
          name: scenario.title,
          ...(index === 0 && {
            group: (
              <>
                {name}{' '}
                <span class="muted small">
                  <WithCode text={policy} />
                </span>
              </>
            ),
          }),
          ...(scenario.id === selection.row && { current: from }),
          head: (
            <a class="scenario-link" href={hrefOfScenario(scenario.id, undefined, selection)}>
              {scenario.title}
              <span class="mono muted request-line">
                {scenario.method ?? 'GET'} {scenario.path}
              </span>
            </a>
          ),
          cells: visitors.map(({ id }) => ({
            ...cellOf(runs, id, scenario.id),
            href: hrefOfScenario(scenario.id, id, selection),
          })),
        })),
      )}
    />
  );
}

interface ColumnHeadProps {
  readonly visitor: Visitor;
  readonly isHere: boolean;
  readonly runs: ScenarioRuns;
}

function ColumnHead({ visitor: { id, name, origin }, isHere, runs }: ColumnHeadProps) {
  const outcomes = SCENARIOS.flatMap((scenario) => cellOf(runs, id, scenario.id).outcome ?? []);
  const blocked = outcomes.filter(isBlocked).length;
  return (
    <span class="column-head" data-visitor={id} data-here={isHere}>
      <span title={origin}>
        {name} {isHere && <span class="this-page">this page</span>}
      </span>
      <span class="column-about muted">
        <span>{outcomes.length - blocked} allowed</span> <span>{blocked} blocked</span>
      </span>
    </span>
  );
}
