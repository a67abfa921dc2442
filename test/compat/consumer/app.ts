import 'reflect-metadata';
import {
  Body,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Put,
  Sse,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { of } from 'rxjs';
import { CorsExplorerModule } from '../../../src/explorer/index.js';
import {
  Cors,
  CorsModule,
  type CorsModuleOptions,
  type CorsOriginResolver,
} from '../../../src/index.js';

@Injectable()
export class PartnerOrigins implements CorsOriginResolver {
  isOriginAllowed(origin: string): Promise<boolean> {
    return Promise.resolve(origin === 'https://partner.example.org');
  }
}

export const OPTIONS = {
  origin: [
    'https://app.example.com',
    'https://*.preview.example.com',
    /^https:\/\/pr-\d{1,5}\.example\.com$/,
  ],
  credentials: true,
  exposedHeaders: ['X-Request-Id'],
  policies: {
    public: { origin: '*', credentials: false, exposedHeaders: [] },
    partners: { origin: PartnerOrigins, credentials: false, maxAge: 60 },
  },
  paths: [{ path: '/graphql', policy: 'public' }],
} satisfies CorsModuleOptions;

@Controller('account')
export class AccountController {
  @Get() read() {
    return { name: 'Ada' };
  }
  @Header('Vary', 'Accept-Language') @Put(':id') replace(
    @Param('id') id: string,
    @Body() body: object,
  ) {
    return { id, body };
  }
  @Sse('events') events() {
    return of({ data: 'tick' });
  }
  @Get('missing') missing() {
    throw new NotFoundException();
  }
}

@Cors('public')
@Controller('catalog')
export class CatalogController {
  @Get() list() {
    return ['Middlemarch'];
  }
  @Cors((inherited) => ({ exposedHeaders: [...inherited.exposedHeaders, 'X-Total-Count'] }))
  @Get('search')
  search() {
    return [];
  }
  @Cors(false) @Delete(':id') remove() {
    return {};
  }
  @Cors() @Post() add() {
    return {};
  }
}

@Cors('partners')
@Controller('orders')
export class OrdersController {
  @Get() list() {
    return [];
  }
}

/** Registered before the guard of CorsModule, which runs first all the same. */
@Injectable()
export class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    if (headers['x-expired'] !== undefined) throw new UnauthorizedException();
    return true;
  }
}

@Module({
  imports: [CorsModule.forRoot(OPTIONS), CorsExplorerModule.forRoot()],
  controllers: [AccountController, CatalogController, OrdersController],
  providers: [PartnerOrigins, { provide: APP_GUARD, useClass: SessionGuard }],
})
export class AppModule {}
