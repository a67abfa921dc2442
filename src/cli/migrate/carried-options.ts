import type ts from 'typescript';
import { CarriedExpressions } from './carried-expression.js';
import type { CorsSetup } from './cors-setups.js';
import { LeftToPerson, type Remark } from './left-to-person.js';
import { appended, standsInLines, without } from './list-edits.js';
import { faultOf, MOVED_OPTIONS, type MovedOption, warningsOf } from './option-check.js';
import { environmentChecks, isLate, methodChecks, missingOptions } from './other-defaults.js';
import type { ConstantDeclaration, ParsedProject } from './parsed-project.js';
import { mayBeUnset, possibleValues } from './possible-values.js';
import { excerpt } from './written-names.js';
import { edited, type TextEdit } from './text-edit.js';
import { indentAt, reindented, type WritingStyle } from './writing-style.js';

/** The options as the module is given them. */
export interface CarriedOptions {
  /** `{ origin: … }`, its later lines indented from the beginning of the line. */
  readonly text: string;
  /** Whether they depend on the environment, so that they are to be made when the application is created. */
  readonly late: boolean;
  readonly expressions: CarriedExpressions;
  readonly checks: readonly Remark[];
}

/** Options of `@fastify/cors` that say nothing about who may call. */
const NOTHING_HERE = new Set([
  'hook',
  'hideOptionsRoute',
  'logLevel',
  'strictPreflight',
  'cacheControl',
]);

interface Field {
  readonly node: ts.ObjectLiteralElementLike;
  readonly value: ts.Expression;
}

/**
 * What `CorsModule.forRoot()` is to be given instead of the options of a setup.
 *
 * @param fewMethods whether `methods` that are left out are GET, HEAD and POST
 * @throws LeftToPerson where they cannot be moved safely
 */
export async function carryOptions(
  project: ParsedProject,
  setup: CorsSetup,
  style: WritingStyle,
  fewMethods: boolean,
): Promise<CarriedOptions> {
  const expressions = new CarriedExpressions(project);
  const found = optionsOf(project, setup);
  const fields =
    found === undefined ? new Map<MovedOption, Field>() : fieldsOf(project, found.literal);
  const given = new Map(
    [...fields].map(([name, { value }]) => [name, valuesOf(project, name, value)]),
  );
  const possible = new Map(given);
  const missing = missingOptions(given, fewMethods, style);
  if (!possible.has('origin')) possible.set('origin', ['*']);
  const at = (name: MovedOption) => fields.get(name)?.node ?? setup.node;
  const fault = await faultOf(possible);
  if (fault !== undefined)
    throw new LeftToPerson(at(fault.option), `${fault.option}: ${fault.says}`);
  const late = [...given.values()].some((values) => values.some(isLate));
  const checks = [
    ...missing.map(({ says }) => ({ node: setup.node, says })),
    ...environmentChecks(given, at),
    ...methodChecks(given, at),
    ...(await warningsOf(possible)).map(({ option, says }) => ({
      node: at(option),
      says: `${option}: ${says}`,
    })),
  ];
  const added = missing.map(({ text }) => text);
  if (found === undefined) return { text: `{ ${added.join(', ')} }`, late, expressions, checks };
  if (found.imported !== undefined) {
    const { imported } = found;
    const origin = fields.get('origin')?.value;
    if (origin && mayBeUnset(project, origin)) {
      return project.leave(
        imported,
        `The origin of ${imported.text} may be undefined, which stops the start. Write ?? false behind it, and run migrate again.`,
      );
    }
    const name = expressions.text(imported);
    const text = added.length === 0 ? name : `{ ...${name}, ${added.join(', ')} }`;
    return { text, late: false, expressions, checks };
  }
  const origin = fields.get('origin')?.value;
  if (origin !== undefined) expressions.allowUnsetOrigin(origin);
  if (found.constant !== undefined) expressions.constants.add(found.constant);
  return {
    text: literalText(project, found.literal, expressions, added, style),
    late,
    expressions,
    checks,
  };
}

interface FoundOptions {
  readonly literal: ts.ObjectLiteralExpression;
  /** The constant of this file that holds them. */
  readonly constant?: ConstantDeclaration;
  /** The name under which they are imported. */
  readonly imported?: ts.Identifier;
}

/** The object that holds the options; `undefined` where there are none. */
function optionsOf(project: ParsedProject, { options }: CorsSetup): FoundOptions | undefined {
  const { ts } = project;
  if (options === undefined) return undefined;
  const bare = project.bare(options);
  if (ts.isObjectLiteralExpression(bare)) return { literal: bare };
  if (ts.isFunctionLike(bare)) {
    return project.leave(
      bare,
      'A function decides for each request. Use @Cors() on the routes that differ.',
    );
  }
  if (!ts.isIdentifier(bare)) {
    return project.leave(bare, `The value of ${excerpt(bare)} is not known without running it.`);
  }
  if (bare.text === 'undefined') return undefined;
  const constant = project.constant(bare);
  const literal = constant && project.bare(constant.initializer);
  if (constant === undefined || literal === undefined || !ts.isObjectLiteralExpression(literal)) {
    return project.leave(
      bare,
      `What ${bare.text} holds is not known here. Write its options in CorsModule.forRoot(), or as an object in the call, and run migrate again.`,
    );
  }
  const changed = project
    .uses(constant)
    .find(({ parent }) => ts.isPropertyAccessExpression(parent));
  if (changed !== undefined)
    return project.leave(changed, `${bare.text} is used here, too, and may be changed.`);
  if (project.importOf(bare) === undefined) return { literal, constant };
  if (constant.type !== undefined) {
    return project.leave(
      bare,
      `${bare.text} is declared as ${excerpt(constant.type)}. Declare it as CorsModuleOptions of nestjs-cors and give it to CorsModule.forRoot(), or remove the type, and run migrate again.`,
    );
  }
  return { literal, imported: bare };
}

function fieldsOf(
  project: ParsedProject,
  literal: ts.ObjectLiteralExpression,
): ReadonlyMap<MovedOption, Field> {
  const { ts } = project;
  const fields = new Map<MovedOption, Field>();
  for (const node of literal.properties) {
    const name = nameOf(ts, node);
    if (name === undefined) {
      return project.leave(node, `What ${excerpt(node)} adds is not known here. Write it out.`);
    }
    if (NOTHING_HERE.has(name)) continue;
    const option = MOVED_OPTIONS.find((each) => each === name);
    if (option === undefined) {
      return project.leave(
        node,
        `CorsModule.forRoot() has no option ${JSON.stringify(name)}. Remove it, or see what stands for it in the documentation.`,
      );
    }
    if (fields.has(option)) return project.leave(node, `${option} is there twice.`);
    if (ts.isPropertyAssignment(node)) fields.set(option, { node, value: node.initializer });
    else if (ts.isShorthandPropertyAssignment(node)) fields.set(option, { node, value: node.name });
    else leaveFunction(project, node, option);
  }
  return fields;
}

function nameOf(ts: ParsedProject['ts'], node: ts.ObjectLiteralElementLike): string | undefined {
  const { name } = node;
  return name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : undefined;
}

function leaveFunction(project: ParsedProject, node: ts.Node, option: MovedOption): never {
  return project.leave(
    node,
    option === 'origin'
      ? 'The origin function passes its answer to a callback. Here it has to return it: origin: (origin) => boolean, or a Promise of it; where it looks into a list, write the list: origin: allowedOrigins.'
      : `${option} is a function, and functions are not supported here.`,
  );
}

function valuesOf(
  project: ParsedProject,
  option: MovedOption,
  value: ts.Expression,
): readonly unknown[] {
  const { ts } = project;
  const bare = project.bare(value);
  const named = ts.isIdentifier(bare) ? project.constant(bare) : undefined;
  const meant = named ? project.bare(named.initializer) : bare;
  const declared = ts.isIdentifier(bare) ? project.declaration(bare) : undefined;
  if (ts.isFunctionLike(meant) || (declared && ts.isFunctionLike(declared)))
    return leaveFunction(project, value, option);
  const values = possibleValues(project, value);
  // A variable that is not set says nothing, there as here.
  return option === 'origin' ? values : values.filter((each) => each !== undefined);
}

function literalText(
  project: ParsedProject,
  literal: ts.ObjectLiteralExpression,
  expressions: CarriedExpressions,
  added: readonly string[],
  style: WritingStyle,
): string {
  const { ts } = project;
  const file = literal.getSourceFile();
  const start = literal.getStart(file);
  const dropped = literal.properties.filter((node) => NOTHING_HERE.has(nameOf(ts, node) ?? ''));
  const kept = literal.properties.filter((node) => !dropped.includes(node));
  if (kept.length === 0) return `{ ${added.join(', ')} }`;
  const inLines = standsInLines(file, literal.properties);
  const edits: TextEdit[] = dropped.map((node) => without(ts, file, literal.properties, node));
  const gone = (position: number) =>
    edits.some((edit) => position >= edit.start && position < edit.end);
  edits.push(...expressions.edits(literal).filter((edit) => !gone(edit.start)));
  if (added.length > 0) {
    const indent = indentAt(file.text, kept[0]?.getStart(file) ?? start);
    const text = added.join(inLines ? `,\n${indent}` : ', ');
    const last = kept.at(-1);
    if (last !== undefined && last !== literal.properties.at(-1)) {
      const before = inLines ? `,${style.newline}${indent}` : ', ';
      edits.push({ start: last.end, end: last.end, text: before + text });
    } else edits.push(...appended(ts, file, literal.properties, text, style));
  }
  const own = edited(
    file.text.slice(start, literal.end),
    edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
  );
  return reindented(own, indentAt(file.text, start), '');
}
