import type { Type } from '@nestjs/common';
import { type HandlerPolicy, handlerPolicy, type PolicySet } from '../configuration/policy-set.js';

/** The controller and the handler that Nest calls for a request. */
export interface CalledHandler {
  readonly controller: Type;
  readonly handler: { readonly name: string };
}

/** What holds on a handler that Nest calls; `undefined` where no route leads to it. */
export function policyOfCalled(
  policies: PolicySet,
  { controller, handler }: CalledHandler,
): HandlerPolicy | undefined {
  return (
    handlerPolicy(policies, controller, handler) ??
    // Something wrapped the handler of this instance; its name is what is left.
    handlerPolicy(policies, controller, handler.name)
  );
}
