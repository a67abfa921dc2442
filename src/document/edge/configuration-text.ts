import type { CorsDocument } from '../cors-document.js';
import type { EdgeAnswer, HeaderVariant } from './edge-answer.js';
import type { EdgePreflights } from './edge-preflights.js';
import type { UrlShape } from './url-shape.js';

/** Where a configuration listens, and what it passes on to. */
export interface EdgeAddresses {
  /** Host and port of the application. */
  readonly upstream: { readonly host: string; readonly port: number };
  readonly listen: number;
  /** The address to listen at; all of them if left out. */
  readonly host?: string;
}

/** Longer lines are not read; nginx takes none of 4,096. */
const LONGEST_COMMENT = 300;

/** Text for a comment: one line of characters that mean nothing anywhere; `...` for what is too long. */
export function commentText(text: string): string {
  if (text.length > LONGEST_COMMENT) return `${commentText(text.slice(0, LONGEST_COMMENT))}...`;
  return text.replace(/[^A-Za-z0-9 _.,:;/*@()'"~=+&-]/g, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `%u${code.padStart(4, '0')}` : `%${code.padStart(2, '0')}`;
  });
}

/** The comments at the head of a configuration: what it does, and what it leaves to Node, with the reason. */
export function headOf(
  { left, routes }: EdgePreflights,
  document: CorsDocument,
  remarks: readonly string[],
): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const [{ method, path, handler }, why] of left) {
    const each = `${method} ${path} (${handler})`;
    const known = byReason.get(why);
    if (known === undefined) byReason.set(why, [each]);
    else known.push(each);
  }
  return [
    `Made by "nestjs-cors export" of a document of format ${document.format}; change the application instead.`,
    'Answers allowed CORS preflights as the application would, and passes everything else on.',
    ...remarks,
    `Answers preflights for ${String(routes - left.size)} of ${String(routes)} routes.`,
    ...(document.paths.length > 0
      ? [
          'Left to Node, since paths say what holds there:',
          ...document.paths.map(({ path }) => `  ${path}`),
        ]
      : []),
    ...[...byReason].flatMap(([why, all]) => [
      `Left to Node, since ${why}:`,
      ...all.map((each) => `  ${each}`),
    ]),
  ].map((line) => `# ${commentText(line)}`.trimEnd());
}

/** A URL's path of a shape, as an expression without anchors. */
export function shapeExpression({ segments, open }: UrlShape): string {
  const given = segments.map((text) => `/${text ?? '[^/]+'}`).join('');
  return open ? `${given}/.+` : given || '/';
}

/** Places with text alone, which can be looked up, and the others in order. */
export interface SortedPlaces {
  readonly literal: readonly { readonly path: string; readonly behavior: string }[];
  /** Those of one behavior that follow each other are one expression. */
  readonly ordered: readonly { readonly expression: string; readonly behavior: string }[];
}

/** What Node's behavior is called. */
export const NODE = 'node';

/** Alternatives in one expression: enough to spare lines, and few enough for the longest line of HAProxy. */
const MOST_ALTERNATIVES = 20;
const LONGEST_EXPRESSION = 1_000;

/** @param lookedUp which texts can be looked up as they are */
export function sortPlaces(
  { places }: EdgePreflights,
  lookedUp: 'all' | 'lower case' | 'none',
): SortedPlaces {
  const literal: { path: string; behavior: string }[] = [];
  const runs: { behavior: string; alternatives: string[]; length: number }[] = [];
  for (const { shape, behavior = NODE } of places) {
    const path = shapeExpression(shape);
    const isText = !shape.open && shape.segments.every((text) => text !== undefined);
    const isLookedUp =
      lookedUp === 'all' || (lookedUp === 'lower case' && path === path.toLowerCase());
    if (isText && isLookedUp) {
      literal.push({ path, behavior });
      continue;
    }
    const last = runs.at(-1);
    if (
      last?.behavior === behavior &&
      last.alternatives.length < MOST_ALTERNATIVES &&
      last.length + path.length < LONGEST_EXPRESSION
    ) {
      last.alternatives.push(path);
      last.length += path.length + 1;
    } else {
      runs.push({ behavior, alternatives: [path], length: path.length });
    }
  }
  return {
    literal,
    ordered: runs.map(({ behavior, alternatives }) => ({
      behavior,
      expression:
        alternatives.length === 1
          ? `^${alternatives.join('')}$`
          : `^(?:${alternatives.join('|')})$`,
    })),
  };
}

/** An answer to one of the lists of request headers that it allows. */
export interface SpelledAnswer {
  readonly name: string;
  readonly answer: EdgeAnswer;
  readonly variant: HeaderVariant;
}

/** Every answer for every variant of its header rule, as `a1v1`. */
export function spellAnswers({ cases, headerRules }: EdgePreflights): readonly SpelledAnswer[] {
  const rules = new Map(headerRules.map((rule) => [rule.name, rule]));
  return [...cases.keys()].flatMap((answer) =>
    (rules.get(answer.headerRule)?.variants ?? []).map((variant, index) => ({
      name: `${answer.name}v${String(index + 1)}`,
      answer,
      variant,
    })),
  );
}

/** All headers of an answer; `origin` and `asked` are what stands for those of the request. */
export function headersOf(
  { answer, variant: { value, echo } }: SpelledAnswer,
  { origin, asked }: { origin: string; asked: string },
): readonly (readonly [name: string, value: string])[] {
  const names = value + (echo ? asked : '');
  return [
    ['Access-Control-Allow-Origin', answer.anyOrigin ? '*' : origin],
    ...answer.before,
    ...(names === '' ? [] : [['Access-Control-Allow-Headers', names] as const]),
    ...answer.after,
  ];
}

/** The expression of a plain URL's path; behind it there is nothing, or a query. */
export function plainPath({ segment: { characters, longest } }: EdgePreflights): string {
  return `/|(?:/[${characters}]{1,${String(longest)}})+`;
}

/** What may follow a path. */
export const QUERY = '(?:\\?[!-"$-~]*)?';

/** An expression that asks for a text before what another one asks for, which is anchored. */
export function behind(text: string, expression: string): string {
  return `^${text}${expression.slice(1)}`;
}

export function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** Every origin that is known by itself, with the name of those that are answered alike. */
export function exactOrigins({ origins }: EdgePreflights): readonly (readonly [string, string])[] {
  return origins.flatMap(({ name, exact = [] }) => exact.map((each) => [each, name] as const));
}
