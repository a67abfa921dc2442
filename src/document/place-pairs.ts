import { addressOf, type Place } from './places.js';

/** A place as it was and as it is; one of them is missing where it is new or gone. */
export type PlacePair = readonly [was: Place | undefined, is: Place | undefined];

/**
 * Finds for each place what it was before: the same method, path, host and version, in their order where several are the
 * same; else the same handler elsewhere, which has moved. What is gone comes last.
 */
export function pairPlaces(
  before: readonly Place[],
  after: readonly Place[],
): readonly PlacePair[] {
  const byAddress = inGroups(before, identityOf);
  const found = new Map<Place, Place>();
  for (const is of after) {
    const was = byAddress.get(identityOf(is))?.shift();
    if (was !== undefined) found.set(is, was);
  }
  const left = [...byAddress.values()].flat();
  const byHandler = inGroups(left, handlerOf);
  const others = after.filter((is) => !found.has(is) && is.kind === 'route');
  // A handler of several routes keeps the method, if it can.
  for (const isAlike of [(was: Place, is: Place) => was.method === is.method, () => true]) {
    for (const is of others) {
      const candidates = byHandler.get(handlerOf(is)) ?? [];
      const index = found.has(is) ? -1 : candidates.findIndex((was) => isAlike(was, is));
      const [was] = index === -1 ? [] : candidates.splice(index, 1);
      if (was !== undefined) found.set(is, was);
    }
  }
  const paired = new Set(found.values());
  return [
    ...after.map((is): PlacePair => [found.get(is), is]),
    ...before.filter((was) => !paired.has(was)).map((was): PlacePair => [was, undefined]),
  ];
}

function identityOf(place: Place): string {
  return JSON.stringify([place.kind, addressOf(place)]);
}

function handlerOf({ kind, handler }: Place): string {
  return JSON.stringify([kind, handler]);
}

function inGroups(places: readonly Place[], keyOf: (place: Place) => string): Map<string, Place[]> {
  const groups = new Map<string, Place[]>();
  for (const place of places) {
    const group = groups.get(keyOf(place));
    if (group === undefined) groups.set(keyOf(place), [place]);
    else group.push(place);
  }
  return groups;
}
