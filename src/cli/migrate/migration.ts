import { createRequire } from 'node:module';
import type ts from 'typescript';
import { carryOptions, type CarriedOptions } from './carried-options.js';
import { type Creation, type CorsSetup, findSetups } from './cors-setups.js';
import { importsAdded, importsRemoved } from './import-edits.js';
import { LeftToPerson, type Remark } from './left-to-person.js';
import { without } from './list-edits.js';
import type { ImportedName, ParsedProject } from './parsed-project.js';
import { excerpt } from './written-names.js';
import { importsEdits, MODULE, PACKAGE, rootModuleOf } from './root-module.js';
import type { SourceText } from './source-text.js';
import { joined, statementRemoval } from './statement-removal.js';
import type { TextEdit } from './text-edit.js';
import { styleOf, type WritingStyle } from './writing-style.js';

/** A file, and what is changed in it. */
export interface ChangedFile {
  readonly source: SourceText;
  readonly edits: readonly TextEdit[];
}

/** What `migrate` would do. */
export interface Migration {
  readonly changes: readonly ChangedFile[];
  /** What is not moved, and why. */
  readonly left: readonly Remark[];
  /** What is moved, and yet worth a look. */
  readonly checks: readonly Remark[];
}

const NOTHING: Migration = { changes: [], left: [], checks: [] };

/** Plans how the entry file's CORS becomes that of `CorsModule`: all of it, or none. */
export async function planMigration(project: ParsedProject): Promise<Migration> {
  const { creations, setups } = findSetups(project);
  const [setup] = setups;
  if (setup === undefined) return NOTHING;
  const blocked = setups.flatMap(({ node, obstacle }) =>
    obstacle === undefined ? [] : [{ node, says: `${excerpt(node)}: ${obstacle}` }],
  );
  if (blocked.length > 0) return { ...NOTHING, left: blocked };
  if (setups.length > 1) {
    const says = 'CORS is turned on more than once. Leave one, and run migrate again.';
    return {
      ...NOTHING,
      left: setups.map(({ node }) => ({ node, says: `${excerpt(node)}: ${says}` })),
    };
  }
  const [creation, another] = creations;
  if (creation === undefined || another !== undefined) {
    const says = `Which application this is for is not clear: NestFactory.create() stands ${creations.length} times in this file.`;
    return { ...NOTHING, left: [{ node: setup.node, says }] };
  }
  try {
    return await moved(project, creation, setup);
  } catch (error) {
    if (error instanceof LeftToPerson) return { ...NOTHING, left: [error] };
    throw error;
  }
}

async function moved(
  project: ParsedProject,
  creation: Creation,
  setup: CorsSetup,
): Promise<Migration> {
  const { ts, entryFile } = project;
  const module = rootModuleOf(project, creation);
  const style = styleOf(ts, module.file, project.source(module.file));
  const options = await carryOptions(project, setup, style, hasFewMethods(project, setup));
  const { expressions, checks } = options;

  const gone = setup.removed ?? setup.node;
  const obsolete = expressions.obsolete([gone]);
  const removals = [
    ...obsolete.map((statement) => statementRemoval(ts, entryFile, statement)),
    removalOf(project, creation, setup),
  ];
  const removed = removals.map(({ edit }) => edit);
  const comments = removals.flatMap((each) => each.comments);
  const imports = new Map<string, ImportedName>([[MODULE, { module: PACKAGE, name: MODULE }]]);
  for (const [local, { module: from, name }] of expressions.imports)
    imports.set(local, { module: project.moduleFor(module.file, from), name });
  const added = [
    ...importsAdded(project, module.file, imports, style),
    ...importsEdits(project, module, moduleText(options, style), comments, style),
  ];
  const unused = importsRemoved(project, removed, module.file === entryFile ? imports : new Map());
  const taken = joined(entryFile.text, [...removed, ...unused]);
  if (module.file === entryFile) {
    return {
      ...NOTHING,
      changes: [{ source: project.entry, edits: [...taken, ...added] }],
      checks,
    };
  }
  return {
    ...NOTHING,
    changes: [
      { source: project.entry, edits: taken },
      { source: project.source(module.file), edits: added },
    ],
    checks,
  };
}

/** What is made of the environment is made when the application is created, as it was. */
function moduleText({ text, late }: CarriedOptions, { indent }: WritingStyle): string {
  if (!late) return `${MODULE}.forRoot(${text})`;
  if (!text.includes('\n') && text.length < 50)
    return `${MODULE}.forRootAsync({ useFactory: () => (${text}) })`;
  const inner = text.replaceAll('\n', `\n${indent}`);
  return `${MODULE}.forRootAsync({\n${indent}useFactory: () => (${inner}),\n})`;
}

interface Removal {
  readonly edit: TextEdit;
  readonly comments: readonly string[];
}

function removalOf(project: ParsedProject, { call }: Creation, { removed }: CorsSetup): Removal {
  const { ts, entryFile } = project;
  if (removed === undefined) throw new Error('What cannot be taken out has an obstacle.');
  if (!ts.isObjectLiteralElementLike(removed)) return statementRemoval(ts, entryFile, removed);
  const literal = removed.parent as ts.ObjectLiteralExpression;
  const index = call.arguments.findIndex((argument) => project.bare(argument) === literal);
  const [argument, before] = [call.arguments[index], call.arguments[index - 1]];
  if (literal.properties.length === 1 && argument !== undefined && before !== undefined)
    return { edit: { start: before.end, end: argument.end, text: '' }, comments: [] };
  return { edit: without(ts, entryFile, literal.properties, removed), comments: [] };
}

/** Whether what @fastify/cors allows, where nobody names methods, is GET, HEAD and POST: since its version 11. */
function hasFewMethods({ entry }: ParsedProject, { defaultsOf }: CorsSetup): boolean {
  if (defaultsOf === 'cors') return false;
  const version = versionOf(entry.path, '@nestjs/platform-fastify', '@fastify/cors');
  return version === undefined || Number(version.split('.')[0]) >= 11;
}

/** The version of a package that a file of the project, or a package that it uses, would get. */
function versionOf(from: string, ...names: readonly string[]): string | undefined {
  for (const path of [[names.at(-1) ?? ''], names]) {
    try {
      let require = createRequire(from);
      for (const name of path.slice(0, -1)) require = createRequire(require.resolve(name));
      const { version } = require(`${path.at(-1) ?? ''}/package.json`) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // It is not installed there.
    }
  }
  return undefined;
}
