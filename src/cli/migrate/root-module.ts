import type ts from 'typescript';
import type { Creation } from './cors-setups.js';
import { appended, standsInLines } from './list-edits.js';
import type { ParsedProject } from './parsed-project.js';
import { excerpt } from './written-names.js';
import type { TextEdit } from './text-edit.js';
import { indentAt, reindented, type WritingStyle } from './writing-style.js';

/** The decorator of the module that the application is created of. */
export interface RootModule {
  readonly file: ts.SourceFile;
  readonly metadata: ts.ObjectLiteralExpression;
}

/** The package whose module is imported. */
export const PACKAGE = 'nestjs-cors';

/** What it is called. */
export const MODULE = 'CorsModule';

/** What is longer stands in a line of its own. */
const LONGEST = 60;

/** @throws LeftToPerson where the root module is not to be found, or `CorsModule` cannot be added to its imports */
export function rootModuleOf(project: ParsedProject, { call }: Creation): RootModule {
  const { ts } = project;
  const [given] = call.arguments;
  const bare = given && project.bare(given);
  if (bare === undefined || !ts.isIdentifier(bare)) {
    return project.leave(
      given ?? call,
      `The root module is ${given ? excerpt(given) : 'not named'}. Add CorsModule.forRoot() to its imports.`,
    );
  }
  const declaration = project.class(bare);
  if (declaration === undefined) {
    return project.leave(
      bare,
      `The class ${bare.text} is not in the file that it is imported from here. Import it from its own file, and run migrate again.`,
    );
  }
  const file = declaration.getSourceFile();
  project.requireSyntax(file);
  const decorator = (ts.getDecorators(declaration) ?? []).find(({ expression }) => {
    const from = ts.isCallExpression(expression) && project.importOf(expression.expression);
    return (
      from !== undefined &&
      from !== false &&
      from.module === '@nestjs/common' &&
      from.name === 'Module'
    );
  });
  const metadata =
    decorator && ts.isCallExpression(decorator.expression)
      ? decorator.expression.arguments[0]
      : undefined;
  if (metadata === undefined || !ts.isObjectLiteralExpression(metadata)) {
    return project.leave(
      declaration.name ?? declaration,
      `${bare.text} has no @Module({ … }) that could be added to. Add CorsModule.forRoot() to its imports.`,
    );
  }
  requireNoModule(project, file);
  return { file, metadata };
}

/** @throws LeftToPerson where the file has a `CorsModule` already */
function requireNoModule(project: ParsedProject, file: ts.SourceFile): void {
  const { ts } = project;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === MODULE) {
      const own = project.importOf(node)?.module === PACKAGE;
      project.leave(
        node,
        own
          ? 'CorsModule is imported already. Compare its options with those of the entry file, and remove the latter.'
          : 'Something else is called CorsModule here. Give it another name, and run migrate again.',
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/**
 * Adds to the imports of a module.
 *
 * @param text with its later lines indented from the beginning of the line
 * @throws LeftToPerson where the imports are no list that could be added to
 */
export function importsEdits(
  project: ParsedProject,
  { file, metadata }: RootModule,
  text: string,
  comments: readonly string[],
  style: WritingStyle,
): readonly TextEdit[] {
  const { ts } = project;
  const { newline } = style;
  const at = (indent: string) =>
    [...comments, reindented(text, '', indent)].join(`\n${indent}`).replaceAll('\n', newline);
  const property = metadata.properties.find((each) => each.name?.getText(file) === 'imports');
  const inLines = text.includes('\n') || comments.length > 0 || text.length > LONGEST;
  const listed = (indent: string, before: readonly string[] = []) => {
    const inner = indent + style.indent;
    if (!inLines) return `[${[...before, at(indent)].join(', ')}]`;
    const lines = [...before, at(inner)].map((line) => `${newline}${inner}${line},`);
    return `[${lines.join('')}${newline}${indent}]`;
  };
  if (property === undefined) {
    const { properties } = metadata;
    const [first] = properties;
    if (first !== undefined && standsInLines(file, properties)) {
      const start = first.getStart(file);
      const indent = indentAt(file.text, start);
      return [{ start, end: start, text: `imports: ${listed(indent)},${newline}${indent}` }];
    }
    const indent = indentAt(file.text, metadata.getStart(file));
    const start = first?.getStart(file) ?? properties.pos;
    const list = `imports: ${listed(indent)}`;
    return [{ start, end: start, text: first === undefined ? ` ${list} ` : `${list}, ` }];
  }
  const indent = indentAt(file.text, property.getStart(file));
  if (ts.isShorthandPropertyAssignment(property))
    return [
      { start: property.end, end: property.end, text: `: ${listed(indent, ['...imports'])}` },
    ];
  if (!ts.isPropertyAssignment(property))
    return project.leave(
      property,
      'These imports are not a list. Add CorsModule.forRoot() to them.',
    );
  const value = project.bare(property.initializer);
  if (ts.isIdentifier(value)) {
    const { initializer } = property;
    const spread = listed(indent, [`...${value.text}`]);
    return [{ start: initializer.getStart(file), end: initializer.end, text: spread }];
  }
  if (!ts.isArrayLiteralExpression(value))
    return project.leave(value, 'These imports are not a list. Add CorsModule.forRoot() to them.');
  const { elements } = value;
  const [first] = elements;
  if (first !== undefined && standsInLines(file, elements))
    return appended(ts, file, elements, at(indentAt(file.text, first.getStart(file))), style);
  if (!inLines || /[\n/]/.test(value.getText(file)))
    return appended(ts, file, elements, at(indent), style);
  const kept = elements.map((element) => element.getText(file));
  return [{ start: value.getStart(file), end: value.end, text: listed(indent, kept) }];
}
