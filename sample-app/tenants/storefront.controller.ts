import { Controller, Get, Sse, type MessageEvent } from '@nestjs/common';
import { map, type Observable } from 'rxjs';

import { Cors } from '../../src/index.js';
import { BooksService, type Book } from '../catalog/books.service.js';
import { StockService } from '../stock/stock.service.js';

/** Milliseconds until a page whose stream has ended asks again; left to themselves browsers wait for three or five seconds. */
const RETRY = 500;

/**
 * What tenants show in shops of their own, on domains of their own: hundreds of them, changing every day, and kept
 * in a database. The policy asks `TenantOriginRule`, and remembers what it said.
 *
 * Every tenant gets the same here. Where each has data of its own, the rule has to say whether the origin belongs
 * to *this* tenant, or one tenant's page could read what is another's.
 */
@Cors('tenants')
@Controller('storefront')
export class StorefrontController {
  constructor(
    private readonly books: BooksService,
    private readonly stock: StockService,
  ) {}

  @Get('books')
  list(): Book[] {
    return this.books.list();
  }

  /**
   * A stream outlives the decision that opened it. It ends when its origin is revoked, within a second; the page asks
   * again `RETRY` later, and is refused.
   */
  @Sse('stock')
  live(): Observable<MessageEvent> {
    return this.stock.changes().pipe(map((level) => ({ data: level, retry: RETRY })));
  }
}
