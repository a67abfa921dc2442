import { useState } from 'preact/hooks';
import { Pager } from '../components/pager.js';
import { keep } from '../location-state.js';
import type { PartProps } from './part.js';
import {
  noteSelection,
  PlaceFilters,
  type PlaceSelection,
  readSelection,
  usePlaces,
} from './place-filters.js';
import { RouteRow } from './route-row.js';

/** Rows that are shown at once: a browser draws them without a pause. */
const PAGE = 50;

/** Every route: who may call it, and where each field was said. */
export function RoutesPart({ places, settings }: PartProps) {
  const [selection, setSelection] = useState(() => readSelection(settings));
  const [page, setPage] = useState(0);
  const found = usePlaces(places, selection);
  const select = (next: PlaceSelection) => {
    setSelection(next);
    setPage(0);
    const noted = new URLSearchParams();
    noteSelection(next, noted);
    keep('routes', noted);
  };
  const pager = (
    <Pager what="routes and paths" total={found.length} size={PAGE} page={page} onTurn={setPage} />
  );
  return (
    <>
      <h2>Who may call what</h2>
      <PlaceFilters places={places} selection={selection} onSelect={select} />
      {pager}
      {found.length === 0 ? (
        <p class="muted">Nothing matches. Remove a word or the filter.</p>
      ) : (
        <ul class="routes">
          {found.slice(page * PAGE, (page + 1) * PAGE).map((place) => (
            <RouteRow key={place.index} place={place} />
          ))}
        </ul>
      )}
      {found.length > PAGE && pager}
    </>
  );
}
