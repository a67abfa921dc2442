/** What can be wrong with a configuration and stops the start. */
export type CorsConfigurationErrorCode =
  | 'any-origin-with-credentials'
  | 'null-origin-with-credentials'
  | 'any-origin-with-private-network'
  | 'undefined-origin'
  | 'invalid-origin'
  | 'insecure-origin-with-credentials'
  | 'public-suffix-wildcard'
  | 'unanchored-regexp'
  | 'open-ended-regexp'
  | 'unsupported-regexp'
  | 'wildcard-exposed-headers-with-credentials'
  | 'any-origin-with-isolate'
  | 'invalid-method'
  | 'forbidden-method'
  | 'invalid-header-name'
  | 'invalid-max-age'
  | 'invalid-status'
  | 'invalid-value'
  | 'invalid-path'
  | 'unknown-policy'
  | 'unreachable-policy'
  | 'unknown-option'
  | 'unresolvable-origin-resolver'
  | 'cors-on-no-route'
  | 'cors-enabled-twice'
  | 'cors-module-imported-twice';

/** What a browser would merely ignore: logged once, the application starts. */
export type CorsConfigurationWarningCode =
  | 'forbidden-header-name'
  | 'misplaced-header-name'
  | 'max-age-capped'
  | 'method-not-routed'
  | 'lower-case-method'
  | 'loose-regexp'
  | 'unreachable-path'
  | 'middleware-ahead'
  | 'unguarded-gateway';

/** What is wrong, before it is known where. */
export interface ConfigurationProblem {
  readonly code: CorsConfigurationErrorCode | CorsConfigurationWarningCode;
  /** The offending value, as given. */
  readonly value: unknown;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to change. */
  readonly hint: string;
}

/** One thing to change in the configuration. */
export interface CorsConfigurationIssue extends ConfigurationProblem {
  /** Where it was written, e.g. `CatalogController.update (PUT /catalog/:id)` or `CorsModule policies.public`. */
  readonly where: string;
  /** The option, e.g. `origin`. */
  readonly field: string;
}

const WARNINGS: ReadonlySet<string> = new Set<CorsConfigurationWarningCode>([
  'forbidden-header-name',
  'misplaced-header-name',
  'max-age-capped',
  'method-not-routed',
  'lower-case-method',
  'loose-regexp',
  'unreachable-path',
  'middleware-ahead',
  'unguarded-gateway',
]);

/** Whether an issue is logged rather than thrown. */
export function isWarning(issue: ConfigurationProblem): boolean {
  return WARNINGS.has(issue.code);
}

/** Where a code is explained, within the package. */
export function documentationOf(code: ConfigurationProblem['code']): string {
  return `docs/start-up-checks.md#${code}`;
}

/** One line for a person: place, fault and remedy. */
export function describeIssue(issue: CorsConfigurationIssue): string {
  return `${issue.where}: ${describeProblem(issue)}`;
}

/** The same for the log, with the address of its explanation. */
export function describeWarning(issue: CorsConfigurationIssue): string {
  return `${describeIssue(issue)} See ${documentationOf(issue.code)}.`;
}

function describeProblem({ field, message, hint, code }: CorsConfigurationIssue): string {
  return `${field}: ${message} ${hint} [${code}]`;
}

/** By problem: the same fault in several places is told once, with its places below it. */
function describeIssues(issues: readonly CorsConfigurationIssue[]): string {
  const problems = new Map<string, CorsConfigurationIssue[]>();
  for (const issue of issues) {
    const key = describeProblem(issue);
    problems.set(key, [...(problems.get(key) ?? []), issue]);
  }
  const count = problems.size === 1 ? 'one problem' : `${String(problems.size)} problems`;
  const lines = [...problems].map(([problem, alike]) =>
    alike.length === 1
      ? alike.map(describeIssue).join()
      : [problem, ...alike.map(({ where }) => where)].join('\n      '),
  );
  const addresses = [...new Set(issues.map(({ code }) => documentationOf(code)))].map(
    (address, index) => (index === 0 ? address : address.replace(/^.*#/, '#')),
  );
  return [
    `The CORS configuration has ${count}:`,
    ...lines.map((line) => `  - ${line}`),
    `See ${addresses.join(', ')} in the package nestjs-cors.`,
  ].join('\n');
}

/**
 * Thrown when the application starts with CORS options that are unsafe or cannot work. `issues` holds every
 * problem of the whole application at once, each with its place and what to change.
 *
 * It has no stack trace: where the error was made says nothing about where the configuration is wrong.
 */
export class CorsConfigurationError extends Error {
  /** Not enumerable, so that whatever prints the error does not tell everything twice. */
  declare readonly issues: readonly CorsConfigurationIssue[];

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CorsConfigurationError' });
  }

  constructor(issues: readonly CorsConfigurationIssue[]) {
    super(describeIssues(issues));
    Object.defineProperty(this, 'issues', { value: issues });
    this.stack = `${this.name}: ${this.message}`;
  }

  /** For logs that write JSON. */
  toJSON(): Pick<CorsConfigurationError, 'name' | 'message' | 'issues'> {
    const { name, message, issues } = this;
    return { name, message, issues };
  }
}
