import { Module } from '@nestjs/common';

import { AccountController } from './account.controller.js';
import { CsrfGuard } from './csrf.guard.js';
import { SessionGuard } from './session.guard.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [AccountController],
  providers: [SessionsService, SessionGuard, CsrfGuard],
  exports: [SessionsService, SessionGuard, CsrfGuard],
})
export class AccountModule {}
