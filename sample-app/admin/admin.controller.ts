import { Controller, Delete, Get, HttpCode, Param, ParseIntPipe, UseGuards } from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { BearerToken } from '../auth/bearer-token.guard.js';
import { BooksService } from '../catalog/books.service.js';

/**
 * For scripts and for pages that the API itself serves; no page of another origin has any business here.
 *
 * `@Cors(false)` shuts them out, the shop's own front end included, and even where a token leaked into one.
 * Same-origin pages are not the business of CORS and are never refused. And it is not what protects the routes
 * from everybody else: that is the token, since whoever is no browser need not send an `Origin`.
 */
@Cors(false)
@UseGuards(BearerToken('adminToken'))
@Controller('admin')
export class AdminController {
  constructor(private readonly books: BooksService) {}

  @Get('stats')
  stats(): { books: number; upForSeconds: number } {
    return { books: this.books.list().length, upForSeconds: Math.round(process.uptime()) };
  }

  @Delete('books/:id')
  @HttpCode(204)
  remove(@Param('id', ParseIntPipe) id: number): void {
    this.books.remove(id);
  }
}
