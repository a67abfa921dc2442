import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { map, Subject, takeUntil, timer, type Observable } from 'rxjs';

import { BooksService } from '../catalog/books.service.js';

export interface StockLevel {
  readonly bookId: number;
  readonly copies: number;
}

const SECONDS_BETWEEN_CHANGES = 2;

@Injectable()
export class StockService implements OnModuleDestroy {
  private readonly closing = new Subject<void>();

  constructor(private readonly books: BooksService) {}

  /** One level at once, then one every other second, as if somebody were buying. */
  changes(): Observable<StockLevel> {
    return timer(0, SECONDS_BETWEEN_CHANGES * 1000).pipe(
      takeUntil(this.closing),
      map((tick) => {
        const books = this.books.list();
        return { bookId: books[tick % books.length]?.id ?? 0, copies: 12 - (tick % 12) };
      }),
    );
  }

  /** A stream has no end of its own, and a server waits for its open answers: end them, so that it may stop. */
  onModuleDestroy(): void {
    this.closing.next();
  }
}
