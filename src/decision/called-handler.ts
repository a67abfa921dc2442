import type { Type } from '@nestjs/common';
import { type HandlerPolicy, handlerPolicy, type PolicySet } from '../configuration/policy-set.js';

/** The controller and the handler that Nest calls for a request. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: { readonly name: string };
}

/** What holds on a handler that Nest calls; `undefined` where its function is not one that the start has seen. */
export function policyOfCalled(
  policies: PolicySet,
  { controller, handler }: CalledHandler,
): HandlerPolicy | undefined {
  return handlerPolicy(policies, controller, handler);
}

/**
 * What may hold on a handler whose function is not known: one that the constructor of a request-scoped controller has
 * bound or wrapped. Its name is a hint and no more, as whoever wraps a function may give it any.
 *
 * @param isRouted whether the URL leads to the same controller, so that its policy is known to be one of them
 */
export function policiesInDoubt(
  policies: PolicySet,
  { controller, handler }: CalledHandler,
  isRouted: boolean,
): readonly HandlerPolicy[] {
  const named = handlerPolicy(policies, controller, handler.name.replace(/^(?:bound )+/, ''));
  if (named !== undefined) return [named];
  return isRouted ? [] : [...new Set(policies.handlers.get(controller)?.values())];
}
