import type { DocumentDifference, OpeningOrClosing, PlaceDifference } from './difference.js';
import type { SharedRule } from './origin-shares.js';
import { addressOf, type Place } from './places.js';
import { printable } from './printable.js';

/** How a difference is told. */
export interface DifferenceReportOptions {
  /** As Markdown, for a comment on a pull request. Default: plain text. */
  readonly markdown?: boolean;
  /** Lists in full, however long they are. Default: `false`, their first entries. */
  readonly all?: boolean;
}

/** As many places and rules are told of a list, unless all are asked for. */
const TOLD = 5;

/** What differs, and where that is so. */
type Findings = Map<string, string[]>;

/** How names, items and headings are written. */
interface Style {
  /** A name that somebody else chose: a rule, a path, a handler. */
  name(text: string): string;
  heading(text: string): string;
  finding(text: string): string;
  place(text: string): string;
  remark(text: string): string;
}

const TEXT: Style = {
  name: printable,
  heading: (text) => text,
  finding: (text) => `  ${text}`,
  place: (text) => `    ${text}`,
  remark: (text) => text,
};

/** Whatever a name is, it ends nothing in Markdown: no code span, no line, no table; nobody is mentioned. */
const MARKDOWN: Style = {
  name: (text) => {
    const shown = printable(text);
    const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    return longest === 0 ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`;
  },
  heading: (text) => `### ${text}\n`,
  finding: (text) => `- ${text}`,
  place: (text) => `  - ${text}`,
  remark: (text) => `\n${text}`,
};

/**
 * A difference for people: what opened with cookies first, then what else opened, what cannot be compared, what closed,
 * changed and moved. Places that differ in the same way are told together.
 */
export function describeDifference(
  difference: DocumentDifference,
  options: DifferenceReportOptions = {},
): string {
  const { markdown = false, all = false } = options;
  const style = markdown ? MARKDOWN : TEXT;
  const sections = findingsOf(difference.places, style, all);
  const told = sections.filter(({ findings }) => findings.size > 0);
  const lines = told.flatMap(({ title, findings }) => [
    style.heading(title),
    ...[...findings].flatMap(([finding, places]) => [
      style.finding(finding),
      ...bounded(places, all).map((place) => style.place(place)),
    ]),
    '',
  ]);
  const total = (findings: Findings) => new Set([...findings.values()].flat()).size;
  const counts = told.map(({ title, findings }) => `${lowerFirst(title)}: ${total(findings)}`);
  const summary =
    told.length === 0 ? 'No policy changed what pages may do.' : `Places: ${counts.join(', ')}.`;
  const { asked } = difference;
  const names = bounded(
    asked.map((name) => style.name(name)),
    all,
  ).join(', ');
  const remark = `Code is the same as far as can be seen; what it answers is not compared: ${names}.`;
  return [
    ...(markdown ? ['## CORS policies\n', `${summary}\n`] : []),
    ...lines,
    ...(markdown ? [] : [summary]),
    ...(asked.length === 0 ? [] : [style.remark(remark)]),
    '',
  ].join('\n');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function findingsOf(
  places: readonly PlaceDifference[],
  style: Style,
  all: boolean,
): readonly { title: string; findings: Findings }[] {
  const found = {
    cookies: new Map<string, string[]>(),
    opened: new Map<string, string[]>(),
    incomparable: new Map<string, string[]>(),
    closed: new Map<string, string[]>(),
    changed: new Map<string, string[]>(),
    moved: new Map<string, string[]>(),
  };
  for (const each of places) {
    const label =
      labelOf(each.place, style) + { new: ', new', gone: ', gone', both: '' }[each.presence];
    const note = (findings: Findings, finding: string) => {
      const list = findings.get(finding);
      if (list === undefined) findings.set(finding, [label]);
      else list.push(label);
    };
    for (const opened of each.opened) {
      note(opened.credentials ? found.cookies : found.opened, describe(opened, 'may', style, all));
    }
    if (each.incomparable !== undefined) {
      const [was, is] = [each.incomparable.before, each.incomparable.after].map((names) =>
        bounded(
          names.map((name) => style.name(name)),
          all,
        ).join(', '),
      );
      note(found.incomparable, `asked ${was ?? ''}, and asks ${is ?? ''} now`);
    }
    for (const closed of each.closed)
      note(found.closed, describe(closed, 'may no longer', style, all));
    for (const changed of each.changed) note(found.changed, printable(changed));
    if (each.movedFrom !== undefined) note(found.moved, `from ${labelOf(each.movedFrom, style)}`);
  }
  return [
    { title: 'Opened with credentials', findings: found.cookies },
    { title: 'Opened', findings: found.opened },
    { title: 'Cannot be compared, and may have opened', findings: found.incomparable },
    { title: 'Closed', findings: found.closed },
    { title: 'Changed', findings: found.changed },
    { title: 'Moved', findings: found.moved },
  ];
}

function describe(each: OpeningOrClosing, may: string, style: Style, all: boolean): string {
  const who =
    each.rules.length === 0
      ? 'Pages'
      : bounded(
          each.rules.map((rule) => describeRule(rule, style)),
          all,
        ).join(', ');
  const what = each.may
    .map((what) => (each.rules.length === 0 ? what : shown(what, style)))
    .join('; ');
  return `${who} ${may} ${what}${each.credentials && !what.includes('cookies') ? ', with cookies' : ''}`;
}

/** The names behind a verb come from the document. */
function shown(what: string, style: Style): string {
  const [, verb = '', names] = /^(send|read|use) (.+)$/s.exec(what) ?? [];
  if (names === undefined || /^(?:cookies|any (?:header|method))$/.test(names))
    return printable(what);
  return `${verb} ${style.name(names)}`;
}

function describeRule({ rule, asked, example }: SharedRule, style: Style): string {
  if (asked) return `any origin that ${style.name(rule)} allows`;
  if (rule === '*') return 'any origin';
  return example === undefined
    ? style.name(rule)
    : `a part of ${style.name(rule)} (such as ${style.name(example)})`;
}

function labelOf(place: Place, style: Style): string {
  const address = addressOf(place);
  if (place.kind === 'default') return address;
  if (place.handler === '') return style.name(address);
  return `${style.name(address)} (${style.name(place.handler)})`;
}

function bounded(names: readonly string[], all: boolean): readonly string[] {
  return all || names.length <= TOLD + 1
    ? names
    : [...names.slice(0, TOLD), `and ${names.length - TOLD} more`];
}
