import {
  ForbiddenException,
  type HttpException,
  Injectable,
  ServiceUnavailableException,
} from '@nestjs/common';
import { isLeftToApplication, preflightStatus } from '../decision/cors-decision.js';
import { CorsInterceptor } from './response-head.js';
import { CorsPolicies, type Outcome } from '../decision/request-decider.js';
import { isOver, type RawRequest, type RawResponse } from './exchange.js';
import { type CorsRefusalReason, refusalStatus } from '../protocol/decision/decision.js';
import { REFUSAL_MESSAGES } from '../protocol/decision/message.js';

/** What a refused client gets, through Nest's exception layer. */
export function refusal(reason: CorsRefusalReason): HttpException {
  const message = REFUSAL_MESSAGES[reason];
  const { stackTraceLimit } = Error;
  // Where it is made says nothing, and finding that out would be what a refusal costs most.
  Error.stackTraceLimit = 0;
  try {
    return refusalStatus(reason) === 503
      ? new ServiceUnavailableException(message)
      : new ForbiddenException(message);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * ANSWER: first in the chain. It answers preflights, has every other response carry the headers of the
 * decision, and holds refusals against requests for `paths`, where no guard runs.
 */
@Injectable()
export class CorsMiddleware {
  constructor(
    private readonly policies: CorsPolicies,
    private readonly interceptor: CorsInterceptor,
  ) {}

  /** To be called once the interceptor has seen the request. */
  use(request: RawRequest, response: RawResponse, next: (error?: unknown) => void): void {
    const { policies } = this;
    if (!policies.ready || !policies.decidesEarly(request)) {
      next();
      return;
    }
    const outcome = policies.decide(request);
    if (outcome instanceof Promise) {
      outcome
        .then((later) => {
          // Somebody may have lost patience, the client or the application.
          if (!isOver(response)) this.#goOn(later, request, response, next);
        })
        .catch(next);
    } else {
      this.#goOn(outcome, request, response, next);
    }
  }

  #goOn(
    outcome: Outcome,
    request: RawRequest,
    response: RawResponse,
    next: (error?: unknown) => void,
  ): void {
    this.interceptor.settle(outcome, request, response);
    const { verdict, route, enforced } = outcome;
    if (verdict.kind === 'preflight' && !isLeftToApplication(verdict)) {
      response.writeHead(preflightStatus(outcome), { 'Content-Length': '0' });
      response.end();
    } else if (verdict.kind === 'actual' && verdict.reason !== undefined && enforced && !route) {
      next(refusal(verdict.reason));
    } else {
      next();
    }
  }
}
