import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { Cors } from '../../src/index.js';
import type { BookshopSettings } from '../config.js';
import { textField } from '../text-field.js';
import { CsrfGuard } from './csrf.guard.js';
import { endedSessionCookie, sessionCookie } from './session-cookie.js';
import { CurrentSession, SessionGuard } from './session.guard.js';
import { SessionsService, type Session } from './sessions.service.js';

/** What Express's response and Fastify's reply have in common here. */
interface Reply {
  header(name: string, value: string): unknown;
}

type Account = Pick<Session, 'name' | 'address' | 'newsletter' | 'csrfToken'>;

/**
 * The customer's account, for the shop's own front end.
 *
 * `@Cors()` names the module's defaults: the shop's origins, with credentials. Without the decorator the routes
 * would get the same; written down, nobody has to wonder whether it was forgotten. The origins are a list of
 * names and never `*`: a policy with credentials for everybody would let any page read the account of whoever
 * happens to look at it, and does not start.
 */
@Cors()
@Controller('account')
export class AccountController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly config: ConfigService<BookshopSettings, true>,
  ) {}

  /** Any name will do here. A real shop asks for a password, or better a passkey. */
  @Post('session')
  @HttpCode(200)
  signIn(@Body() body: unknown, @Res({ passthrough: true }) reply: Reply): Account {
    const name = textField(body, 'name');
    if (name === undefined) throw new BadRequestException('Signing in needs a name.');
    const session = this.sessions.open(name);
    const secure = this.config.get('secureCookies', { infer: true });
    reply.header('Set-Cookie', sessionCookie(session.id, secure));
    return toAccount(session);
  }

  @UseGuards(SessionGuard, CsrfGuard)
  @Delete('session')
  @HttpCode(204)
  signOut(@CurrentSession() session: Session, @Res({ passthrough: true }) reply: Reply): void {
    this.sessions.close(session.id);
    reply.header('Set-Cookie', endedSessionCookie());
  }

  @UseGuards(SessionGuard)
  @Get()
  read(@CurrentSession() session: Session): Account {
    return toAccount(session);
  }

  @UseGuards(SessionGuard, CsrfGuard)
  @Put('address')
  setAddress(@CurrentSession() session: Session, @Body() body: unknown): Account {
    const address = textField(body, 'address');
    if (address === undefined) throw new BadRequestException('This is no address.');
    session.address = address;
    return toAccount(session);
  }

  @UseGuards(SessionGuard, CsrfGuard)
  @Delete('address')
  forgetAddress(@CurrentSession() session: Session): Account {
    session.address = undefined;
    return toAccount(session);
  }

  @UseGuards(SessionGuard, CsrfGuard)
  @Patch('newsletter')
  toggleNewsletter(@CurrentSession() session: Session): Account {
    session.newsletter = !session.newsletter;
    return toAccount(session);
  }
}

function toAccount({ name, address, newsletter, csrfToken }: Session): Account {
  return { name, address, newsletter, csrfToken };
}
