import { Controller, Sse, type MessageEvent } from '@nestjs/common';
import { map, type Observable } from 'rxjs';

import { Cors } from '../../src/index.js';
import { StockService } from './stock.service.js';

/**
 * Live stock, for the shop's and the partners' pages.
 *
 * `EventSource` makes a plain CORS GET: no preflight, so it is the guard that holds this, and the headers have to
 * stand before the first event is written. A refused page gets one `error` event and no second try.
 */
@Cors('live')
@Controller('stock')
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Sse('live')
  live(): Observable<MessageEvent> {
    return this.stock.changes().pipe(map((level) => ({ data: level })));
  }
}
