import type { INestApplicationContext, Type } from '@nestjs/common';
import type { CorsPolicyService } from '../cors-policy.service.js';

/** The service of an application; `undefined` for one without `CorsModule`. Loaded when it is needed, as Nest is then. */
export async function policyServiceOf(
  app: INestApplicationContext,
): Promise<CorsPolicyService | undefined> {
  const { CorsPolicyService: token } = await import('../cors-policy.service.js');
  return providerOf(app, token);
}

/**
 * A provider of an application, whichever module has it. What `NestFactory` makes ends the process where `get()` does
 * not find something, so that it is looked for before.
 */
export async function providerOf<Provider>(
  app: INestApplicationContext,
  token: Type<Provider>,
): Promise<Provider | undefined> {
  const { ModulesContainer } = await import('@nestjs/core');
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  return modules.some(({ providers }) => providers.has(token))
    ? app.get<Provider>(token, { strict: false })
    : undefined;
}
