import { Catch, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { CorsConfigurationError } from '../../src/index.js';

/**
 * Tells people what is wrong with what they entered: problem details (RFC 9457), one entry for each issue, with the
 * hint that gives the corrected spelling. `pointer` says where in the request's body it stands, for forms.
 */
@Catch(CorsConfigurationError)
export class ConfigurationProblemFilter implements ExceptionFilter<CorsConfigurationError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch({ issues }: CorsConfigurationError, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const problem = {
      type: 'https://bookshop.example/problems/origin',
      title: 'This cannot be allowed as an origin.',
      status: HttpStatus.UNPROCESSABLE_ENTITY,
      detail: issues.map(({ message, hint }) => `${message} ${hint}`).join(' '),
      errors: issues.map(({ code, field, message, hint }) => {
        return { pointer: `#/${field}`, code, detail: message, hint };
      }),
    };
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json');
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }
}
