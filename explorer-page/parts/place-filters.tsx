import { useMemo } from 'preact/hooks';
import { FilterChips, SearchField } from '../components/filter-bar.js';
import {
  type DocumentedPlace,
  isIn,
  PLACE_FILTERS,
  type PlaceFilter,
  search,
} from '../documented-places.js';

/** What of the places is shown. */
export interface PlaceSelection {
  readonly words: string;
  readonly filter: PlaceFilter;
}

export function readSelection(settings: URLSearchParams): PlaceSelection {
  const show = settings.get('show') ?? 'all';
  return {
    words: settings.get('search') ?? '',
    filter: Object.hasOwn(PLACE_FILTERS, show) ? (show as PlaceFilter) : 'all',
  };
}

/** Notes a selection among other settings. */
export function noteSelection({ words, filter }: PlaceSelection, settings: URLSearchParams): void {
  if (words === '') settings.delete('search');
  else settings.set('search', words);
  if (filter === 'all') settings.delete('show');
  else settings.set('show', filter);
}

export interface PlaceFiltersProps {
  readonly places: readonly DocumentedPlace[];
  readonly selection: PlaceSelection;
  readonly onSelect: (selection: PlaceSelection) => void;
}

/** Search and filters over the places of a document; each filter says how many of those found it holds. */
export function PlaceFilters({ places, selection, onSelect }: PlaceFiltersProps) {
  const { words, filter } = selection;
  const filters = useMemo(() => {
    const found = search(places, words);
    return (Object.keys(PLACE_FILTERS) as PlaceFilter[]).map((name) => ({
      name,
      label: PLACE_FILTERS[name],
      count: found.filter((place) => isIn(name, place)).length,
    }));
  }, [places, words]);
  return (
    <div class="row filters">
      <SearchField
        label="Search the routes"
        placeholder="Path, handler, policy or origin"
        value={words}
        onInput={(value) => {
          onSelect({ ...selection, words: value });
        }}
      />
      <FilterChips
        label="Routes by who may call"
        filters={filters}
        active={filter}
        onChoose={(name) => {
          onSelect({ ...selection, filter: name });
        }}
      />
    </div>
  );
}

/** The places that a selection leaves. */
export function usePlaces(
  places: readonly DocumentedPlace[],
  { words, filter }: PlaceSelection,
): readonly DocumentedPlace[] {
  return useMemo(
    () => search(places, words).filter((place) => isIn(filter, place)),
    [places, words, filter],
  );
}
