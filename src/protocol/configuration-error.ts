/** What can be wrong with a configuration and stops the start. */
export type CorsConfigurationErrorCode =
  | 'any-origin-with-credentials'
  | 'null-origin-with-credentials'
  | 'invalid-origin'
  | 'insecure-origin-with-credentials'
  | 'public-suffix-wildcard'
  | 'unanchored-regexp'
  | 'open-ended-regexp'
  | 'unsupported-regexp'
  | 'wildcard-exposed-headers-with-credentials'
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
  | 'cors-enabled-twice'
  | 'cors-module-imported-twice';

/** What a browser would merely ignore: logged once, the application starts. */
export type CorsConfigurationWarningCode =
  | 'forbidden-header-name'
  | 'max-age-capped'
  | 'method-not-routed'
  | 'lower-case-method'
  | 'loose-regexp'
  | 'unreachable-path';

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
  'max-age-capped',
  'method-not-routed',
  'lower-case-method',
  'loose-regexp',
  'unreachable-path',
]);

/** Whether an issue is logged rather than thrown. */
export function isWarning(issue: ConfigurationProblem): boolean {
  return WARNINGS.has(issue.code);
}

/** One line for a person: place, fault and remedy. */
export function describeIssue(issue: CorsConfigurationIssue): string {
  return `${issue.where}: ${issue.field}: ${issue.message} ${issue.hint} [${issue.code}]`;
}

/**
 * Thrown when the application starts with CORS options that are unsafe or cannot work. `issues` holds every
 * problem of the whole application at once, each with its place and what to change.
 */
export class CorsConfigurationError extends Error {
  override readonly name = 'CorsConfigurationError';

  constructor(readonly issues: readonly CorsConfigurationIssue[]) {
    const count = issues.length === 1 ? 'one problem' : `${String(issues.length)} problems`;
    super(
      `The CORS configuration has ${count}:\n${issues.map((issue) => `  - ${describeIssue(issue)}`).join('\n')}`,
    );
  }
}
