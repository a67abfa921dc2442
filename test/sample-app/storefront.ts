import { expect, jest } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import type { Environment } from '../../sample-app/config.js';
import { CorsPolicyService } from '../../src/index.js';
import { until } from '../harness/until.js';

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };

/** One running bookshop, as administrators and tenants' pages meet it. */
export class Storefront {
  readonly #forgetOrigin: jest.SpiedFunction<CorsPolicyService['forgetOrigin']>;

  private constructor(private readonly bookshop: Bookshop) {
    this.#forgetOrigin = jest.spyOn(bookshop.app.get(CorsPolicyService), 'forgetOrigin');
  }

  static async open(
    environment: Environment,
    log: 'silent' | 'as with npm start' = 'silent',
  ): Promise<Storefront> {
    const settings = { ...ANY_PORTS, ...environment };
    return new Storefront(
      await (log === 'silent' ? openBookshop(settings, { logger: false }) : openBookshop(settings)),
    );
  }

  get url(): string {
    return this.bookshop.api;
  }

  close(): Promise<void> {
    return this.bookshop.close();
  }

  /** The status that a page of this origin gets, which it can read if and only if it is 200. */
  async visit(origin: string, path = '/storefront/books'): Promise<number> {
    const { status, headers } = await fetch(`${this.url}${path}`, { headers: { origin } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([
      status,
      status === 200 ? origin : null,
    ]);
    return status;
  }

  async administer(
    method: 'GET' | 'POST' | 'DELETE',
    path = '',
    body?: unknown,
    headers: Readonly<Record<string, string>> = { authorization: 'Bearer admin-demo-token' },
  ): Promise<{ status: number; type: string | null; body: unknown }> {
    const answer = await fetch(`${this.url}/admin/tenant-origins${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async add(origin: string): Promise<void> {
    const { status } = await this.administer('POST', '', { tenant: 'acme', origin });
    expect(status).toBe(201);
  }

  /** Waits until it allows an origin, and has heard that it was added, which makes it forget the origin once more. */
  async remembers(origin: string): Promise<void> {
    await until(true, () => this.#forgetOrigin.mock.calls.some(([given]) => given === origin));
    await until(200, () => this.visit(origin));
  }

  async revoke(origin: string): Promise<void> {
    const { body } = await this.administer('GET');
    const found = (body as { id: number; origin: string }[]).find((one) => one.origin === origin);
    const { status } = await this.administer('DELETE', `/${found?.id}`);
    expect(status).toBe(204);
  }

  /** Opens the live stream from a page of this origin; resolves once its first event is there. */
  async watch(origin: string): Promise<Watched> {
    const answer = await fetch(`${this.url}/storefront/stock`, { headers: { origin } });
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    await reader?.read();
    const watched: Watched = {
      ended: false,
      close: () => reader?.cancel().catch(() => {}) ?? Promise.resolve(),
    };
    void (async () => {
      try {
        while (!(await reader?.read())?.done);
      } catch {
        // Cut off in the middle.
      }
      watched.ended = true;
    })();
    return watched;
  }
}

export interface Watched {
  ended: boolean;
  close(): Promise<void>;
}
