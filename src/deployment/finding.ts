import { curlLine } from './curl-line.js';
import type { Exchange } from './deployed-server.js';

/** How bad it is: `high` for what lets strangers in, `medium` for what breaks pages or may do so, `low` for the rest. */
export type Severity = 'high' | 'medium' | 'low';

/** One thing that is wrong with a deployed server; what shows it most clearly, and how often it was seen. */
export interface Finding {
  /** A name for programs that does not change, e.g. `doubled-header`. */
  readonly kind: string;
  readonly severity: Severity;
  /** What is so, in one sentence. */
  readonly what: string;
  /** What it means for pages and users. */
  readonly means: string;
  /** The likely culprit, and the setting to change. */
  readonly change: readonly string[];
  /** What the first such answer had, escaped. */
  readonly seen: string;
  /** A shell line that shows it. */
  readonly curl: string;
  /** How many answers show it. */
  readonly count: number;
}

/** A finding before it is counted: one answer shows it. */
export interface Observation extends Omit<Finding, 'curl' | 'count'> {
  readonly exchange: Pick<Exchange, 'request' | 'url'>;
}

const ORDER: readonly Severity[] = ['high', 'medium', 'low'];

/** One finding for each kind, the worst first, then in the order in which they were observed. */
export function findingsOf(observations: Iterable<Observation>): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { exchange, ...observed } of observations) {
    const before = findings.get(observed.kind);
    findings.set(
      observed.kind,
      before === undefined
        ? { ...observed, curl: curlLine(exchange), count: 1 }
        : { ...before, count: before.count + 1 },
    );
  }
  return [...findings.values()].sort(
    (one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity),
  );
}
