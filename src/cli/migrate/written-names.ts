import type ts from 'typescript';
import type { ParsedProject } from './parsed-project.js';

/** `b` of `a.b` and of `{ b: 1 }`: no name that stands for anything. */
export function isNameOfProperty(ts: ParsedProject['ts'], node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) &&
    parent.name === node
  );
}

/** The beginning of what is written, in one line. */
export function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
