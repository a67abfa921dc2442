import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { openBookshop, PortInUseError } from '../../sample-app/bookshop.js';
import { readSettings } from '../../sample-app/config.js';

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };
const QUIET = { logger: false } as const;

describe.each(['express', 'fastify'])('the bookshop on %s', (adapter) => {
  test.each(['PORT', 'SHOP_PORT', 'STRANGER_PORT'])(
    'names %s when that port is taken, and leaves no other open',
    async (variable) => {
      const first = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
      const { port } = new URL(first.api);
      const second = openBookshop({ ...ANY_PORTS, ADAPTER: adapter, [variable]: port }, QUIET);
      await expect(second).rejects.toThrow(PortInUseError);
      await expect(second).rejects.toThrow(`Port ${port} is taken. Name another one: ${variable}=`);
      await first.close();
    },
  );

  test('closes while somebody watches the live stock', async () => {
    const bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
    const stream = await fetch(`${bookshop.api}/stock/live`);
    const reader = stream.body?.getReader();
    await reader?.read();
    await bookshop.close();
    await reader?.cancel().catch(() => {});
    await expect(fetch(bookshop.api)).rejects.toThrow();
  });

  test('goes on after a request for what no URL has as its path', async () => {
    const bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
    const pages = bookshop.visitors.map(({ origin }) => origin);
    for (const server of [bookshop.api, ...pages]) {
      for (const path of ['//', '///x', '/%', '//:0/']) await fetch(server + path);
      expect((await fetch(server)).status).toBe(200);
    }
    await bookshop.close();
  });

  test('serves the playground with everything that its page refers to', async () => {
    const bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
    const page = bookshop.visitors[0]?.origin ?? '';
    const html = await (await fetch(page)).text();
    const files = [...html.matchAll(/(?:href|src)="(?!https?:|#|data:)([^"]+)"/g)].map(
      ([, file = '']) => file,
    );
    const statuses = await Promise.all(
      files.map(async (file) => [file, (await fetch(new URL(file, page))).status]),
    );
    await bookshop.close();
    expect(Object.fromEntries(statuses)).toEqual({
      '/playground.css': 200,
      '/icon.svg': 200,
      '/playground.js': 200,
    });
  });

  test('opens with a page that leads to the explorer and to each of the origins', async () => {
    const bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
    const html = await (await fetch(bookshop.api)).text();
    const links = [...html.matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => href);
    const statuses = await Promise.all(
      [...links, '/home.css'].map(
        async (href) => [href, (await fetch(new URL(href, bookshop.api))).status] as const,
      ),
    );
    const stranger = await fetch(bookshop.api, { headers: { origin: 'https://evil.example' } });
    await bookshop.close();
    expect(Object.fromEntries(statuses)).toEqual({
      ...Object.fromEntries(bookshop.visitors.map(({ origin }) => [origin, 200])),
      '/cors': 200,
      '/catalog': 200,
      '/home.css': 200,
    });
    expect(stranger.status).toBe(403);
  });

  test.each([
    ['POST', '/results?scenario=catalog-list'],
    ['DELETE', '/results'],
    ['POST', '/tenants?visitor=stranger'],
    ['POST', '/predictions'],
  ])('lets no page of another origin %s %s at the playground', async (method, path) => {
    const bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, QUIET);
    const [shop, partner] = bookshop.visitors;
    const answer = await fetch(`${shop?.origin ?? ''}${path}`, {
      method,
      headers: { origin: partner?.origin ?? '' },
    });
    await bookshop.close();
    expect(answer.status).toBe(403);
  });

  test('takes the origins of its front ends from the environment', async () => {
    const bookshop = await openBookshop(
      {
        ...ANY_PORTS,
        ADAPTER: adapter,
        SHOP_ORIGINS: 'https://shop.example.com, https://m.shop.example.com',
      },
      QUIET,
    );
    const allowed = async (origin: string) => {
      const answer = await fetch(`${bookshop.api}/account`, { headers: { origin } });
      return answer.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://m.shop.example.com')).toBe('https://m.shop.example.com');
    expect(await allowed(bookshop.visitors[0]?.origin ?? '')).toBeNull();
    await bookshop.close();
  });

  test('does not start with origins that are none', async () => {
    await expect(
      openBookshop(
        { ...ANY_PORTS, ADAPTER: adapter, SHOP_ORIGINS: 'https://shop.example.com/' },
        QUIET,
      ),
    ).rejects.toThrow('https://shop.example.com');
  });
});

describe('the settings', () => {
  test('have defaults that work', () => {
    expect(readSettings({})).toMatchObject({
      port: 3000,
      shopOrigins: ['http://localhost:3001'],
      partnerOrigins: ['http://localhost:3002'],
      secureCookies: false,
    });
  });

  test.each([
    [{ PORT: 'eighty' }, 'PORT must be a port number from 0 to 65535, not "eighty".'],
    [{ STRANGER_PORT: '70000' }, 'STRANGER_PORT must be a port number'],
    [{ ADAPTER: 'koa' }, 'ADAPTER must be "express" or "fastify", not "koa".'],
    [{ NODE_ENV: 'production', ADMIN_TOKEN: 'x' }, 'PARTNER_TOKEN must be set in production.'],
  ])('say what is wrong with %j', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});
