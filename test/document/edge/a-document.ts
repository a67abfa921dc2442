import { Controller, Delete, Get, Module, Post, Put, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsModule, type CorsModuleOptions, CorsPolicyService } from '../../../src/index.js';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import { SHOP } from '../../harness/origins.js';

@Controller('books')
export class BooksController {
  @Get() list() {}
  @Cors(['shop', 'public']) @Get('latest') latest() {}
  @Get(':id') read() {}
  @Put(':id') update() {}
  @Cors({ origin: 'https://admin.example.com' }) @Delete(':id') remove() {}
}

@Cors('asked')
@Controller('orders')
export class OrdersController {
  @Post() place() {}
}

export const POLICIES: CorsModuleOptions = {
  origin: SHOP,
  credentials: true,
  policies: {
    shop: {},
    public: { origin: '*', credentials: false, allowedHeaders: '*' },
    asked: {
      origin: function partners() {
        return true;
      },
    },
  },
};

/** The document of an application that is never asked anything. */
export async function documentOf(
  options: CorsModuleOptions,
  controllers: Type[],
  adapter: 'express' | 'fastify' = 'express',
): Promise<CorsDocument> {
  class AppModule {}
  Module({ imports: [CorsModule.forRoot(options)], controllers })(AppModule);
  const app = await NestFactory.create(
    AppModule,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  await app.init();
  try {
    return app.get(CorsPolicyService).document();
  } finally {
    await app.close();
  }
}
