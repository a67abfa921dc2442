import { parse, type Token } from 'path-to-regexp';

/** A place in the tree that the segments read so far lead to. */
interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** Where any segment leads that is not empty. */
  parameter?: Node<T>;
  /** The entries whose patterns end here. */
  readonly ends: T[];
  /** The entries whose patterns may go on in any way from here. */
  readonly open: T[];
}

/**
 * Narrows many path-to-regexp patterns down to the few that may match a path, at a cost that depends on the path and
 * not on how many patterns there are. It never leaves out a pattern that matches; whether one does is not its
 * business.
 *
 * It is a tree with one level for each segment. A pattern is followed up to its first optional group or wildcard.
 */
export class PathIndex<T extends { readonly order: number }> {
  readonly #root = createNode<T>();
  readonly #caseSensitive: boolean;

  constructor(options: { caseSensitive: boolean }) {
    this.#caseSensitive = options.caseSensitive;
  }

  add(pattern: string, entry: T): void {
    const { tokens } = parse(pattern);
    let node = this.#root;
    let segment = '';
    let hasParameter = false;
    const endSegment = (): void => {
      node = hasParameter ? (node.parameter ??= createNode()) : this.#literal(node, segment);
      hasParameter = false;
    };

    for (const [index, token] of tokens.entries()) {
      if (token.type === 'text') {
        const [first = '', ...rest] = token.value.split('/');
        segment += first;
        for (const next of rest) {
          endSegment();
          segment = next;
        }
      } else if (token.type === 'param') {
        hasParameter = true;
      } else {
        if (atSegmentEnd(tokens, index)) endSegment();
        node.open.push(entry);
        return;
      }
    }
    endSegment();
    node.ends.push(entry);
  }

  /** The entries whose patterns may match, in order. */
  candidates(path: string): readonly T[] {
    const found: T[] = [];
    collect(this.#root, this.#fold(path), 0, found);
    return found.length > 1 ? found.sort((a, b) => a.order - b.order) : found;
  }

  #literal(node: Node<T>, segment: string): Node<T> {
    const key = this.#fold(segment);
    let child = node.literals.get(key);
    if (child === undefined) node.literals.set(key, (child = createNode()));
    return child;
  }

  /** Upper case, for that is what expressions with the flag `i` compare. */
  #fold(text: string): string {
    return this.#caseSensitive ? text : text.toUpperCase();
  }
}

function createNode<T>(): Node<T> {
  return { literals: new Map(), ends: [], open: [] };
}

/** Whether a segment ends where this token begins, with or without the groups that follow. */
function atSegmentEnd(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token === undefined) return true;
  if (token.type === 'text') return token.value.startsWith('/');
  return token.type === 'group' && atSegmentEnd(token.tokens, 0) && atSegmentEnd(tokens, index + 1);
}

function collect<T>(node: Node<T>, path: string, start: number, found: T[]): void {
  found.push(...node.open);
  // A slash at the end is for the router's settings to accept or not.
  if (start >= path.length) found.push(...node.ends);
  if (start > path.length) return;

  const slash = path.indexOf('/', start);
  const end = slash === -1 ? path.length : slash;
  const literal = node.literals.get(path.slice(start, end));
  if (literal !== undefined) collect(literal, path, end + 1, found);
  if (node.parameter !== undefined && end > start) collect(node.parameter, path, end + 1, found);
}
