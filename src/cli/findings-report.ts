import type { Finding, Severity } from '../deployment/finding.js';

const COLORS: Readonly<Record<Severity, number>> = { high: 31, medium: 33, low: 36 };

/** Findings as text: what is so, what it means, what to change, and the request that shows it. */
export function describeFindings(findings: readonly Finding[], colors: boolean): string {
  return findings
    .map(({ severity, what, means, change, seen, curl, count }) => {
      const label = severity.padEnd(6);
      return [
        `${colors ? `\u001b[${COLORS[severity]}m${label}\u001b[0m` : label}  ${what}`,
        means,
        `Seen in ${count === 1 ? '1 answer' : `${count} answers`}: ${seen}`,
        ...change,
        curl,
      ].join('\n        ');
    })
    .join('\n\n');
}
