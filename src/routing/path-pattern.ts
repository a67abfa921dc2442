import { parse, pathToRegexp, type Token, TokenData } from 'path-to-regexp';

import { decodeEscapes } from './escapes.js';

/** How patterns are written: those of Express and of `paths` entries, or those of Fastify's router. */
export type PatternSyntax = 'path-to-regexp' | 'find-my-way';

/** What a pattern says about one segment of a path. */
interface Segment {
  readonly kind: 'literal' | 'parameter' | 'wildcard';
  /** The letters that are given, with NUL for each part that may be anything. */
  readonly text: string;
}

/** A segment that may be anything, and as many of them as there are. */
export const ANYTHING: Segment = { kind: 'wildcard', text: '\0' };

/** A pattern with each of its optional groups either there or not. */
interface Variant {
  readonly segments: readonly Segment[];
  readonly matches: (path: string, isCaseSensitive: boolean) => boolean;
}

/**
 * How exactly a pattern says which paths it means; the more, the more exact. Compared segment by segment: a literal
 * is more exact than a parameter, and a parameter than a wildcard or the end of a mount's own path; of two
 * parameters, the one with more letters given.
 */
export type Exactness = readonly Segment[];

/** A pattern and the paths it matches. */
export class PathPattern {
  readonly #variants: readonly Variant[];

  /**
   * @param source the pattern; a slash before it goes without saying
   * @param scope `mount`: the path and everything under it; `path`: only the path, with or without a slash at its end
   * @throws TypeError whose message says what cannot be read in the pattern
   */
  constructor(
    readonly source: string,
    scope: 'mount' | 'path' = 'mount',
    syntax: PatternSyntax = 'path-to-regexp',
  ) {
    if (source === '') throw new TypeError('it is empty.');
    const tokens =
      syntax === 'find-my-way' ? readFindMyWay(source) : parse(withSlash(source)).tokens;
    // Refuses what it cannot read, and more groups than anybody could try.
    pathToRegexp(new TokenData(tokens, source));
    const decoded = mapText(tokens, decodeEscapes);
    this.#variants = [tokens, ...(source.includes('%') ? [decoded] : [])]
      .flatMap((each) => flatten(each))
      .map((each) => createVariant(withoutTrailingSlashes(each), scope));
  }

  /** How exactly it means a path, by the most exact of its variants; `undefined` where it does not match. */
  exactnessAt(path: string, isCaseSensitive: boolean): Exactness | undefined {
    let best: Exactness | undefined;
    for (const { segments, matches } of this.#variants) {
      if (!matches(path, isCaseSensitive)) continue;
      if (best === undefined || compareExactness(segments, best) > 0) best = segments;
    }
    return best;
  }

  /** Its variants' exactness, whatever the path. */
  get shapes(): readonly Exactness[] {
    return this.#variants.map(({ segments }) => segments);
  }
}

/** Positive where the first is more exact, negative where the second is. */
export function compareExactness(a: Exactness, b: Exactness): number {
  for (let index = 0; ; index += 1) {
    const [ours, theirs] = [a[index], b[index]];
    const difference = rankOf(ours) - rankOf(theirs);
    if (difference !== 0) return difference;
    if (ours === undefined || theirs === undefined || rankOf(ours) === 0) break;
    const more = lettersOf([ours]) - lettersOf([theirs]);
    if (more !== 0) return more;
  }
  // From here on either may mean anything.
  return a.length - b.length || lettersOf(a) - lettersOf(b);
}

function rankOf(segment: Segment | undefined): number {
  if (segment === undefined || segment.kind === 'wildcard') return 0;
  return segment.kind === 'literal' ? 2 : 1;
}

function lettersOf(segments: Exactness): number {
  return segments.reduce((sum, { text }) => sum + text.replaceAll('\0', '').length, 0);
}

function createVariant(tokens: FlatToken[], scope: 'mount' | 'path'): Variant {
  const segments = segmentsOf(tokens);
  if (segments.length === 0 && scope === 'mount') return { segments, matches: () => true };
  const compile = (sensitive: boolean): RegExp =>
    pathToRegexp(new TokenData(tokens), { end: scope === 'path', sensitive }).regexp;
  const sensitive = compile(true);
  const insensitive = compile(false);
  return {
    segments,
    matches: (path, isCaseSensitive) => (isCaseSensitive ? sensitive : insensitive).test(path),
  };
}

function segmentsOf(tokens: readonly FlatToken[]): readonly Segment[] {
  const segments: { kind: Segment['kind']; text: string }[] = [];
  let current: (typeof segments)[number] | undefined;
  const here = () => {
    if (current === undefined) segments.push((current = { kind: 'literal', text: '' }));
    return current;
  };
  for (const token of tokens) {
    if (token.type === 'text') {
      const [first = '', ...rest] = token.value.split('/');
      if (first !== '') here().text += first;
      for (const text of rest) segments.push((current = { kind: 'literal', text }));
    } else {
      const segment = here();
      segment.text += '\0';
      if (token.type === 'wildcard') segment.kind = 'wildcard';
      else if (segment.kind === 'literal') segment.kind = 'parameter';
    }
  }
  return segments;
}

/** What is left of a pattern once its groups are there or not. */
type FlatToken = Exclude<Token, { type: 'group' }>;

/** Each way to have the groups or not; those with more of them first. */
function flatten(tokens: readonly Token[]): FlatToken[][] {
  let variants: FlatToken[][] = [[]];
  for (const token of tokens) {
    const choices = token.type === 'group' ? [...flatten(token.tokens), []] : [[token]];
    variants = variants.flatMap((before) => choices.map((choice) => [...before, ...choice]));
  }
  return variants;
}

function mapText(tokens: readonly Token[], change: (text: string) => string): Token[] {
  return tokens.map((token) => {
    if (token.type === 'group') return { ...token, tokens: mapText(token.tokens, change) };
    return token.type === 'text' ? { ...token, value: change(token.value) } : token;
  });
}

/** As routers read patterns that are not strict, and mounts. */
function withoutTrailingSlashes(tokens: FlatToken[]): FlatToken[] {
  const last = tokens.at(-1);
  if (last?.type !== 'text') return tokens;
  const value = last.value.replace(/\/+$/, '');
  const others = tokens.slice(0, -1);
  return value === '' ? others : [...others, { type: 'text', value }];
}

/** As Nest reads the paths of controllers. */
function withSlash(pattern: string): string {
  return /^[/{]/.test(pattern) ? pattern : `/${pattern}`;
}

/** The same pattern in the tokens of path-to-regexp. What a parameter's own expression asks for is left out. */
function readFindMyWay(source: string): Token[] {
  const optional = /^(.*)(\/:[^/()]*)\?(\/?)$/.exec(source);
  if (optional !== null) {
    const [, before = '', parameter = '', after = ''] = optional;
    return [
      ...readFindMyWay(before),
      { type: 'group', tokens: readFindMyWay(parameter) },
      ...readFindMyWay(after),
    ];
  }
  const tokens: Token[] = [];
  for (let index = 0; index < source.length;) {
    const [text = ''] = /^(?:::|[^:*])+/.exec(source.slice(index)) ?? [];
    if (text !== '') {
      tokens.push({ type: 'text', value: text.replaceAll('::', ':') });
      index += text.length;
    } else if (source[index] === '*') {
      // It may be empty.
      tokens.push({ type: 'group', tokens: [{ type: 'wildcard', name: '*' }] });
      index += 1;
    } else {
      const [parameter = ''] = /^:[^-./(]*/.exec(source.slice(index)) ?? [];
      tokens.push({ type: 'param', name: parameter.slice(1) });
      index = endOfExpression(source, index + parameter.length);
    }
  }
  return tokens;
}

/** Where the parenthesis that opens here, if one does, is closed. */
export function endOfExpression(source: string, start: number): number {
  let depth = 0;
  for (let index = start; index < source.length; index += 1) {
    if (source[index] === '\\') index += 1;
    else if (source[index] === '(') depth += 1;
    else if (source[index] === ')') depth -= 1;
    if (depth === 0) return index === start ? start : index + 1;
  }
  return source.length;
}
