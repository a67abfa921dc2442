import {
  ForbiddenException,
  type HttpException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { REFUSAL_MESSAGES } from '../protocol/decision/message.js';
import { type CorsRefusalReason, refusalStatus } from '../protocol/decision/verdict.js';

/**
 * What a refused client gets, through Nest's exception layer. It carries `statusCode` for the error handlers of Express
 * and Fastify, which know nothing of Nest's exceptions.
 */
export function refusal(reason: CorsRefusalReason): HttpException & { statusCode: number } {
  const message = REFUSAL_MESSAGES[reason];
  const statusCode = refusalStatus(reason);
  const exception =
    statusCode === 503 ? new ServiceUnavailableException(message) : new ForbiddenException(message);
  return Object.assign(exception, { statusCode });
}
