import { CorsConfigurationError, type CorsPolicyService } from '../../src/index.js';

/**
 * Checks what an administrator entered, by the rules that hold for options in the code: what start-up would have
 * refused there must not come in by the back door.
 *
 * They are those for pages with cookies, which are the strictest, although the `tenants` policy takes none: no
 * plain `http:` away from this machine, since whoever sits on the network can forge such pages.
 *
 * @throws CorsConfigurationError whose issues say what to write instead
 */
export async function checkTenantOrigin(
  policies: CorsPolicyService,
  origin: unknown,
): Promise<string> {
  if (typeof origin !== 'string') {
    throw refusal(origin, 'An origin is text.', 'Write e.g. "https://shop.example.com".');
  }
  await policies.check({ origin, credentials: true });
  // In code, a star stands for a family of origins. The database is asked for one at a time.
  if (origin.includes('*')) {
    throw refusal(
      origin,
      'Tenants have single origins, not patterns.',
      'Add each of them separately.',
    );
  }
  return origin;
}

function refusal(value: unknown, message: string, hint: string): CorsConfigurationError {
  return new CorsConfigurationError([
    { code: 'invalid-origin', where: 'the request', field: 'origin', value, message, hint },
  ]);
}
