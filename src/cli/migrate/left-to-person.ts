import type ts from 'typescript';

/** Something in a file that a person has to look at. */
export interface Remark {
  readonly node: ts.Node;
  /** What is the matter, and what to write instead. */
  readonly says: string;
}

/** Thrown where something cannot be moved safely: nothing is changed, and a person is told why. */
export class LeftToPerson extends Error implements Remark {
  constructor(
    readonly node: ts.Node,
    readonly says: string,
  ) {
    super(says);
  }
}

/** `src/main.ts:12`, and the words. */
export function remarkLine({ node, says }: Remark, shown: (path: string) => string): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${shown(file.fileName)}:${line + 1}  ${says}`;
}
