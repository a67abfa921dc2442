import { Injectable } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import type { Outcome } from '../decision/outcome.js';
import { isLeftToApplication, preflightStatus } from '../decision/preflight-status.js';
import { RequestDecider } from '../decision/request-decider.js';
import { isLater } from '../protocol/now-or-later.js';
import { isOver, type RawRequest, type RawResponse } from './exchange.js';
import { refusal } from './refusal.js';
import { ResponseHead } from './response-head.js';

/**
 * ANSWER: the first middleware of all. It answers preflights. It also refuses requests for `paths`, where no guard runs.
 */
@Injectable()
export class CorsMiddleware {
  constructor(
    private readonly inForce: PoliciesInForce,
    private readonly decider: RequestDecider,
    private readonly head: ResponseHead,
  ) {}

  /** To be called once the response head has been opened. */
  use(request: RawRequest, response: RawResponse, next: (error?: unknown) => void): void {
    if (!this.inForce.ready || !this.decider.decidesEarly(request)) {
      next();
      return;
    }
    const outcome = this.decider.decide(request);
    if (!isLater(outcome)) {
      this.#goOn(outcome, request, response, next);
      return;
    }
    outcome
      .then((later) => {
        // Meanwhile the client may have hung up, or a time limit of the application may have answered.
        if (!isOver(response)) this.#goOn(later, request, response, next);
      })
      .catch(next);
  }

  #goOn(
    outcome: Outcome,
    request: RawRequest,
    response: RawResponse,
    next: (error?: unknown) => void,
  ): void {
    this.head.settle(outcome, request, response);
    const { verdict, enforced, isEarly } = outcome;
    if (verdict.kind === 'preflight' && !isLeftToApplication(verdict)) {
      response.writeHead(preflightStatus(verdict), { 'Content-Length': '0' });
      response.end();
    } else if (
      verdict.kind !== 'preflight' &&
      verdict.reason !== undefined &&
      enforced &&
      isEarly
    ) {
      next(refusal(verdict.reason));
    } else {
      next();
    }
  }
}
