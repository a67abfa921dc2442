import type { IncomingHttpHeaders } from 'node:http';

import {
  createParamDecorator,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';

import { readSessionCookie } from './session-cookie.js';
import { SessionsService, type Session } from './sessions.service.js';

export interface SessionRequest {
  readonly headers: IncomingHttpHeaders;
  session?: Session;
}

/**
 * Lets signed-in customers through and answers everybody else 401.
 *
 * It runs after the module's own guard, which has let this page's origin through: so the page reads the 401
 * as a 401, and can show its sign-in form.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SessionRequest>();
    const id = readSessionCookie(request.headers.cookie);
    const session = id === undefined ? undefined : this.sessions.find(id);
    if (!session) throw new UnauthorizedException('Please sign in.');
    request.session = session;
    return true;
  }
}

/** The session that {@link SessionGuard} found. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<SessionRequest>().session;
});
