import { Injectable, NotFoundException } from '@nestjs/common';

export interface Order {
  readonly id: number;
  readonly bookId: number;
}

/** Keeps the demo's memory bounded; the oldest order is forgotten first. */
const ORDERS_KEPT = 50;

@Injectable()
export class OrdersService {
  private readonly orders = new Map<number, Order>();
  private readonly idsByKey = new Map<string, number>();
  private lastId = 1000;

  list(): Order[] {
    return [...this.orders.values()];
  }

  /** The same key, the same order: a partner whose connection broke may simply try again. */
  place(bookId: number, idempotencyKey?: string): Order {
    const known = idempotencyKey === undefined ? undefined : this.idsByKey.get(idempotencyKey);
    const earlier = known === undefined ? undefined : this.orders.get(known);
    if (earlier) return earlier;

    const order: Order = { id: ++this.lastId, bookId };
    this.orders.set(order.id, order);
    if (idempotencyKey !== undefined) this.idsByKey.set(idempotencyKey, order.id);
    forgetOldest(this.orders);
    forgetOldest(this.idsByKey);
    return order;
  }

  cancel(id: number): void {
    if (!this.orders.delete(id)) throw new NotFoundException(`There is no order ${id}.`);
  }
}

function forgetOldest<K, V>(map: Map<K, V>): void {
  for (const key of map.keys()) {
    if (map.size <= ORDERS_KEPT) return;
    map.delete(key);
  }
}
