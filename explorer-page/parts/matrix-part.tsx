import { useState } from 'preact/hooks';
import type { MatrixLine } from '../../src/explorer/origin-matrix.js';
import { queryOf } from '../../src/explorer/question-query.js';
import { LinesField } from '../components/form-field.js';
import { MatrixTable } from '../components/matrix-table.js';
import { Notice } from '../components/notice.js';
import { OutcomeLegend } from '../components/outcome-badge.js';
import { Pager } from '../components/pager.js';
import type { DocumentedPlace } from '../documented-places.js';
import { hrefOf, keep } from '../location-state.js';
import { useAnswer } from '../use-answer.js';
import type { PartProps } from './part.js';
import {
  noteSelection,
  PlaceFilters,
  type PlaceSelection,
  readSelection,
  usePlaces,
} from './place-filters.js';

/** Rows that are asked for at once. */
const PAGE = 50;

/** Columns that there is room for. */
const MOST_ORIGINS = 12;

/** Routes against origins that one types: what a page of each gets. */
export function MatrixPart({ server, places, settings }: PartProps) {
  const [typed, setTyped] = useState(() => {
    const given = settings.getAll('origin');
    return (given.length > 0 ? given : suggestedOrigins(places)).join('\n');
  });
  const [selection, setSelection] = useState(() => readSelection(settings));
  const [page, setPage] = useState(0);
  const [asked, setAsked] = useState(() => originsOf(typed));
  const found = usePlaces(places, selection);
  const shown = found.slice(page * PAGE, (page + 1) * PAGE);
  const question = {
    origins: asked,
    places: shown.map(({ index }) => index),
    server: location.origin,
  };
  const key = asked.length === 0 || shown.length === 0 ? undefined : JSON.stringify(question);
  const answer = useAnswer(key, (signal) => server.matrix(question, signal));
  const lines = new Map<number, MatrixLine>(
    answer.state === 'there' ? answer.value.map((line) => [line.place, line]) : [],
  );
  const isAnyNotSent = [...lines.values()].some(({ outcomes }) => outcomes.includes('not-sent'));
  const note = (next: PlaceSelection, origins: readonly string[]) => {
    const noted = new URLSearchParams(origins.map((origin) => ['origin', origin]));
    noteSelection(next, noted);
    keep('matrix', noted);
  };
  return (
    <>
      <h2>What a page of each origin gets</h2>
      <form
        class="origins-form"
        onSubmit={(event) => {
          event.preventDefault();
          const origins = originsOf(typed);
          setAsked(origins);
          note(selection, origins);
        }}
      >
        <LinesField
          id="origins"
          label="Origins, one a line"
          rows={3}
          value={typed}
          onChange={setTyped}
        />
        <button type="submit" class="primary">
          Show
        </button>
      </form>
      <PlaceFilters
        places={places}
        selection={selection}
        onSelect={(next) => {
          setSelection(next);
          setPage(0);
          note(next, asked);
        }}
      />
      {answer.state === 'failed' && <Notice tone="bad">{answer.message}</Notice>}
      <Pager
        what="routes and paths"
        total={found.length}
        size={PAGE}
        page={page}
        onTurn={setPage}
      />
      {asked.length === 0 ? (
        <p class="muted">Type an origin, e.g. https://shop.example.com.</p>
      ) : (
        <MatrixTable
          caption="What pages of each origin get from each route"
          corner="Route"
          columns={asked.map((origin) => ({ key: origin, head: <code>{origin}</code> }))}
          rows={shown.map((place) => rowOf(place, lines.get(place.index), asked))}
        />
      )}
      <OutcomeLegend
        outcomes={[
          'readable',
          'readable-with-cookies',
          'refused-at-preflight',
          'refused-at-request',
          ...(isAnyNotSent ? (['not-sent'] as const) : []),
          'unknown',
        ]}
      />
      <p class="small muted">
        A plain request each: the method of the route, parameters filled in, JSON where there is a
        body, no header of its own. Functions and resolvers are asked.
      </p>
    </>
  );
}

function rowOf(
  { index, method, path }: DocumentedPlace,
  line: MatrixLine | undefined,
  origins: readonly string[],
) {
  return {
    key: String(index),
    name: `${method} ${path}`,
    head: (
      <>
        <span class="method">{method}</span> <code>{path}</code>
      </>
    ),
    cells: origins.map((origin, column) => {
      const outcome = line?.outcomes[column];
      const credentials = outcome === 'readable-with-cookies' ? 'include' : 'omit';
      return {
        outcome,
        ...(line?.question && {
          href: hrefOf('what-if', queryOf({ ...line.question, origin, credentials })),
        }),
      };
    }),
  };
}

function originsOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))].slice(0, MOST_ORIGINS);
}

/** Some that the policies name, and one that nobody has heard of. */
function suggestedOrigins(places: readonly DocumentedPlace[]): readonly string[] {
  const named = new Set<string>();
  for (const { policies } of places) {
    for (const { origins } of policies) {
      for (const origin of origins.exact) if (named.size < 3) named.add(origin);
    }
  }
  return [...named, 'https://stranger.example'];
}
