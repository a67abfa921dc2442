import type { Type } from '@nestjs/common';
import { type HandlerPolicy, handlerPolicy, type PolicySet } from '../configuration/policy-set.js';

/** The controller and the handler that Nest calls for a request. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: { readonly name: string };
}

/** The policy of a handler that Nest calls; `undefined` where the application had no such function when it started. */
export function policyOfCalled(
  policies: PolicySet,
  { controller, handler }: CalledHandler,
): HandlerPolicy | undefined {
  return handlerPolicy(policies, controller, handler);
}

/**
 * The policies that may hold on a handler whose function is not known, because the constructor of a request-scoped
 * controller has bound or wrapped it. The function's name is only a hint: who wraps a function can give it any name.
 *
 * @param isRouted whether the URL has led to the same controller all the time, so that its policy is known to be one of
 *   them
 */
export function policiesInDoubt(
  policies: PolicySet,
  { controller, handler }: CalledHandler,
  isRouted: boolean,
): readonly HandlerPolicy[] {
  if (!isRouted) return [...new Set(policies.handlers.get(controller)?.values())];
  const named = handlerPolicy(policies, controller, handler.name.replace(/^(?:bound )+/, ''));
  return named === undefined ? [] : [named];
}
