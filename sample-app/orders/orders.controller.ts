import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { BearerToken } from '../auth/bearer-token.guard.js';
import { OrdersService, type Order } from './orders.service.js';

/**
 * Orders that partners place from their own pages, on their own domains.
 *
 * A named policy, because two controllers share it (see reports/) and its origins are not known when this is
 * written: `partners` asks the provider `PartnerOrigins`. A page that no partner runs gets a 403 in the
 * preflight already; its order never arrives.
 */
@Cors('partners')
@UseGuards(BearerToken('partnerToken'))
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(): Order[] {
    return this.orders.list();
  }

  /** `Idempotency-Key` may be sent because `allowedHeaders` names it, `Location` read because it is exposed. */
  @Post()
  place(
    @Body() body: unknown,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): Order {
    const order = this.orders.place(readBookId(body), idempotencyKey);
    reply.header('Location', `/orders/${order.id}`);
    return order;
  }

  /** Routed, but outside the policy's `methods`: our own servers cancel orders, pages never do. */
  @Delete(':id')
  @HttpCode(204)
  cancel(@Param('id', ParseIntPipe) id: number): void {
    this.orders.cancel(id);
  }
}

function readBookId(body: unknown): number {
  const { bookId } = (body ?? {}) as { bookId?: unknown };
  if (typeof bookId === 'number' && Number.isInteger(bookId)) return bookId;
  throw new BadRequestException('An order needs a bookId.');
}
