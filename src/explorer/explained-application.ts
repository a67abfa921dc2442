import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { CorsPolicyService } from '../cors-policy.service.js';

/** The application that the explorer is in. */
@Injectable()
export class ExplainedApplication implements OnModuleInit {
  #service: CorsPolicyService | undefined;
  #inForce: PoliciesInForce | undefined;

  constructor(private readonly modules: ModuleRef) {}

  /** @throws Error where the application has no CORS policies */
  onModuleInit(): void {
    try {
      this.#service = this.modules.get(CorsPolicyService, { strict: false });
      this.#inForce = this.modules.get(PoliciesInForce, { strict: false });
    } catch (cause) {
      throw new Error(
        'CorsExplorerModule explains the policies of CorsModule, and the application does not import that. Add CorsModule.forRoot() to the imports of its root module.',
        { cause },
      );
    }
  }

  get service(): CorsPolicyService {
    return known(this.#service);
  }

  /** What its decisions are known by. */
  get policiesInForce(): PoliciesInForce {
    return known(this.#inForce);
  }
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The application has not been initialized yet.');
  return value;
}
