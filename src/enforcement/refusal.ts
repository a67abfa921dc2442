import {
  ForbiddenException,
  type HttpException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { REFUSAL_MESSAGES } from '../protocol/decision/message.js';
import { type CorsRefusalReason, refusalStatus } from '../protocol/decision/verdict.js';

const TEMPLATES = new Map<CorsRefusalReason, HttpException>();

function templateOf(reason: CorsRefusalReason): HttpException {
  let template = TEMPLATES.get(reason);
  if (template === undefined) {
    const message = REFUSAL_MESSAGES[reason];
    template =
      refusalStatus(reason) === 503
        ? new ServiceUnavailableException(message)
        : new ForbiddenException(message);
    TEMPLATES.set(reason, template);
  }
  return template;
}

/**
 * What a refused client gets, through Nest's exception layer. It carries `statusCode` for the error handlers of Express
 * and Fastify, which know nothing of Nest's exceptions.
 *
 * Every refusal has an object and a body of its own, which filters may write to. What all of one reason have in common
 * is inherited, the stack above all: where a refusal is made says nothing, and to find that out takes 5 of 85 µs.
 */
export function refusal(reason: CorsRefusalReason): HttpException & { statusCode: number } {
  const template = templateOf(reason);
  const own: HttpException = Object.create(template) as HttpException;
  return Object.assign(own, {
    response: { ...Object(template.getResponse()) } as object,
    statusCode: template.getStatus(),
  });
}
