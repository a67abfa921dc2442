import type { INestApplicationContext } from '@nestjs/common';
import type { CorsPolicyService } from '../cors-policy.service.js';

/** The service of an application; `undefined` for one without `CorsModule`. Loaded when it is needed, as Nest is then. */
export async function policyServiceOf(
  app: INestApplicationContext,
): Promise<CorsPolicyService | undefined> {
  const { CorsPolicyService: token } = await import('../cors-policy.service.js');
  try {
    return app.get<CorsPolicyService>(token, { strict: false });
  } catch {
    return undefined;
  }
}
