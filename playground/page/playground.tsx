import { useEffect, useLayoutEffect } from 'preact/hooks';
import { Notice } from '../../explorer-page/components/notice.js';
import { PageOfParts } from '../../explorer-page/components/page-of-parts.js';
import { usePlace } from '../../explorer-page/location-state.js';
import type { Setup } from '../page-server.js';
import { OwnRequestPart } from './own-request-part.js';
import type { PartProps } from './part.js';
import { PrimerPart } from './primer-part.js';
import { ScenariosPart } from './scenarios-part.js';
import { StreamsPart } from './streams-part.js';
import { useScenarioRuns } from './use-scenario-runs.js';
import { ABOUT_VISITORS, VisitorLinks } from './visitor-links.js';
import { exposeRuns } from './window-playground.js';

const PARTS = [
  { name: 'scenarios', title: 'Scenarios', Part: ScenariosPart },
  { name: 'own', title: 'Own request', Part: OwnRequestPart },
  { name: 'streams', title: 'Streams', Part: StreamsPart },
  { name: 'primer', title: 'What is CORS?', Part: PrimerPart },
] as const satisfies readonly {
  name: string;
  title: string;
  Part: (props: PartProps) => unknown;
}[];

/** The playground, as a page of one origin. */
export function Playground({ setup }: { readonly setup: Setup }) {
  const { part, settings } = usePlace();
  const runs = useScenarioRuns(setup);
  const current = PARTS.find(({ name }) => name === part) ?? PARTS[0];
  const here = setup.visitors.find(({ id }) => id === setup.here);
  useLayoutEffect(() => {
    exposeRuns(setup, runs);
  });
  useEffect(() => {
    document.title = `${current.title} · ${here?.name ?? ''} · CORS playground`;
  }, [current, here]);
  if (here === undefined) return null;
  const { Part } = current;
  return (
    <PageOfParts
      heading="CORS playground"
      parts={PARTS}
      current={current.name}
      links={<a href={`${setup.api}/cors`}>Explorer</a>}
    >
      <div class="whereabouts">
        <p>
          This page is of <code id="here">{here.origin}</code>, {ABOUT_VISITORS[here.id]}. It calls
          the bookshop’s API at <code id="api">{setup.api}</code>, another origin: so the API says
          what this page may read, and your browser sees to it.
        </p>
        <VisitorLinks setup={setup} />
      </div>
      {runs.down !== undefined && <Notice tone="bad">{runs.down}</Notice>}
      <Part key={current.name} setup={setup} here={here} runs={runs} settings={settings} />
    </PageOfParts>
  );
}
