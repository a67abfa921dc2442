import {
  ForbiddenException,
  type HttpException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { REFUSAL_MESSAGES } from '../protocol/decision/message.js';
import { type CorsRefusalReason, refusalStatus } from '../protocol/decision/verdict.js';

/** What a refused client gets, through Nest's exception layer. */
export function refusal(reason: CorsRefusalReason): HttpException {
  const message = REFUSAL_MESSAGES[reason];
  return refusalStatus(reason) === 503
    ? new ServiceUnavailableException(message)
    : new ForbiddenException(message);
}
