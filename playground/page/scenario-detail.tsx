import { useEffect, useRef } from 'preact/hooks';
import { CopyButton } from '../../explorer-page/components/copy-button.js';
import { OutcomeBadge } from '../../explorer-page/components/outcome-badge.js';
import { WithCode } from '../../explorer-page/components/with-code.js';
import { hrefOf } from '../../explorer-page/location-state.js';
import type { Setup } from '../page-server.js';
import type { Visitor } from '../visitors.js';
import { FEATURES, type Scenario } from '../scenarios.js';
import { ExplainedBySource } from './explained-by-source.js';
import { curlCode, fetchCode } from './request-code.js';
import { cellOf } from './scenario-cell.js';
import { hrefOfScenario, type ScenarioSelection, settingsOf } from './scenario-selection.js';
import { requestOf } from './sent-request.js';
import type { ScenarioRuns } from './use-scenario-runs.js';
import { WhatHappened } from './what-happened.js';

export interface ScenarioDetailProps {
  readonly scenario: Scenario;
  readonly setup: Setup;
  readonly here: Visitor;
  readonly runs: ScenarioRuns;
  readonly selection: ScenarioSelection;
}

/** One scenario, seen from one of the origins: what happened there, what a browser does, and the code that decides. */
export function ScenarioDetail({ scenario, setup, here, runs, selection }: ScenarioDetailProps) {
  const { api, visitors } = setup;
  const from = visitors.find(({ id }) => id === selection.from) ?? here;
  const request = requestOf(scenario);
  const result = runs.results[from.id][scenario.id];
  const feature = FEATURES.find(({ scenarios }) => scenarios.includes(scenario));
  const why = typeof scenario.why === 'string' ? scenario.why : scenario.why[from.id];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <article class="stack bench-detail" aria-labelledby="scenario-title">
      <div class="row detail-top">
        <a class="button" href={hrefOf('scenarios', settingsOf({ ...selection, row: undefined }))}>
          <span aria-hidden="true">←</span> All scenarios
        </a>
        <CopyButton text={location.href} what="to this scenario" label="Copy link" />
      </div>
      <h2 id="scenario-title" tabIndex={-1} ref={heading}>
        {scenario.title}
      </h2>
      <p class="request-line-large">
        <span class="method">{request.method}</span> <code>{request.path}</code>
        {Object.entries(request.headers).map(([name, value]) => (
          <code class="chip-like" key={name} title={`${name}: ${value}`}>
            {name}
          </code>
        ))}
        {request.credentials === 'include' && <span class="chip-like">with cookies</span>}
        {request.mode === 'no-cors' && <span class="chip-like">no-cors</span>}
        {request.via && <span class="chip-like">{request.via}</span>}
      </p>
      <nav class="perspectives" aria-label="Seen from">
        {visitors.map(({ id, name }) => {
          const { outcome, look } = cellOf(runs, id, scenario.id);
          return (
            <a
              key={id}
              href={hrefOfScenario(scenario.id, id, selection)}
              aria-current={id === from.id ? 'true' : undefined}
              data-look={look}
            >
              <span>{name}</span>
              {outcome && <OutcomeBadge outcome={outcome} />}
            </a>
          );
        })}
      </nav>
      <p>
        <WithCode text={why} />
      </p>
      <div class="row">
        {from.id === here.id ? (
          <button
            type="button"
            class="primary"
            id="run"
            disabled={runs.progress !== undefined}
            onClick={() => void runs.run([scenario])}
          >
            {result === undefined ? 'Run it' : 'Run it again'}
          </button>
        ) : (
          <a class="button" href={from.origin + hrefOfScenario(scenario.id, undefined, selection)}>
            Open it as a page of {from.name}
          </a>
        )}
        <CopyButton text={fetchCode(api, request)} what="the request" label="Copy as fetch" />
        <CopyButton
          text={curlCode(api, from.origin, request)}
          what="the request"
          label="Copy as cURL"
        />
        {feature && (
          <a
            href={`/docs/${feature.chapter.page}.md#:~:text=${encodeURIComponent(`# ${feature.chapter.heading}`)}`}
          >
            Documentation: {feature.chapter.heading}
          </a>
        )}
      </div>
      {result !== undefined && <WhatHappened result={result} />}
      <ExplainedBySource
        visitor={from.id}
        request={request}
        // Signing in changes what is predicted, and a run may sign in.
        version={String(result?.at)}
      />
    </article>
  );
}
