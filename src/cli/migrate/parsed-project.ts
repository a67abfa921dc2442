import { dirname, join, relative, sep } from 'node:path';
import type ts from 'typescript';
import { CommandError } from '../command.js';
import { LeftToPerson } from './left-to-person.js';
import type { TypeScript } from './project-typescript.js';
import { readSource, type SourceText } from './source-text.js';

/** What an imported name stands for. */
export interface ImportedName {
  /** As it is written. */
  readonly module: string;
  /** Its name there; `default`, or `*` for all of it. */
  readonly name: string;
}

/** The entry file and the files of the project that it imports, parsed, with their names bound. */
export class ParsedProject {
  readonly #checker: ts.TypeChecker;
  readonly #program: ts.Program;

  private constructor(
    readonly ts: TypeScript,
    readonly entry: SourceText,
    private readonly sources: ReadonlyMap<string, SourceText>,
    /** The file of a module that the entry imports. */
    private readonly modules: ReadonlyMap<string, string>,
  ) {
    this.#program = programOf(ts, [...sources.values()]);
    // Names are asked for, and no types.
    this.#checker = this.#program.getTypeChecker();
  }

  /** @throws CommandError where the entry cannot be parsed */
  static async read(ts: TypeScript, folder: string, entry: SourceText): Promise<ParsedProject> {
    const sources = new Map([[entry.path, entry]]);
    const modules = new Map<string, string>();
    const options = compilerOptions(ts, dirname(entry.path));
    for (const { fileName } of ts.preProcessFile(entry.text).importedFiles) {
      const { resolvedModule } = ts.resolveModuleName(fileName, entry.path, options, ts.sys);
      if (resolvedModule === undefined || /\.d\.[cm]?ts$/.test(resolvedModule.resolvedFileName))
        continue;
      // What cannot be read is as good as unknown. Whoever needs it says so.
      const source = await readSource(folder, resolvedModule.resolvedFileName).catch(
        (error: unknown) => {
          if (error instanceof CommandError) return undefined;
          throw error;
        },
      );
      if (source === undefined) continue;
      sources.set(source.path, source);
      modules.set(fileName, source.path);
    }
    const project = new ParsedProject(ts, entry, sources, modules);
    project.requireSyntax(project.entryFile);
    return project;
  }

  get entryFile(): ts.SourceFile {
    return this.file(this.entry.path);
  }

  file(path: string): ts.SourceFile {
    const file = this.#program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path} is not parsed.`);
    return file;
  }

  source(file: ts.SourceFile): SourceText {
    const source = this.sources.get(file.fileName);
    if (source === undefined) throw new Error(`${file.fileName} was not read.`);
    return source;
  }

  /** The file that the entry imports under a name; `undefined` where it is none of the project's. */
  imported(module: string): ts.SourceFile | undefined {
    const path = this.modules.get(module);
    return path === undefined ? undefined : this.file(path);
  }

  /** @throws CommandError */
  requireSyntax(file: ts.SourceFile): void {
    const [fault] = this.#program.getSyntacticDiagnostics(file);
    if (fault === undefined) return;
    const { line } = file.getLineAndCharacterOfPosition(fault.start);
    const message = this.ts.flattenDiagnosticMessageText(fault.messageText, ' ');
    throw new CommandError(
      `${this.source(file).shown}:${line + 1} is not understood: ${message} Correct it, and run migrate again.`,
    );
  }

  /** What a name means where it stands; `undefined` where it is a global one. */
  symbol(identifier: ts.Node): ts.Symbol | undefined {
    const { parent } = identifier;
    return this.ts.isShorthandPropertyAssignment(parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(parent)
      : this.#checker.getSymbolAtLocation(identifier);
  }

  /** Where the file of a name says what it is; `undefined` where it is a global one. */
  declaration(identifier: ts.Node): ts.Declaration | undefined {
    return this.symbol(identifier)?.declarations?.[0];
  }

  /** Where an imported name comes from; `undefined` for every other one. */
  importOf(identifier: ts.Node): ImportedName | undefined {
    const { ts } = this;
    const declaration = this.declaration(identifier);
    if (declaration === undefined) return undefined;
    if (ts.isVariableDeclaration(declaration)) {
      const module = requiredModule(ts, declaration.initializer);
      return module === undefined ? undefined : { module, name: '*' };
    }
    if (ts.isImportEqualsDeclaration(declaration)) {
      const { moduleReference: reference } = declaration;
      return ts.isExternalModuleReference(reference) && ts.isStringLiteral(reference.expression)
        ? { module: reference.expression.text, name: '*' }
        : undefined;
    }
    const clause = ts.findAncestor(declaration, ts.isImportDeclaration);
    if (clause === undefined || !ts.isStringLiteral(clause.moduleSpecifier)) return undefined;
    const { text: module } = clause.moduleSpecifier;
    if (ts.isImportSpecifier(declaration))
      return { module, name: (declaration.propertyName ?? declaration.name).text };
    return { module, name: ts.isImportClause(declaration) ? 'default' : '*' };
  }

  /** Every place in its file where a name stands for the same, besides its declaration. */
  uses(declaration: ts.NamedDeclaration): readonly ts.Identifier[] {
    const { ts } = this;
    const { name } = declaration;
    if (name === undefined || !ts.isIdentifier(name)) return [];
    const meant = this.#checker.getSymbolAtLocation(name);
    const found: ts.Identifier[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node !== name && node.text === name.text) {
        if (this.symbol(node) === meant) found.push(node);
      }
      ts.forEachChild(node, visit);
    };
    visit(declaration.getSourceFile());
    return found;
  }

  /** Whether a name is free in the whole of a file. */
  isFree(name: string, file: ts.SourceFile): boolean {
    const { ts } = this;
    const visit = (node: ts.Node): boolean =>
      (ts.isIdentifier(node) && node.text === name) || ts.forEachChild(node, visit) === true;
    return !visit(file);
  }

  /** An expression without what is written for the compiler alone. */
  bare(expression: ts.Expression): ts.Expression {
    const { ts } = this;
    let bare = expression;
    while (
      ts.isParenthesizedExpression(bare) ||
      ts.isAsExpression(bare) ||
      ts.isSatisfiesExpression(bare) ||
      ts.isTypeAssertionExpression(bare) ||
      ts.isNonNullExpression(bare)
    ) {
      bare = bare.expression;
    }
    return bare;
  }

  /** The `const` that a name stands for, in the entry or in a file that it imports. */
  constant(identifier: ts.Identifier): ConstantDeclaration | undefined {
    const { ts } = this;
    const own = this.declaration(identifier);
    if (own === undefined) return undefined;
    const declaration = this.#exported(identifier) ?? own;
    if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name))
      return undefined;
    const { initializer, parent } = declaration;
    if (initializer === undefined || (parent.flags & ts.NodeFlags.Const) === 0) return undefined;
    return declaration as ConstantDeclaration;
  }

  /** What another file of the project declares under an imported name. */
  #exported(identifier: ts.Identifier): ts.Declaration | undefined {
    // The modules of other files are not known here.
    if (identifier.getSourceFile() !== this.entryFile) return undefined;
    const from = this.importOf(identifier);
    const file = from && this.imported(from.module);
    if (from === undefined || file === undefined) return undefined;
    const module = this.#checker.getSymbolAtLocation(file);
    return module?.exports?.get(this.ts.escapeLeadingUnderscores(from.name))?.declarations?.[0];
  }

  /** The class that a name stands for, wherever it is declared. */
  class(identifier: ts.Identifier): ts.ClassDeclaration | undefined {
    const declaration = this.#exported(identifier) ?? this.declaration(identifier);
    return declaration && this.ts.isClassDeclaration(declaration) ? declaration : undefined;
  }

  /** @throws LeftToPerson */
  leave(node: ts.Node, says: string): never {
    throw new LeftToPerson(node, says);
  }

  /** The name of a module of the entry, as another file has to write it. */
  moduleFor(file: ts.SourceFile, module: string): string {
    if (!module.startsWith('.') || file === this.entryFile) return module;
    const target = join(dirname(this.entry.path), module);
    const path = relative(dirname(file.fileName), target).replaceAll(sep, '/');
    return path.startsWith('.') ? path : `./${path}`;
  }
}

/** A `const` with one name and a value. */
export type ConstantDeclaration = ts.VariableDeclaration & {
  readonly name: ts.Identifier;
  readonly initializer: ts.Expression;
};

function requiredModule(ts: TypeScript, value: ts.Expression | undefined): string | undefined {
  if (value === undefined || !ts.isCallExpression(value)) return undefined;
  const [name] = value.arguments;
  const { expression } = value;
  if (!ts.isIdentifier(expression) || expression.text !== 'require') return undefined;
  return name && ts.isStringLiteral(name) ? name.text : undefined;
}

/** Nothing but the given files is looked at. */
function programOf(ts: TypeScript, sources: readonly SourceText[]): ts.Program {
  const files = new Map(sources.map(({ path, text }) => [path, text]));
  const host: ts.CompilerHost = {
    getSourceFile: (name, version) => {
      const text = files.get(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, version, true);
    },
    getDefaultLibFileName: () => 'lib.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => files.has(name),
    readFile: (name) => files.get(name),
  };
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    allowJs: true,
    types: [],
    experimentalDecorators: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  return ts.createProgram({ rootNames: [...files.keys()], options, host });
}

/** How the project resolves its modules; defaults where its tsconfig.json does not say, or cannot be read. */
function compilerOptions(ts: TypeScript, folder: string): ts.CompilerOptions {
  const usual: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext };
  const path = ts.findConfigFile(folder, (name) => ts.sys.fileExists(name));
  if (path === undefined) return usual;
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as {
    config?: unknown;
  };
  // The files of the project are of no interest, and may be many.
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(path));
  return { ...usual, ...options };
}

/** @throws Error where a text that was made here is no TypeScript */
export function requireWellFormed(ts: TypeScript, { path, shown }: SourceText, text: string): void {
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: { experimentalDecorators: true, allowJs: true },
  });
  if (diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error))
    throw new Error(`${shown} would not be well-formed. Nothing was changed.`);
}
