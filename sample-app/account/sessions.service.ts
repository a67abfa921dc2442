import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

export interface Session {
  readonly id: string;
  /** Answered to the shop's page, which sends it back in `X-CSRF-Token`. See csrf.guard.ts. */
  readonly csrfToken: string;
  readonly name: string;
  address: string | undefined;
  newsletter: boolean;
}

/** Keeps the demo's memory bounded; the oldest session ends first. */
const SESSIONS_KEPT = 100;

/** Who is signed in, in memory: everybody is signed out when the process ends. */
@Injectable()
export class SessionsService {
  private readonly sessions = new Map<string, Session>();

  open(name: string): Session {
    const session: Session = {
      id: randomUUID(),
      csrfToken: randomUUID(),
      name,
      address: undefined,
      newsletter: false,
    };
    this.sessions.set(session.id, session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > SESSIONS_KEPT && oldest) this.sessions.delete(oldest);
    return session;
  }

  find(id: string): Session | undefined {
    return this.sessions.get(id);
  }

  close(id: string): void {
    this.sessions.delete(id);
  }
}
