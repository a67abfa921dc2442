import type { CorsRequest } from '../policy/policy-options.js';
import type { HeaderField } from './header-field.js';

/** `Access-Control-Allow-Private-Network` (Private Network Access, "CORS preflight"). */
export const ALLOW_PRIVATE_NETWORK: HeaderField = ['Access-Control-Allow-Private-Network', 'true'];

/** Whether a preflight asks to reach a private network. */
export function asksForPrivateNetwork({ headers }: CorsRequest): boolean {
  return headers['access-control-request-private-network'] === 'true';
}
