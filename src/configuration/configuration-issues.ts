import type {
  ConfigurationProblem,
  CorsConfigurationIssue,
} from '../protocol/configuration-error.js';
import type { Place } from '../protocol/policy/policy.js';

/** What is wrong with a configuration, each fault once. */
export class ConfigurationIssues {
  readonly #issues = new Map<string, CorsConfigurationIssue>();

  add(issue: CorsConfigurationIssue): void {
    const key = [issue.code, issue.where, issue.field, String(issue.value)].join('\n');
    if (!this.#issues.has(key)) this.#issues.set(key, issue);
  }

  /** Notes a problem at the place where people wrote it. */
  note({ where }: Place, field: string, problem: ConfigurationProblem): void {
    this.add({ ...problem, where, field });
  }

  get all(): readonly CorsConfigurationIssue[] {
    return [...this.#issues.values()];
  }
}
