import type { CorsDocument } from './cors-document.js';
import {
  type OriginShare,
  shareOrigins,
  type SharedOrigins,
  type SharedRule,
} from './origin-shares.js';
import { comparePermissions, compareOtherFields, permitsMethod } from './permission.js';
import { pairPlaces } from './place-pairs.js';
import { type Place, type PlacedPolicy, placesOf } from './places.js';

/** Something that some origins may do at a place, and could not before; or the other way round. */
export interface OpeningOrClosing {
  /** The origins that it concerns; none where it is about requests without `Origin`, or about everybody. */
  readonly rules: readonly SharedRule[];
  /** What they may do, as what follows "may". */
  readonly may: readonly string[];
  /** Whether they do it with cookies. */
  readonly credentials: boolean;
}

/** How one place differs. */
export interface PlaceDifference {
  /** As it is now; as it was, where it is gone. */
  readonly place: Place;
  /** Where it was, if that is elsewhere: the same handler has moved. */
  readonly movedFrom: Place | undefined;
  /** Whether it was there before, and is now. */
  readonly presence: 'both' | 'new' | 'gone';
  readonly opened: readonly OpeningOrClosing[];
  readonly closed: readonly OpeningOrClosing[];
  /** What opens nothing and closes nothing, in words. */
  readonly changed: readonly string[];
  /** Code that was asked before, and other code that is asked now. */
  readonly incomparable: SharedOrigins['incomparable'];
}

/** How the policies of two documents differ. */
export interface DocumentDifference {
  /** The places that differ, in the order of the later document; what is gone comes last. */
  readonly places: readonly PlaceDifference[];
  /** Functions and resolvers of the later document: they are the same as far as can be seen. */
  readonly asked: readonly string[];
}

/**
 * Compares what two documents let pages do, place by place. Origin rules are compared as sets: it counts which policy
 * of a place holds for an origin, not how that is written.
 */
export async function differenceOf(
  before: CorsDocument,
  after: CorsDocument,
): Promise<DocumentDifference> {
  const comparison = new Comparison();
  const places: PlaceDifference[] = [];
  const later = placesOf(after);
  for (const [was, is] of pairPlaces(placesOf(before), later)) {
    const difference = await comparison.compare(was, is);
    if (difference !== undefined) places.push(difference);
  }
  const asked = new Set(
    later.flatMap(({ policies }) =>
      policies.flatMap(({ origins }) => [...origins.resolvers, ...origins.functions]),
    ),
  );
  return { places, asked: [...asked].sort() };
}

/** Whether a difference lets anybody do something that was not possible before, or may do so. */
export function opensAnything({ places }: DocumentDifference): boolean {
  return places.some(({ opened, incomparable }) => opened.length > 0 || incomparable !== undefined);
}

/** Compares place by place; thousands of places share a few policies. */
class Comparison {
  readonly #numbers = new Map<object, number>();
  readonly #numbersByText = new Map<string, number>();
  readonly #shared = new Map<string, Promise<SharedOrigins>>();

  async compare(
    was: Place | undefined,
    is: Place | undefined,
  ): Promise<PlaceDifference | undefined> {
    const place = is ?? was;
    if (place === undefined) return undefined;
    const [before, after] = [was?.policies ?? [], is?.policies ?? []];
    const isMoved =
      was !== undefined && is !== undefined && (was.where !== is.where || was.method !== is.method);
    const presence = was === undefined ? 'new' : is === undefined ? 'gone' : 'both';
    const isSame = this.#keyOf(before) === this.#keyOf(after);
    const sameHandler = was?.handler === is?.handler;
    if (presence === 'both' && isSame && sameHandler && !isMoved) return undefined;

    const changed: string[] = [];
    const { shares, incomparable } = isSame
      ? { shares: [], incomparable: undefined }
      : await this.#shareOrigins(before, after);
    const { opened, closed } = isSame
      ? { opened: [], closed: [] }
      : compareShares(
          shares,
          { policies: before, method: was?.method },
          { policies: after, method: is?.method },
          changed,
        );
    if (presence === 'both' && !isSame) {
      const strictness = compareStrictness(before, after);
      opened.push(...strictness.opened);
      closed.push(...strictness.closed);
    }
    if (presence === 'both' && place.kind === 'route' && !sameHandler) {
      changed.push(`served by ${is?.handler ?? ''} instead of ${was?.handler ?? ''}`);
    }
    if (presence === 'new' && opened.length === 0 && incomparable === undefined)
      changed.push('new, and closed');
    if (presence === 'gone' && closed.length === 0) changed.push('gone; it was closed');
    const isDifferent =
      opened.length + closed.length + changed.length > 0 || isMoved || incomparable !== undefined;
    if (!isDifferent) return undefined;
    return {
      place,
      movedFrom: isMoved ? was : undefined,
      presence,
      opened,
      closed,
      changed: [...new Set(changed)],
      incomparable,
    };
  }

  /** Equal where the policies are, whatever they are called and whoever said them. */
  #keyOf(policies: readonly PlacedPolicy[]): string {
    return policies
      .map(({ policy, origins }) => {
        const number = this.#numberOf(policy, ({ origin: _, said: __, ...fields }) => fields);
        return `${number}:${this.#originsNumber(origins)}`;
      })
      .join();
  }

  #originsNumber(origins: PlacedPolicy['origins']): number {
    return this.#numberOf(origins, (whole) => whole);
  }

  /** The same for what says the same; a long list is looked at once. */
  #numberOf<Part extends object>(part: Part, contentOf: (part: Part) => object): number {
    let number = this.#numbers.get(part);
    if (number === undefined) {
      const text = JSON.stringify(sorted(contentOf(part)));
      number = this.#numbersByText.get(text) ?? this.#numbersByText.size;
      this.#numbersByText.set(text, number);
      this.#numbers.set(part, number);
    }
    return number;
  }

  #shareOrigins(
    before: readonly PlacedPolicy[],
    after: readonly PlacedPolicy[],
  ): Promise<SharedOrigins> {
    const key = [before, after]
      .map((policies) => policies.map(({ origins }) => this.#originsNumber(origins)).join())
      .join(' ');
    const known =
      this.#shared.get(key) ??
      shareOrigins(
        before.map(({ origins }) => origins),
        after.map(({ origins }) => origins),
      );
    this.#shared.set(key, known);
    return known;
  }
}

/** With its keys in order, since documents may have been written by other hands. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Side {
  readonly policies: readonly PlacedPolicy[];
  readonly method: string | undefined;
}

/** What the origins of each share may do, and could. */
function compareShares(
  shares: readonly OriginShare[],
  before: Side,
  after: Side,
  changed: string[],
): { opened: OpeningOrClosing[]; closed: OpeningOrClosing[] } {
  const opened: OpeningOrClosing[] = [];
  const closed: OpeningOrClosing[] = [];
  for (const share of shares) {
    const { rules } = share;
    const was = holding(before, share.before);
    const is = holding(after, share.after);
    if (was === undefined && is === undefined) continue;
    if (was === undefined || is === undefined) {
      const list = was === undefined ? opened : closed;
      list.push({ rules, may: ['call'], credentials: (was ?? is)?.credentials === true });
      continue;
    }
    const { wider, narrower, credentials } = comparePermissions(was, is, after.method);
    if (wider.length > 0) opened.push({ rules, may: wider, credentials });
    if (narrower.length > 0) closed.push({ rules, may: narrower, credentials: was.credentials });
    changed.push(...compareOtherFields(was, is));
  }
  return { opened, closed };
}

/** The policy that lets a share of origins call, if it permits the method. */
function holding({ policies, method }: Side, index: number | undefined) {
  const policy = index === undefined ? undefined : policies[index]?.policy;
  return policy !== undefined && permitsMethod(policy, method) ? policy : undefined;
}

const ENFORCE = 'have handlers run, and read nothing: refusals are not enforced';
const ISOLATE = 'embed and submit without Origin, from other sites: not isolated';

/** What holds for those that no policy allows, and for requests that have no origin. */
function compareStrictness(
  before: readonly PlacedPolicy[],
  after: readonly PlacedPolicy[],
): { opened: OpeningOrClosing[]; closed: OpeningOrClosing[] } {
  const opened: OpeningOrClosing[] = [];
  const closed: OpeningOrClosing[] = [];
  const compare = (was: boolean, is: boolean, may: string) => {
    const list = is ? closed : opened;
    if (was !== is) list.push({ rules: [], may: [may], credentials: false });
  };
  // The last one says how a request is refused.
  compare(before.at(-1)?.policy.enforce !== false, after.at(-1)?.policy.enforce !== false, ENFORCE);
  const isolates = (list: readonly PlacedPolicy[]) => list.some(({ policy }) => policy.isolate);
  compare(isolates(before), isolates(after), ISOLATE);
  return { opened, closed };
}
