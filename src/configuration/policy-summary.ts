import type { CorsPolicy } from '../protocol/policy/policy-options.js';
import type { PolicySet } from './policy-set.js';
import { isExact, serializePattern } from '../protocol/origin/origin-pattern.js';
import { type OriginRules, readOriginRules } from '../protocol/origin/origin-rules.js';

/** Routes and `paths` entries that are open to the same kind of origins. */
interface Share {
  count: number;
  /** Each once, however many places have it. */
  readonly rules: Set<OriginRules>;
}

/**
 * One line that says who may call what, e.g. `12 routes: 3 open to any origin, 6 to 2 origins with credentials, 2 ask
 * PartnerOrigins, 1 closed.`; `undefined` where there is nothing to call.
 */
export function summarizePolicies({ routes, paths }: PolicySet): string | undefined {
  const { entries } = paths;
  const places = [...routes, ...entries.map(({ payload }) => payload.policies)].map(
    ({ policies }) => policies,
  );
  if (places.length === 0) return undefined;
  const listed = { with: newShare(), without: newShare() };
  const askers = new Set<string>();
  let [open, asking, closed] = [0, 0, 0];
  // Thousands of routes may share one list of thousands of origins.
  const known = new Map<unknown, OriginRules>();
  const rulesOf = ({ origin }: CorsPolicy) => {
    const rules = known.get(origin) ?? readOriginRules(origin).rules;
    known.set(origin, rules);
    return rules;
  };
  for (const policies of places) {
    // Of several policies on one place, whoever any of them admits is admitted.
    const rules = policies.map(rulesOf);
    if (rules.some(({ any }) => any)) open += 1;
    else if (rules.some(({ deciders }) => deciders.length > 0)) {
      asking += 1;
      for (const { name } of rules.flatMap(({ deciders }) => deciders)) {
        askers.add(name === '' ? 'a function' : name);
      }
    } else if (rules.every(isClosed)) closed += 1;
    else addTo(listed[policies.some((each) => each.credentials) ? 'with' : 'without'], rules);
  }
  const parts = [
    open > 0 && `${String(open)} open to any origin`,
    listed.with.count > 0 && `${describeShare(listed.with)} with credentials`,
    listed.without.count > 0 && `${describeShare(listed.without)} without credentials`,
    asking > 0 && `${String(asking)} ${asking === 1 ? 'asks' : 'ask'} ${inWords([...askers])}`,
    closed > 0 && `${String(closed)} closed`,
  ];
  const what = inWords([counted(routes.length, 'route'), counted(entries.length, 'path')]);
  return `${what}: ${parts.filter((part) => part !== false).join(', ')}.`;
}

function newShare(): Share {
  return { count: 0, rules: new Set() };
}

function isClosed({ opaque, patterns, regexps }: OriginRules): boolean {
  return !opaque && patterns.length + regexps.length === 0;
}

function addTo(share: Share, all: readonly OriginRules[]): void {
  share.count += 1;
  for (const rules of all) share.rules.add(rules);
}

function describeShare({ count, rules }: Share): string {
  const origins = new Set<string>();
  const others = new Set<string>();
  for (const { opaque, patterns, regexps } of rules) {
    if (opaque) origins.add('null');
    for (const pattern of patterns) {
      (isExact(pattern) ? origins : others).add(serializePattern(pattern));
    }
    for (const regexp of regexps) others.add(String(regexp));
  }
  const told = [counted(origins.size, 'origin'), counted(others.size, 'pattern')];
  return `${String(count)} to ${inWords(told)}`;
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const MOST_NAMES = 3;

/** `a`, `a and b`, `a, b and c`, `a, b, c and 2 more`; what is empty is left out. */
function inWords(names: readonly string[]): string {
  const there = names.filter((name) => name !== '');
  const told = there.slice(0, MOST_NAMES);
  if (there.length > MOST_NAMES) told.push(`${String(there.length - MOST_NAMES)} more`);
  return [told.slice(0, -1).join(', '), ...told.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
}
