import type ts from 'typescript';
import type { ConstantDeclaration, ImportedName, ParsedProject } from './parsed-project.js';
import { mayBeUnset, possibleValues } from './possible-values.js';
import { isNameOfProperty } from './written-names.js';
import { edited, type TextEdit } from './text-edit.js';
import { indentAt, reindented } from './writing-style.js';

/**
 * Expressions of the entry file as they are written in another one: constants that they use are written out, and what
 * they import is to be imported there.
 */
export class CarriedExpressions {
  /** What the other file has to import, by the name that it has in both. */
  readonly imports = new Map<string, ImportedName>();
  /** Constants that are written out. */
  readonly constants = new Set<ConstantDeclaration>();
  /** Names in what is carried. */
  readonly #carried = new Set<ts.Identifier>();
  /** Values of the environment that may be missing, where that would mean nobody. */
  readonly #optional = new Set<ts.Expression>();

  constructor(private readonly project: ParsedProject) {}

  /** Lets an origin that is not set mean what it meant: nobody. */
  allowUnsetOrigin(expression: ts.Expression): void {
    const { project } = this;
    const { ts } = project;
    const bare = project.bare(expression);
    if (ts.isArrayLiteralExpression(bare)) {
      for (const each of bare.elements) if (!ts.isSpreadElement(each)) this.allowUnsetOrigin(each);
    } else if (ts.isConditionalExpression(bare)) {
      this.allowUnsetOrigin(bare.whenTrue);
      this.allowUnsetOrigin(bare.whenFalse);
    } else if (ts.isIdentifier(bare)) {
      const constant = project.constant(bare);
      if (constant !== undefined && project.importOf(bare) === undefined)
        this.allowUnsetOrigin(constant.initializer);
    } else if (mayBeUnset(project, bare)) this.#optional.add(expression);
  }

  /** The text of an expression, its later lines as they are indented there. */
  text(expression: ts.Expression): string {
    const { file, edits } = this.#edits(expression);
    const start = expression.getStart(file);
    const own = file.text.slice(start, expression.end);
    return edited(
      own,
      edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
    );
  }

  /** The same as edits of its file, so that what is around it may be changed, too. */
  edits(expression: ts.Expression): readonly TextEdit[] {
    return this.#edits(expression).edits;
  }

  #edits(expression: ts.Expression): { file: ts.SourceFile; edits: readonly TextEdit[] } {
    const { project } = this;
    const { ts } = project;
    const file = expression.getSourceFile();
    const edits: TextEdit[] = [];
    const visit = (node: ts.Node): void => {
      if (this.#optional.has(node as ts.Expression)) {
        const bare = project.bare(node as ts.Expression);
        edits.push(
          { start: node.getStart(file), end: bare.getStart(file), text: '' },
          { start: bare.end, end: node.end, text: ' ?? false' },
        );
        return;
      }
      if (ts.isIdentifier(node) && !isNameOfProperty(ts, node)) {
        const edit = this.#named(node, expression);
        if (edit !== undefined) edits.push(edit);
      }
      ts.forEachChild(node, visit);
    };
    visit(expression);
    return { file, edits };
  }

  #named(name: ts.Identifier, within: ts.Expression): TextEdit | undefined {
    const { project } = this;
    const { ts } = project;
    const declaration = project.declaration(name);
    if (declaration === undefined) return undefined;
    if (declaration.pos >= within.pos && declaration.end <= within.end) return undefined;
    const imported = project.importOf(name);
    if (imported !== undefined) {
      const statement = ts.findAncestor(declaration, ts.isImportDeclaration);
      if (statement === undefined || /^import\s+type\b/.test(statement.getText()))
        return project.leave(
          name,
          `${name.text} cannot be imported in another file as it is here.`,
        );
      this.imports.set(name.text, imported);
      this.#carried.add(name);
      return undefined;
    }
    const constant = project.constant(name);
    if (constant === undefined)
      return project.leave(name, `${name.text} is known in this file alone.`);
    this.constants.add(constant);
    this.#carried.add(name);
    const { initializer } = constant;
    const text = reindented(
      this.text(initializer),
      indentAt(initializer.getSourceFile().text, initializer.getStart()),
      indentAt(name.getSourceFile().text, name.getStart()),
    );
    const whole = this.#standsAlone(initializer) || !this.#isOperand(name);
    const value = whole ? text : `(${text})`;
    return ts.isShorthandPropertyAssignment(name.parent)
      ? { start: name.end, end: name.end, text: `: ${text}` }
      : { start: name.getStart(), end: name.end, text: value };
  }

  #isOperand({ parent }: ts.Identifier): boolean {
    const { ts } = this.project;
    return !(
      ts.isPropertyAssignment(parent) ||
      ts.isArrayLiteralExpression(parent) ||
      ts.isVariableDeclaration(parent)
    );
  }

  #standsAlone(initializer: ts.Expression): boolean {
    const { ts } = this.project;
    return (
      ts.isLiteralExpression(initializer) ||
      ts.isArrayLiteralExpression(initializer) ||
      ts.isIdentifier(initializer) ||
      ts.isPropertyAccessExpression(initializer) ||
      ts.isElementAccessExpression(initializer) ||
      ts.isCallExpression(initializer)
    );
  }

  /**
   * The statements of constants that are of no use any more, once `gone` is taken out.
   *
   * @throws LeftToPerson where one is used elsewhere, too, and it is not the same to have it twice
   */
  obsolete(gone: readonly ts.Node[]): readonly ts.Statement[] {
    const { project } = this;
    const { ts } = project;
    const inGone = (node: ts.Node) =>
      gone.some((each) => node.pos >= each.pos && node.end <= each.end);
    return [...this.constants].flatMap((constant) => {
      const name = constant.name.text;
      const other = project.uses(constant).find((use) => !this.#carried.has(use) && !inGone(use));
      const statement = ts.findAncestor(constant, ts.isVariableStatement);
      const exported =
        statement?.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
      if (other === undefined && !exported && statement?.declarationList.declarations.length === 1)
        return [statement];
      if (this.#isCopied(constant)) return [];
      return project.leave(
        other ?? constant,
        `${name} is used here, too. Export it from a file of its own, and run migrate again.`,
      );
    });
  }

  /** Whether a value is the same wherever it is written. */
  #isCopied({ initializer }: ConstantDeclaration): boolean {
    const { ts } = this.project;
    const bare = this.project.bare(initializer);
    if (ts.isObjectLiteralExpression(bare)) return false;
    const values = possibleValues(this.project, initializer);
    return values.every(
      (value) =>
        (typeof value !== 'object' && typeof value !== 'symbol') ||
        (typeof value === 'symbol' && ts.isPropertyAccessExpression(bare)),
    );
  }
}
