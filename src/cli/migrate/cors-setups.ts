import type ts from 'typescript';
import type { ParsedProject } from './parsed-project.js';
import { excerpt } from './written-names.js';

/** A place where the entry file turns CORS on. */
export interface CorsSetup {
  readonly node: ts.Node;
  /** The statement or property to take out. */
  readonly removed: ts.Statement | ts.ObjectLiteralElementLike | undefined;
  /** What it is given; `undefined` for nothing. */
  readonly options: ts.Expression | undefined;
  /** Why it cannot be moved, where that is so whatever the options say. */
  readonly obstacle: string | undefined;
  /** Whose options these are, as far as defaults differ. */
  readonly defaultsOf: 'cors' | '@fastify/cors';
}

/** `NestFactory.create()`, and the variable that holds the application. */
export interface Creation {
  readonly call: ts.CallExpression;
  readonly application: ts.VariableDeclaration | undefined;
}

/** What the entry file says about CORS. */
export interface EntryFindings {
  readonly creations: readonly Creation[];
  readonly setups: readonly CorsSetup[];
}

/** Finds `NestFactory.create()`, and all that turns CORS on. */
export function findSetups(project: ParsedProject): EntryFindings {
  const creations: Creation[] = [];
  forEachCall(project, (call) => {
    if (isCreation(project, call)) creations.push(creationOf(project, call));
  });
  const [creation] = creations;
  const setups = new FoundSetups(project, creation);
  for (const { call } of creations) setups.inOptions(call);
  forEachCall(project, (call) => {
    setups.inCall(call);
  });
  return { creations, setups: setups.found };
}

function forEachCall({ ts, entryFile }: ParsedProject, meet: (call: ts.CallExpression) => void) {
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) meet(node);
    ts.forEachChild(node, visit);
  };
  visit(entryFile);
}

function isCreation(project: ParsedProject, { expression }: ts.CallExpression): boolean {
  const { ts } = project;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'create') return false;
  const from = project.importOf(expression.expression);
  return from?.module === '@nestjs/core' && from.name === 'NestFactory';
}

function creationOf({ ts }: ParsedProject, call: ts.CallExpression): Creation {
  let node: ts.Node = call;
  while (
    ts.isAwaitExpression(node.parent) ||
    ts.isParenthesizedExpression(node.parent) ||
    ts.isAsExpression(node.parent)
  ) {
    node = node.parent;
  }
  const { parent } = node;
  const application = ts.isVariableDeclaration(parent) ? parent : undefined;
  return { call, application };
}

/** Adapters whose own CORS is `@fastify/cors`. */
export function isOnFastify({ ts }: ParsedProject, { call }: Creation): boolean {
  const types = call.typeArguments?.map((type) => type.getText()) ?? [];
  if (types.includes('NestFastifyApplication')) return true;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'FastifyAdapter') found = true;
    ts.forEachChild(node, visit);
  };
  visit(call.getSourceFile());
  return found;
}

class FoundSetups {
  /** In the order of the file. */
  readonly found: CorsSetup[] = [];

  constructor(
    private readonly project: ParsedProject,
    private readonly creation: Creation | undefined,
  ) {}

  get #nestDefaults(): CorsSetup['defaultsOf'] {
    return this.creation && isOnFastify(this.project, this.creation) ? '@fastify/cors' : 'cors';
  }

  /** `cors` in the options of `NestFactory.create()`. */
  inOptions(call: ts.CallExpression): void {
    const { project } = this;
    const { ts } = project;
    for (const argument of call.arguments.slice(1)) {
      const options = this.#literal(argument);
      if (options === undefined) continue;
      for (const property of options.properties) {
        if (property.name?.getText().replace(/['"]/g, '') !== 'cors') continue;
        const value = ts.isPropertyAssignment(property)
          ? property.initializer
          : ts.isShorthandPropertyAssignment(property)
            ? property.name
            : undefined;
        if (value?.kind === ts.SyntaxKind.FalseKeyword) continue;
        this.found.push({
          node: property,
          removed: property,
          options: value?.kind === ts.SyntaxKind.TrueKeyword ? undefined : value,
          obstacle:
            value === undefined
              ? 'It is a function that decides for each request. Use @Cors() on the routes that differ.'
              : undefined,
          defaultsOf: this.#nestDefaults,
        });
      }
    }
  }

  /** The object that an argument is, or that a constant of this file holds. */
  #literal(argument: ts.Expression): ts.ObjectLiteralExpression | undefined {
    const { project } = this;
    const { ts } = project;
    const bare = project.bare(argument);
    if (ts.isObjectLiteralExpression(bare)) return bare;
    if (!ts.isIdentifier(bare) || project.importOf(bare) !== undefined) return undefined;
    const constant = project.constant(bare);
    return constant && this.#literal(constant.initializer);
  }

  inCall(call: ts.CallExpression): void {
    const { project } = this;
    const { ts } = project;
    const { expression: callee, arguments: given } = call;
    if (isCorsPackage(project, callee) && !this.#isUsed(call)) {
      this.#add(call, call, 'cors', 'It is not passed to app.use() directly.');
    }
    if (!ts.isPropertyAccessExpression(callee)) return;
    const [first, second] = given;
    if (callee.name.text === 'enableCors') {
      this.#add(call, call, this.#nestDefaults, this.#surplus(call, 1), first);
    } else if (callee.name.text === 'register' && first && isFastifyCors(project, first)) {
      this.#add(call, call, '@fastify/cors', this.#surplus(call, 2), second);
    } else if (callee.name.text === 'use') {
      const made = given.find(
        (argument): argument is ts.CallExpression =>
          ts.isCallExpression(argument) && isCorsPackage(project, argument.expression),
      );
      if (made === undefined) return;
      const obstacle =
        given.length > 1
          ? 'It holds on some paths only. Use @Cors() on their controllers, or paths in CorsModule.forRoot().'
          : this.#surplus(made, 1);
      this.#add(call, call, 'cors', obstacle, made.arguments[0]);
    }
  }

  #isUsed({ parent }: ts.CallExpression): boolean {
    const { ts } = this.project;
    return (
      ts.isCallExpression(parent) &&
      ts.isPropertyAccessExpression(parent.expression) &&
      parent.expression.name.text === 'use'
    );
  }

  #surplus(call: ts.CallExpression, most: number): string | undefined {
    const odd = call.arguments.some((argument) => this.project.ts.isSpreadElement(argument));
    return call.arguments.length > most || odd
      ? 'It gets other arguments than its options.'
      : undefined;
  }

  #add(
    node: ts.Node,
    call: ts.CallExpression,
    defaultsOf: CorsSetup['defaultsOf'],
    obstacle: string | undefined,
    options?: ts.Expression,
  ): void {
    const { ts } = this.project;
    const outer = ts.isAwaitExpression(call.parent) ? call.parent : call;
    const statement = ts.isExpressionStatement(outer.parent) ? outer.parent : undefined;
    this.found.push({
      node,
      removed: statement,
      options,
      obstacle: obstacle ?? this.#standsElsewhere(call, statement),
      defaultsOf,
    });
  }

  /** Why a call does not simply hold for the application of this file. */
  #standsElsewhere(
    call: ts.CallExpression,
    statement: ts.ExpressionStatement | undefined,
  ): string | undefined {
    const { project, creation } = this;
    const { ts } = project;
    const application = creation?.application;
    if (application === undefined)
      return 'No variable of this file holds what NestFactory.create() returns.';
    const { expression: callee } = call;
    const receiver = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
    if (!ts.isIdentifier(receiver) || project.declaration(receiver) !== application)
      return `It is not called on ${application.name.getText()}, which NestFactory.create() returns.`;
    if (statement === undefined) return 'It is part of a longer expression.';
    const declared = ts.findAncestor(application, ts.isVariableStatement);
    if (declared?.parent !== statement.parent) {
      return `It does not always run: ${conditionOf(ts, statement)}. Say in the origin option when it holds, such as origin: condition ? 'https://app.example.com' : false.`;
    }
    const { statements } = statement.parent as ts.BlockLike;
    const before = statements.slice(
      statements.indexOf(declared),
      Math.max(0, statements.indexOf(statement)),
    );
    return before.some((each) => mayReturn(ts, each))
      ? 'It does not always run: a return may come before it.'
      : undefined;
  }
}

function conditionOf(ts: ParsedProject['ts'], statement: ts.Statement): string {
  const conditional = ts.findAncestor(statement, ts.isIfStatement);
  return conditional === undefined
    ? 'it stands in another block than NestFactory.create()'
    : `it depends on ${excerpt(conditional.expression)}`;
}

function mayReturn(ts: ParsedProject['ts'], statement: ts.Statement): boolean {
  const visit = (node: ts.Node): boolean =>
    ts.isReturnStatement(node) ||
    (!ts.isFunctionLike(node) && !ts.isClassLike(node) && ts.forEachChild(node, visit) === true);
  return visit(statement);
}

function isCorsPackage(project: ParsedProject, callee: ts.Expression): boolean {
  const { ts } = project;
  return ts.isIdentifier(callee) && project.importOf(callee)?.module === 'cors';
}

function isFastifyCors(project: ParsedProject, plugin: ts.Expression): boolean {
  const { ts } = project;
  const bare = ts.isAwaitExpression(plugin) ? plugin.expression : project.bare(plugin);
  if (ts.isCallExpression(bare)) {
    const [module] = bare.arguments;
    const imports =
      bare.expression.kind === ts.SyntaxKind.ImportKeyword ||
      bare.expression.getText() === 'require';
    return imports && module !== undefined && /^['"]@fastify\/cors['"]$/.test(module.getText());
  }
  const name = ts.isPropertyAccessExpression(bare) ? bare.expression : bare;
  return ts.isIdentifier(name) && project.importOf(name)?.module === '@fastify/cors';
}
