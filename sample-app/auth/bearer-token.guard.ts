import type { IncomingHttpHeaders } from 'node:http';

import {
  Injectable,
  mixin,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { BookshopSettings } from '../config.js';

/**
 * A guard that wants `Authorization: Bearer …` with the token under this setting.
 *
 * A CORS policy keeps *pages* out; scripts, servers and `curl` send no `Origin`, or any they like. Whatever has
 * to be kept from them too needs a check of its own, as here.
 */
export function BearerToken(setting: 'partnerToken' | 'adminToken'): Type<CanActivate> {
  @Injectable()
  class BearerTokenGuard implements CanActivate {
    constructor(private readonly config: ConfigService<BookshopSettings, true>) {}

    canActivate(context: ExecutionContext): boolean {
      const { headers } = context
        .switchToHttp()
        .getRequest<{ readonly headers: IncomingHttpHeaders }>();
      if (headers.authorization === `Bearer ${this.config.get(setting, { infer: true })}`)
        return true;
      throw new UnauthorizedException('This needs a bearer token.');
    }
  }
  return mixin(BearerTokenGuard);
}
