import { DEFAULT_ALLOWED_HEADERS } from '../protocol/policy/request-headers.js';
import type { CorsDocument, DocumentedPolicy } from './cors-document.js';
import { counted, countedRules, decidersOf, whoMayCall } from './origin-words.js';
import { addressOf, type Place, type PlacedPolicy, placedPolicies, placesOf } from './places.js';
import { printable } from './printable.js';

/** What of a document a report tells. */
export interface ReportOptions {
  /** Only what is open to any origin. Default: `false`. */
  readonly open?: boolean;
  /** Lists in full, however long they are. Default: `false`, their first entries. */
  readonly all?: boolean;
}

/** As many entries of a list are told, unless all are asked for. */
const TOLD = 10;

/** As many rules stand beside the policy; more have a list of their own. */
const INLINE = 3;

/** Wider cells stand out of their column, so that one long name does not push the others away. */
const WIDEST = [7, 40, 32, 60];

/**
 * The policies of an application for people to review: a line for each route and `paths` entry, with who may call it,
 * then every policy in full, and every long list of origins, once.
 *
 * It depends on the document alone, so that it may be kept as a snapshot. Control characters are escaped.
 */
export function describeRoutes(document: CorsDocument, options: ReportOptions = {}): string {
  const { open = false, all = false } = options;
  const places = placesOf(document);
  const told = places.filter((place) => place.kind !== 'named' && (!open || isOpenToAny(place)));
  const held = new Map<string, Place[]>();
  for (const place of told) {
    for (const { key } of place.policies) {
      const those = held.get(key);
      if (those === undefined) held.set(key, [place]);
      else those.push(place);
    }
  }
  const policies = [...placedPolicies(document).values()].filter(
    ({ key }) => !open || held.has(key),
  );
  const sections = [
    [summarize(places)],
    tableOf(told),
    ...policies.map((policy) => describePolicy(policy, held.get(policy.key) ?? [], all)),
    ...describeLists(policies, all),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function isOpenToAny({ policies }: Place): boolean {
  return policies.some(({ origins }) => origins.openTo === 'any');
}

/** How many places are open, and who may call them, in one line. */
function summarize(places: readonly Place[]): string {
  const counts = { any: 0, asked: 0, listed: 0, nobody: 0, credentials: 0 };
  const counting = places.filter(({ kind }) => kind === 'route' || kind === 'path');
  for (const { policies } of counting) {
    const kinds = new Set(policies.map(({ origins }) => origins.openTo));
    const openTo = (['any', 'asked', 'listed'] as const).find((kind) => kinds.has(kind));
    counts[openTo ?? 'nobody'] += 1;
    const withCookies = policies.some(
      ({ policy, origins }) => policy.credentials && origins.openTo !== 'nobody',
    );
    if (withCookies) counts.credentials += 1;
  }
  const routes = counting.filter(({ kind }) => kind === 'route').length;
  const what = [counted(routes, 'route'), counted(counting.length - routes, 'path')];
  const parts = [
    counts.any > 0 && `${counts.any} open to any origin`,
    counts.listed > 0 && `${counts.listed} to listed origins`,
    counts.asked > 0 && `${counts.asked} to origins that code is asked about`,
    counts.nobody > 0 && `${counts.nobody} closed`,
    counts.credentials > 0 && `${counts.credentials} with credentials`,
  ].filter((part) => part !== false);
  const names = what.filter((part) => part !== '').join(' and ') || 'no routes';
  return parts.length === 0 ? `${names}.` : `${names}: ${parts.join(', ')}.`;
}

function tableOf(places: readonly Place[]): readonly string[] {
  const rows = places.map((place) => [
    place.kind === 'route' ? (place.method ?? 'ALL') : '*',
    place.where,
    place.handler,
    // Of several, the first one that allows an origin holds.
    place.policies.map(describeBriefly).join('; else '),
  ]);
  if (rows.length === 0) return ['None.'];
  const table = [
    ['METHOD', 'PATH', 'HANDLER', 'WHO MAY CALL'],
    ...rows.map((row) => row.map(printable)),
  ];
  const widths = WIDEST.map((widest, column) =>
    table.reduce((width, row) => {
      const { length } = row[column] ?? '';
      return length > widest ? width : Math.max(width, length);
    }, 0),
  );
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Who may call, and what a reviewer looks at before all else. */
function describeBriefly({ policy, origins }: PlacedPolicy): string {
  const { methods, allowedHeaders, exposedHeaders } = policy;
  const forSomebody = [
    policy.credentials && 'credentials',
    methods !== '*' && (methods.length === 0 ? 'no method' : methods.join(' ')),
    allowedHeaders === '*' && 'any header',
    exposedHeaders === '*' && 'exposes all',
    policy.privateNetwork && 'private network',
    policy.preflightContinue && 'preflight continues',
  ];
  const remarks = [
    ...(origins.openTo === 'nobody' ? [] : forSomebody),
    !policy.enforce && 'not enforced',
    policy.isolate && 'isolated',
  ].filter((remark) => remark !== false);
  const who = whoMayCall(origins);
  return remarks.length === 0 ? who : `${who} [${remarks.join(', ')}]`;
}

type Field = Exclude<keyof DocumentedPolicy, 'origin' | 'said'>;

/** Told of every policy; the others only where they say something. */
const ALWAYS: readonly Field[] = [
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'credentials',
  'maxAge',
];

/** The others, and what they are where nobody says anything. */
const OTHERS: readonly (readonly [Field, unknown])[] = [
  ['enforce', true],
  ['isolate', false],
  ['privateNetwork', false],
  ['preflightContinue', false],
  ['optionsSuccessStatus', 204],
  ['originCache', false],
  ['originTimeout', 5000],
  ['dangerouslyAllowInsecureOrigins', false],
  ['dangerouslyAllowPublicSuffixes', false],
];

const HOLDS_ON = 'holds on';

function describePolicy(
  { key, policy, origins }: PlacedPolicy,
  places: readonly Place[],
  all: boolean,
): readonly string[] {
  const fields: readonly Field[] = [
    // Where nobody may call, the others say nothing.
    ...(origins.openTo === 'nobody' ? [] : ALWAYS),
    ...OTHERS.filter(([field, usual]) => policy[field] !== usual).map(([field]) => field),
  ];
  const rows: (readonly [string, string, string | undefined])[] = [
    ['origin', describeRule(policy.origin, origins), saidOf(policy, 'origin')],
    ...fields.map(
      (field) => [field, describeField(field, policy[field], all), saidOf(policy, field)] as const,
    ),
  ];
  const width = Math.max(HOLDS_ON.length, ...rows.map(([name]) => name.length));
  const on = places.map(addressOf);
  return [
    `Policy ${printable(key)}`,
    ...rows.map(([name, value, place]) => {
      const said = place === undefined || place === key ? '' : `  (${printable(place)})`;
      return `  ${name.padEnd(width)}  ${value}${said}`;
    }),
    `  ${HOLDS_ON.padEnd(width)}  ${on.length === 0 ? 'no route' : bounded(on, all ? Infinity : 3).join(', ')}`,
  ];
}

function saidOf(
  { said }: DocumentedPolicy,
  field: keyof DocumentedPolicy['said'],
): string | undefined {
  return Object.hasOwn(said, field) ? said[field] : undefined;
}

function describeRule(key: string, origins: PlacedPolicy['origins']): string {
  return isLong(origins)
    ? `${[countedRules(origins), ...asking(origins)].join(', ')}: see Origins ${printable(key)}`
    : [...rulesOf(origins), ...asking(origins)].map(printable).join(', ') || whoMayCall(origins);
}

function asking(origins: PlacedPolicy['origins']): readonly string[] {
  const deciders = decidersOf(origins);
  return deciders.length === 0 ? [] : [`asks ${deciders.map(printable).join(', ')}`];
}

function rulesOf({
  openTo,
  exact,
  patterns,
  expressions,
}: PlacedPolicy['origins']): readonly string[] {
  return [...(openTo === 'any' ? ['any origin'] : []), ...exact, ...patterns, ...expressions];
}

/** Whether the rules of a list are told apart from the policies that share it. */
function isLong({ openTo, exact, patterns, expressions }: PlacedPolicy['origins']): boolean {
  return openTo !== 'any' && exact.length + patterns.length + expressions.length > INLINE;
}

function describeField(field: Field, value: DocumentedPolicy[Field], all: boolean): string {
  if (field === 'methods' && value === '*') return 'every routed method';
  if (field === 'allowedHeaders' && isUsualHeaders(value)) return 'the usual ones';
  if (value === '*') return 'any';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) {
    return value.length === 0
      ? 'none'
      : bounded(value as string[], all ? Infinity : TOLD).join(', ');
  }
  if (typeof value === 'object') return printable(JSON.stringify(value));
  return field === 'maxAge' ? `${String(value)} s` : printable(String(value));
}

function isUsualHeaders(value: unknown): boolean {
  return Array.isArray(value) && value.join() === DEFAULT_ALLOWED_HEADERS.join();
}

/** Every long list of origins that some of the policies have, once. */
function describeLists(policies: readonly PlacedPolicy[], all: boolean): (readonly string[])[] {
  const lists = new Map(
    policies
      .filter(({ origins }) => isLong(origins))
      .map(({ policy, origins }) => [policy.origin, origins]),
  );
  return [...lists].map(([key, origins]) => [
    `Origins ${printable(key)}`,
    ...bounded(rulesOf(origins), all ? Infinity : TOLD).map((rule) => `  ${rule}`),
  ]);
}

/** The first entries of a list, and how many there are besides. */
function bounded(names: readonly string[], most: number): readonly string[] {
  const told = names.slice(0, most).map(printable);
  return names.length > most ? [...told, `and ${names.length - most} more (--all)`] : told;
}
