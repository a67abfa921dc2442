import { Body, Controller, Delete, Get, Header, Headers, HttpCode, Patch } from '@nestjs/common';
import { Post, Put, Query, Redirect, Res } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { Cors, CorsModule } from '../../src/index.js';
import { SHOP } from '../harness/origins.js';
import type { AppSetup } from '../harness/start-app.js';

export const API = 'https://api.example.com';

interface RawResponse {
  readonly raw?: RawResponse;
  setHeader(name: string, value: string | string[]): void;
}

@Controller('books')
export class BooksController {
  @Get()
  @Header('X-Total-Count', '2')
  @Header('X-Secret', 'yes')
  list(@Headers() headers: IncomingHttpHeaders) {
    return { headers };
  }

  @Put(':id')
  update(@Body() body: unknown, @Headers() headers: IncomingHttpHeaders) {
    return { body, headers };
  }

  @Patch(':id')
  patch() {
    return {};
  }

  @Delete(':id')
  @HttpCode(204)
  remove() {}

  @Post()
  create(@Body() body: unknown, @Headers() headers: IncomingHttpHeaders) {
    return { body, type: headers['content-type'] };
  }

  @Cors({ credentials: false, origin: '*' })
  @Get('open')
  open() {
    return 'open';
  }

  @Get('cookies')
  cookies(
    @Query('set') set: string | string[] | undefined,
    @Headers('cookie') cookie: string | undefined,
    @Res({ passthrough: true }) response: RawResponse,
  ) {
    if (set !== undefined) (response.raw ?? response).setHeader('Set-Cookie', set);
    return { cookie: cookie ?? '' };
  }

  @Get('moved')
  @Redirect()
  moved(@Query('to') url: string, @Query('status') status = '302') {
    return { url, statusCode: Number(status) };
  }

  @Post('moved')
  @Redirect()
  movedPost(@Query('to') url: string, @Query('status') status = '302') {
    return { url, statusCode: Number(status) };
  }
}

/** A small API for the pages of one shop, with cookies. */
export const COOKBOOK: AppSetup = {
  imports: [
    CorsModule.forRoot({
      origin: SHOP,
      credentials: true,
      exposedHeaders: ['X-Total-Count'],
      maxAge: 600,
    }),
  ],
  controllers: [BooksController],
};
