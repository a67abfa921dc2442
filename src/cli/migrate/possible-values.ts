import type ts from 'typescript';
import type { ParsedProject } from './parsed-project.js';
import { excerpt, isNameOfProperty } from './written-names.js';

/** What somebody sets where the application runs, or what is made of it. */
export const ENVIRONMENT = Symbol('a value of the environment');

/** More values than this nobody would read through either. */
const MOST_VALUES = 64;

/** How deep constants may lead to others, and expressions may hold others. */
const DEEPEST = 100;

/**
 * Every value that an expression may have, as far as it can be told without running it; {@link ENVIRONMENT} stands for
 * whatever depends on the environment.
 *
 * @throws LeftToPerson where it cannot be told
 */
export function possibleValues(
  project: ParsedProject,
  expression: ts.Expression,
): readonly unknown[] {
  return new ExpressionReader(project).values(expression, 0);
}

/** Whether an expression gives what stands in a variable of the environment, or nothing where it is not set. */
export function mayBeUnset(project: ParsedProject, expression: ts.Expression): boolean {
  const { ts } = project;
  const bare = project.bare(expression);
  if (ts.isIdentifier(bare)) {
    const constant = project.constant(bare);
    return constant !== undefined && mayBeUnset(project, constant.initializer);
  }
  if (ts.isConditionalExpression(bare))
    return mayBeUnset(project, bare.whenTrue) || mayBeUnset(project, bare.whenFalse);
  if (ts.isOptionalChain(bare)) return true;
  return isVariable(project, bare);
}

/** `process.env.NAME`, however it is written. */
function isVariable({ ts }: ParsedProject, bare: ts.Expression): boolean {
  return (
    (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) &&
    isEnvironment(ts, bare.expression)
  );
}

function isEnvironment(ts: ParsedProject['ts'], node: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'env' &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'process'
  );
}

/** Functions that make another value of a text and do nothing else. */
const READERS = new Set(['Boolean', 'Number', 'String', 'parseInt']);

/** Methods of texts and lists that make another value and do nothing else. */
const METHODS = new Set([
  ...['split', 'map', 'filter', 'trim', 'toLowerCase', 'replace', 'replaceAll', 'concat'],
  ...['slice', 'includes', 'startsWith', 'endsWith', 'flatMap', 'toString'],
]);

class ExpressionReader {
  constructor(private readonly project: ParsedProject) {}

  values(given: ts.Expression, depth: number): readonly unknown[] {
    const { project } = this;
    const { ts } = project;
    const node = project.bare(given);
    const deeper = (inner: ts.Expression) => this.values(inner, depth + 1);
    if (depth > DEEPEST) return this.unknown(node);
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isNumericLiteral(node)) return [Number(node.text)];
    if (node.kind === ts.SyntaxKind.TrueKeyword) return [true];
    if (node.kind === ts.SyntaxKind.FalseKeyword) return [false];
    if (node.kind === ts.SyntaxKind.NullKeyword) return [null];
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      return [this.#expression(node, node.text.slice(1, end), node.text.slice(end + 1))];
    }
    if (ts.isIdentifier(node)) return this.#named(node, depth);
    if (isVariable(project, node)) return [ENVIRONMENT];
    if (ts.isArrayLiteralExpression(node)) return this.#list(node, depth);
    if (ts.isConditionalExpression(node)) {
      deeper(node.condition);
      return this.#bounded(node, [...deeper(node.whenTrue), ...deeper(node.whenFalse)]);
    }
    if (ts.isPrefixUnaryExpression(node)) return this.#prefixed(node, deeper(node.operand));
    if (ts.isBinaryExpression(node)) return this.#binary(node, depth);
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.reduce<readonly unknown[]>(
        (before, span) =>
          this.#combined(node, before, deeper(span.expression), (a, b) =>
            text([a, b, span.literal.text]),
          ),
        [node.head.text],
      );
    }
    if (ts.isNewExpression(node) && this.#isGlobal(node.expression, 'RegExp')) {
      const [source, flags] = (node.arguments ?? []).map(deeper);
      const [only] = source ?? [];
      const [flag = ''] = flags ?? [];
      if (source?.length === 1 && typeof only === 'string' && typeof flag === 'string')
        return [this.#expression(node, only, flag)];
    }
    if (ts.isCallExpression(node)) return this.#called(node, depth);
    return this.unknown(node);
  }

  unknown(node: ts.Node): never {
    return this.project.leave(
      node,
      `The value of ${excerpt(node)} is not known without running it.`,
    );
  }

  #expression(node: ts.Node, source: string, flags: string): RegExp {
    try {
      return new RegExp(source, flags);
    } catch {
      return this.project.leave(node, `${excerpt(node)} is not a regular expression.`);
    }
  }

  #isGlobal(node: ts.Node, name: string): boolean {
    return (
      this.project.ts.isIdentifier(node) &&
      node.text === name &&
      this.project.declaration(node) === undefined
    );
  }

  #named(node: ts.Identifier, depth: number): readonly unknown[] {
    if (node.text === 'undefined') return [undefined];
    const constant = this.project.constant(node);
    if (constant === undefined) {
      return this.project.leave(
        node,
        `What ${node.text} holds is not known without running the application.`,
      );
    }
    const values = this.values(constant.initializer, depth + 1);
    const changed = this.project.uses(constant).find((use) => this.#mayChange(use));
    if (changed !== undefined && values.some((value) => typeof value === 'object'))
      return this.project.leave(node, `${node.text} may be changed while the application runs.`);
    return values;
  }

  /** Whether a list is changed in place. */
  #mayChange(use: ts.Identifier): boolean {
    const { ts } = this.project;
    const { parent } = use;
    if (ts.isElementAccessExpression(parent)) return ts.isBinaryExpression(parent.parent);
    return (
      ts.isPropertyAccessExpression(parent) &&
      ts.isCallExpression(parent.parent) &&
      !METHODS.has(parent.name.text) &&
      parent.name.text !== 'join' &&
      parent.name.text !== 'some'
    );
  }

  #list(node: ts.ArrayLiteralExpression, depth: number): readonly unknown[] {
    const { ts } = this.project;
    return node.elements.reduce<readonly (readonly unknown[])[]>(
      (lists, element) => {
        const spread = ts.isSpreadElement(element);
        const values = this.values(spread ? element.expression : element, depth + 1);
        return this.#combined(element, lists, values, (list, value) => {
          const before = list as readonly unknown[];
          if (!spread) return [...before, value];
          if (value === ENVIRONMENT) return [...before, ENVIRONMENT];
          return Array.isArray(value)
            ? [...before, ...(value as unknown[])]
            : this.unknown(element);
        }) as readonly (readonly unknown[])[];
      },
      [[]],
    );
  }

  #prefixed(node: ts.PrefixUnaryExpression, values: readonly unknown[]): readonly unknown[] {
    const { SyntaxKind } = this.project.ts;
    if (node.operator === SyntaxKind.ExclamationToken)
      return values.includes(ENVIRONMENT) ? [true, false] : values.map((value) => !value);
    return values.map((value) => {
      if (value === ENVIRONMENT) return ENVIRONMENT;
      if (node.operator === SyntaxKind.MinusToken && typeof value === 'number') return -value;
      if (node.operator === SyntaxKind.PlusToken && typeof value === 'number') return value;
      return this.unknown(node);
    });
  }

  #binary(node: ts.BinaryExpression, depth: number): readonly unknown[] {
    const { SyntaxKind } = this.project.ts;
    const { kind } = node.operatorToken;
    const left = () => this.values(node.left, depth + 1);
    const right = () => this.values(node.right, depth + 1);
    switch (kind) {
      case SyntaxKind.QuestionQuestionToken:
        return this.#bounded(node, [...left().filter((value) => value != null), ...right()]);
      case SyntaxKind.BarBarToken:
        return this.#bounded(node, [...left().filter(Boolean), ...right()]);
      case SyntaxKind.AmpersandAmpersandToken:
        return this.#bounded(node, [...left(), ...right()]);
      case SyntaxKind.EqualsEqualsToken:
      case SyntaxKind.EqualsEqualsEqualsToken:
      case SyntaxKind.ExclamationEqualsToken:
      case SyntaxKind.ExclamationEqualsEqualsToken:
      case SyntaxKind.GreaterThanToken:
      case SyntaxKind.LessThanToken:
        left();
        right();
        return [true, false];
      case SyntaxKind.PlusToken:
      case SyntaxKind.MinusToken:
      case SyntaxKind.AsteriskToken:
      case SyntaxKind.SlashToken:
        return this.#combined(node, left(), right(), (a, b) => {
          if (a === ENVIRONMENT || b === ENVIRONMENT) return ENVIRONMENT;
          if (typeof a === 'number' && typeof b === 'number') {
            if (kind === SyntaxKind.PlusToken) return a + b;
            if (kind === SyntaxKind.MinusToken) return a - b;
            return kind === SyntaxKind.AsteriskToken ? a * b : a / b;
          }
          return kind === SyntaxKind.PlusToken && typeof a === 'string' && typeof b === 'string'
            ? a + b
            : this.unknown(node);
        });
      default:
        return this.unknown(node);
    }
  }

  #called(node: ts.CallExpression, depth: number): readonly unknown[] {
    const { ts } = this.project;
    const { expression: callee, arguments: given } = node;
    if (ts.isIdentifier(callee)) {
      if (!READERS.has(callee.text) || !this.#isGlobal(callee, callee.text))
        return this.unknown(node);
      const read = given.flatMap((argument) => this.values(argument, depth + 1));
      return read.includes(ENVIRONMENT) ? [ENVIRONMENT] : this.unknown(node);
    }
    if (!ts.isPropertyAccessExpression(callee) || !METHODS.has(callee.name.text))
      return this.unknown(node);
    const receivers = this.values(callee.expression, depth + 1);
    for (const argument of given) if (!this.#isPure(argument)) return this.unknown(argument);
    return receivers.map((receiver) => {
      if (receiver === ENVIRONMENT) return ENVIRONMENT;
      // `(process.env.ORIGINS ?? '').split(',')`
      const [separator] = given;
      return callee.name.text === 'split' &&
        typeof receiver === 'string' &&
        given.length === 1 &&
        separator !== undefined &&
        ts.isStringLiteralLike(separator)
        ? receiver.split(separator.text)
        : receivers.includes(ENVIRONMENT)
          ? ENVIRONMENT
          : this.unknown(node);
    });
  }

  /** Whether what is handed to a method looks at nothing but its parameters and global names. */
  #isPure(argument: ts.Expression): boolean {
    const { project } = this;
    const { ts } = project;
    const visit = (node: ts.Node): boolean => {
      if (ts.isIdentifier(node) && !isNameOfProperty(ts, node)) {
        const declaration = project.declaration(node);
        if (declaration !== undefined && declaration.pos < argument.pos) return true;
        if (declaration !== undefined && declaration.end > argument.end) return true;
      }
      return ts.isAwaitExpression(node) || ts.forEachChild(node, visit) === true;
    };
    return !visit(argument);
  }

  #combined(
    node: ts.Node,
    left: readonly unknown[],
    right: readonly unknown[],
    make: (a: unknown, b: unknown) => unknown,
  ): readonly unknown[] {
    return this.#bounded(
      node,
      left.flatMap((a) => right.map((b) => make(a, b))),
    );
  }

  #bounded(node: ts.Node, values: readonly unknown[]): readonly unknown[] {
    const distinct = [...new Set(values)];
    return distinct.length > MOST_VALUES ? this.unknown(node) : distinct;
  }
}

function text(parts: readonly unknown[]): unknown {
  return parts.includes(ENVIRONMENT) ? ENVIRONMENT : parts.map(String).join('');
}
