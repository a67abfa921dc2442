import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Redirect,
  UseGuards,
} from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { CsrfGuard } from '../account/csrf.guard.js';
import { CurrentSession, SessionGuard } from '../account/session.guard.js';
import type { Session } from '../account/sessions.service.js';
import { textField } from '../text-field.js';
import { BooksService, type Book, type Review } from './books.service.js';

/**
 * The public catalog: the shop's own pages read it with the customer's session, and a price comparison, a reading
 * club's page, anybody may show our books.
 *
 * Of several policies, the first one holds that allows the origin. So the shop's pages get credentials, and everybody
 * else `Access-Control-Allow-Origin: *`. That is safe exactly because it goes without credentials: every page gets what
 * `curl` would get. Another page that sends cookies along (`credentials: 'include'`) is refused by the browser, and by
 * the server too as soon as there is a cookie.
 */
@Cors(['shop', 'public'])
@Controller('catalog')
export class CatalogController {
  constructor(private readonly books: BooksService) {}

  @Get()
  list(@Query('limit', new ParseIntPipe({ optional: true })) limit?: number): Book[] {
    return this.books.list(limit);
  }

  /** A redirect is an answer like any other: the browser wants CORS headers on it before it follows. */
  @Get('latest')
  @Redirect()
  latest(): { url: string; statusCode: number } {
    return { url: `/catalog/${this.books.latest().id}`, statusCode: 302 };
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number): Book {
    return this.books.find(id);
  }

  @Get(':id/reviews')
  reviews(@Param('id', ParseIntPipe) id: number): readonly Review[] {
    return this.books.reviewsOf(id);
  }

  /**
   * The same URL under another method, for somebody else: everybody reads reviews, customers on the shop's own
   * pages write them. `@Cors()` starts over from the module's defaults, so that nothing of the list is left.
   */
  @Cors()
  @UseGuards(SessionGuard, CsrfGuard)
  @Post(':id/reviews')
  addReview(
    @Param('id', ParseIntPipe) id: number,
    @Body() body: unknown,
    @CurrentSession() session: Session,
  ): Review {
    const text = textField(body, 'text');
    if (text === undefined) throw new BadRequestException('A review needs a text.');
    return this.books.addReview(id, { customer: session.name, text });
  }
}
