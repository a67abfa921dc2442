import type { ListedPolicy } from '../policy/policy-list.js';
import type { HeaderField } from '../headers/header-field.js';

/** Why a request was refused. */
export type CorsRefusalReason =
  | 'origin-not-allowed'
  | 'method-not-allowed'
  | 'header-not-allowed'
  | 'credentials-not-allowed'
  | 'origin-check-failed'
  | 'not-isolated';

/** What a policy says of one request: the headers of its answer, and whether it is refused. */
export interface Verdict {
  readonly kind: 'not-cors' | 'same-origin' | 'preflight' | 'actual';
  /** The one that holds; the last of its list where none does, or the one that could not answer. */
  readonly policy: ListedPolicy;
  readonly reason: CorsRefusalReason | undefined;
  /** Every `Access-Control-*` header of the answer, and `Cross-Origin-Resource-Policy` where the policy isolates. */
  readonly headers: readonly HeaderField[];
  /** Names that `Vary` has to hold. */
  readonly vary: readonly string[];
}

/** The status with which a refused request is answered. */
export function refusalStatus(reason: CorsRefusalReason): 403 | 503 {
  return reason === 'origin-check-failed' ? 503 : 403;
}
