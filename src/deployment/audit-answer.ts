import { type DeployedAnswer, type Exchange, valuesOf } from './deployed-server.js';
import type { Likeness } from './look-alikes.js';
import { printableStart } from '../document/printable.js';

/** A method that no server knows: whoever allows it allows anything. */
export const UNKNOWN_METHOD = 'NESTJS-CORS-AUDIT';

export const ALLOW_ORIGIN = 'access-control-allow-origin';
export const ALLOW_CREDENTIALS = 'access-control-allow-credentials';

/** One question of an audit. */
export interface AuditQuestion {
  /** Who asks: nobody in particular (no `Origin`), an origin that should be allowed, a look-alike of one, or strangers. */
  readonly who: 'nobody' | 'expected' | 'stranger' | 'opaque' | Likeness;
  readonly origin?: string;
  /** The method that a preflight asks for; a `GET` if left out. */
  readonly preflightFor?: string;
}

export interface AuditAnswer {
  readonly question: AuditQuestion;
  readonly exchange: Exchange;
  readonly answer: DeployedAnswer;
}

/** Whether the origin that asked is named; `*` names nobody. */
export function isNamed({ question: { origin }, answer }: AuditAnswer): boolean {
  return origin !== undefined && valuesOf(answer, ALLOW_ORIGIN).includes(origin);
}

/** Whether the origin that asked is allowed, by name or by `*`. */
export function isAllowed(one: AuditAnswer): boolean {
  return isNamed(one) || valuesOf(one.answer, ALLOW_ORIGIN).includes('*');
}

export function isWithCredentials(answer: DeployedAnswer): boolean {
  return valuesOf(answer, ALLOW_CREDENTIALS).includes('true');
}

/** The lines of some headers, escaped. */
export function linesIn(answer: DeployedAnswer, names: readonly string[]): string {
  const lines = names.flatMap((name) => valuesOf(answer, name).map((value) => `${name}: ${value}`));
  return lines.length === 0 ? `no ${names.join(', no ')}` : printableStart(lines.join('; '), 400);
}
