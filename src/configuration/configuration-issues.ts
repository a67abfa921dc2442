import type {
  ConfigurationProblem,
  CorsConfigurationIssue,
} from '../protocol/configuration-error.js';
import type { Place } from '../protocol/policy/policy.js';

/** What is wrong with a configuration, each fault once. */
export class ConfigurationIssues {
  readonly #issues = new Map<string, CorsConfigurationIssue>();
  /** The places of the configuration, as people read it: the module's options first, then the controllers. */
  readonly #places = new Set<string>();

  /** Makes known a place that issues may be noted at; they are told in the order of their places. */
  expect({ where }: Place): void {
    this.#places.add(where);
  }

  add(issue: CorsConfigurationIssue): void {
    const key = [issue.code, issue.where, issue.field, String(issue.value)].join('\n');
    if (!this.#issues.has(key)) this.#issues.set(key, issue);
  }

  /** Notes a problem at the place where people wrote it. */
  note({ where }: Place, field: string, problem: ConfigurationProblem): void {
    this.add({ ...problem, where, field });
  }

  get all(): readonly CorsConfigurationIssue[] {
    const order = [...this.#places];
    const rank = ({ where }: CorsConfigurationIssue) => order.indexOf(where);
    return [...this.#issues.values()].sort((a, b) => rank(a) - rank(b));
  }
}
