import { timingSafeEqual } from 'node:crypto';

import {
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';

import type { SessionRequest } from './session.guard.js';

/**
 * CORS is not CSRF protection. CORS says which pages may *read* our answers; this asks whether the request is
 * one that our page *meant*, by a token which only a page that could read the session's answers knows.
 *
 * The two meet in `X-CSRF-Token`: being no CORS-safelisted header it makes every such request preflighted, and
 * `DEFAULT_ALLOWED_HEADERS` has it already. Where Nest 12 is at hand, `app.enableCsrfProtection()` does a job
 * like this one by origins and fetch metadata; it wants its own list of trusted origins.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, session } = context.switchToHttp().getRequest<SessionRequest>();
    const given = headers['x-csrf-token'];
    if (session && typeof given === 'string' && equal(given, session.csrfToken)) return true;
    throw new ForbiddenException('The X-CSRF-Token is missing or wrong.');
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
