import { refusalStatus, type Verdict } from '../protocol/decision/verdict.js';

/** Whether the application answers a preflight, with the headers that were decided. */
export function isLeftToApplication({ kind, headers, policy }: Verdict): boolean {
  return kind === 'preflight' && headers.length > 0 && policy.policy.preflightContinue;
}

/** The status of the answer to a preflight: a failure only where no header could tell the page more. */
export function preflightStatus({ reason, headers, policy }: Verdict): number {
  return reason !== undefined && headers.length === 0
    ? refusalStatus(reason)
    : policy.policy.optionsSuccessStatus;
}
