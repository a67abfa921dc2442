const NAME = 'bookshop_session';

/**
 * `HttpOnly`: no script reads it. `SameSite=Lax`: it goes along with requests from pages of the same *site*, and
 * the ports of localhost are one site (though different origins), which is why the playground works.
 *
 * In production keep `Lax` if front end and API share a site (`www.example.com` and `api.example.com`): then no
 * other site's page ever sends the cookie, whatever its CORS policy. Only a front end on another site needs
 * `SameSite=None`, which browsers take with `Secure` alone, and for which the CSRF token is then all the more
 * needed. `Secure` is set in production in either case.
 */
export function sessionCookie(id: string, secure: boolean): string {
  return `${NAME}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600${secure ? '; Secure' : ''}`;
}

export function endedSessionCookie(): string {
  return `${NAME}=; Path=/; Max-Age=0`;
}

/** The session's id in a `Cookie` header. */
export function readSessionCookie(header = ''): string | undefined {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === NAME) return value;
  }
  return undefined;
}
