const KEY = 'csrfToken';

/** What signing in told this page, and later requests need. It outlives a reload, as the session does. */
export function csrfToken(): string {
  return sessionStorage.getItem(KEY) ?? 'not-signed-in';
}

/** Notes the token where an answer brings one. */
export function noteCsrfToken(answer: string): void {
  try {
    const { csrfToken: token } = JSON.parse(answer) as { csrfToken?: unknown };
    if (typeof token === 'string') sessionStorage.setItem(KEY, token);
  } catch {
    // Most answers are no accounts, and some are no JSON.
  }
}
