import type { RouterDescription } from '../../routing/router-description.js';

/**
 * Plain URLs of one shape: each segment is given or may be anything.
 *
 * A plain URL has neither escapes nor empty segments, dots, semicolons or a slash at its end, so that every router reads
 * it alike.
 */
export interface UrlShape {
  /** The text of each segment; `undefined` for any. */
  readonly segments: readonly (string | undefined)[];
  /** Whether one segment or more of any kind follow. */
  readonly open: boolean;
}

/** Longer segments are hardly ever sent, and nobody spells longer paths. */
export const LONGEST_SEGMENT = 100;
const LONGEST_PATH = 1_000;
const PARAMETER_LENGTH = '[^/]+'.length;

/** How a route's path is understood. */
export type PathReading =
  /** Exactly the plain URLs that it serves. */
  | { readonly kind: 'exact'; readonly shape: UrlShape }
  /** It serves no plain URL. */
  | { readonly kind: 'none' }
  /** Whatever it serves begins like this; what else it asks for only the router knows. */
  | { readonly kind: 'within'; readonly segments: UrlShape['segments'] };

const PLAIN_TEXT = /^[A-Za-z0-9_~-]+$/;
/** Without any character that has a meaning in patterns; URLs with it are not plain. */
const OTHER_TEXT = /^[A-Za-z0-9_~.;,=@&-]+$/;
const PARAMETER = /^:[A-Za-z_][A-Za-z0-9_]*$/;
const EXPRESS_WILDCARD = /^\*[A-Za-z_][A-Za-z0-9_]*$/;

/** What a path that is registered with the router means. */
export function readPath(path: string, router: RouterDescription): PathReading {
  if (!path.startsWith('/')) return { kind: 'within', segments: [] };
  if (path === '/') return { kind: 'exact', shape: { segments: [], open: false } };
  const endsWithSlash = path.endsWith('/');
  const parts = (endsWithSlash ? path.slice(0, -1) : path).slice(1).split('/');
  const segments: (string | undefined)[] = [];
  for (const [index, part] of parts.entries()) {
    if (!isSpelled(part, segments)) return { kind: 'within', segments };
    const isLast = index === parts.length - 1;
    const isWildcard = router.type === 'express' ? EXPRESS_WILDCARD.test(part) : part === '*';
    if (isWildcard && isLast && !endsWithSlash) {
      return { kind: 'exact', shape: { segments, open: true } };
    }
    if (PLAIN_TEXT.test(part)) segments.push(fold(part, router));
    else if (PARAMETER.test(part)) segments.push(undefined);
    else return OTHER_TEXT.test(part) ? { kind: 'none' } : { kind: 'within', segments };
  }
  return endsWithSlash && !router.ignoreTrailingSlash
    ? { kind: 'none' }
    : { kind: 'exact', shape: { segments, open: false } };
}

/** Whether a configuration can name one segment more. */
function isSpelled(part: string, before: UrlShape['segments']): boolean {
  const length = before.reduce((sum, text) => sum + (text?.length ?? PARAMETER_LENGTH) + 1, 0);
  return part.length <= LONGEST_SEGMENT && length + part.length <= LONGEST_PATH;
}

/** The plain beginning of what a `paths` entry holds on; it holds whatever the case is. */
export function mountOf(path: string): UrlShape['segments'] {
  const segments: (string | undefined)[] = [];
  for (const part of path.replace(/^\/|\/$/g, '').split('/')) {
    if (!isSpelled(part, segments)) break;
    if (PLAIN_TEXT.test(part)) segments.push(part.toLowerCase());
    else if (PARAMETER.test(part)) segments.push(undefined);
    else break;
  }
  return segments;
}

function fold(text: string, { caseSensitive }: RouterDescription): string {
  return caseSensitive ? text : text.toLowerCase();
}

/** The URLs that have both shapes, which are of one shape again; `undefined` where there are none. */
export function meet(a: UrlShape, b: UrlShape): UrlShape | undefined {
  const [shorter, longer] = a.segments.length <= b.segments.length ? [a, b] : [b, a];
  const isLonger = longer.segments.length > shorter.segments.length;
  if (isLonger ? !shorter.open : shorter.open !== longer.open) return undefined;
  const segments: (string | undefined)[] = [];
  for (const [index, text] of longer.segments.entries()) {
    const other = shorter.segments[index];
    if (text !== undefined && other !== undefined && text !== other) return undefined;
    segments.push(text ?? other);
  }
  return { segments, open: longer.open };
}

/** The more exact of two shapes first: text before anything, and one segment before any number of them. */
export function compareShapes(a: UrlShape, b: UrlShape): number {
  for (let index = 0; ; index += 1) {
    const rank = rankAt(a, index) - rankAt(b, index);
    if (rank !== 0) return rank;
    if (rankAt(a, index) > 1) return 0;
    const [ours = '', theirs = ''] = [a.segments[index], b.segments[index]];
    if (ours !== theirs) return ours < theirs ? -1 : 1;
  }
}

function rankAt({ segments, open }: UrlShape, index: number): number {
  if (index >= segments.length) return open ? 2 : 3;
  return segments[index] === undefined ? 1 : 0;
}

/** Equal for equal shapes. Texts have no star of their own. */
export function keyOf({ segments, open }: UrlShape): string {
  return `/${segments.map((text) => text ?? '*').join('/')}${open ? '/**' : ''}`;
}
