import { compareShapes, keyOf, meet, type UrlShape } from './url-shape.js';

interface Node {
  readonly texts: Map<string, Node>;
  any?: Node;
  /** The shape that ends here, and the one that goes on in any way. */
  ends?: UrlShape;
  open?: UrlShape;
}

/** More than any sensible application has; beyond it, nobody would read the configuration either. */
const MOST_SHAPES = 20_000;

/** URL shapes, and which of them meet. The cost of a look-up does not grow with how many there are. */
export class ShapeTree {
  readonly #root: Node = { texts: new Map() };
  readonly #keys = new Set<string>();

  /** @returns whether it is new */
  add(shape: UrlShape): boolean {
    const key = keyOf(shape);
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    let node = this.#root;
    for (const text of shape.segments) node = child(node, text);
    if (shape.open) node.open = shape;
    else node.ends = shape;
    return true;
  }

  /** The shapes that every URL of this one has, too: itself among them, the most exact first. */
  around(shape: UrlShape): readonly UrlShape[] {
    return this.#walk(shape, false).sort(compareShapes);
  }

  /** The shapes that some URL of this one has, too. */
  meeting(shape: UrlShape): readonly UrlShape[] {
    return this.#walk(shape, true);
  }

  #walk(shape: UrlShape, isMeeting: boolean): UrlShape[] {
    const { segments, open } = shape;
    const found: UrlShape[] = [];
    const visit = (node: Node, depth: number): void => {
      const isOver = depth >= segments.length;
      if (node.open && (open || !isOver)) found.push(node.open);
      if (node.ends && (open ? isMeeting && depth > segments.length : isOver)) {
        found.push(node.ends);
      }
      if (isOver && !(isMeeting && open)) return;
      if (node.any) visit(node.any, depth + 1);
      const text = segments[depth];
      if (text !== undefined) {
        const next = node.texts.get(text);
        if (next) visit(next, depth + 1);
      } else if (isMeeting) {
        for (const next of node.texts.values()) visit(next, depth + 1);
      }
    };
    visit(this.#root, 0);
    return found;
  }
}

function child(node: Node, text: string | undefined): Node {
  if (text === undefined) return (node.any ??= { texts: new Map() });
  let next = node.texts.get(text);
  if (next === undefined) node.texts.set(text, (next = { texts: new Map() }));
  return next;
}

/**
 * A tree with the shapes, and with whatever two of them have in common: a URL then has all the shapes that the first one
 * it has lies in, and no other.
 *
 * @returns the shapes in the order in which a URL is to be compared with them; `undefined` where they overlap in too many
 *   ways
 */
export function closeUnderMeets(
  shapes: Iterable<UrlShape>,
): { readonly tree: ShapeTree; readonly inOrder: readonly UrlShape[] } | undefined {
  const tree = new ShapeTree();
  const all: UrlShape[] = [];
  const add = (shape: UrlShape): void => {
    if (tree.add(shape)) all.push(shape);
  };
  for (const shape of shapes) add(shape);
  // The list grows while it is walked.
  for (const shape of all) {
    for (const other of tree.meeting(shape)) {
      const common = meet(shape, other);
      if (common !== undefined) add(common);
    }
    if (all.length > MOST_SHAPES) return undefined;
  }
  return { tree, inOrder: all.sort(compareShapes) };
}
