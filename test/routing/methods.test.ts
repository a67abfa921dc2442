import {
  All,
  Controller,
  Get,
  Head,
  Options,
  Post,
  RequestMapping,
  RequestMethod,
} from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { METHODS } from 'node:http';

import { startRoutedApp, label } from './routed-app.js';
import { routingTable } from './routing-table.js';

/** Node 20 has no QUERY, and Express routes what Node has. */
const NAMES = Object.keys(RequestMethod)
  .filter((name) => Number.isNaN(Number(name)))
  .filter((name) => name === 'ALL' || METHODS.includes(name));

@Controller('each')
class Each {}
for (const name of NAMES.filter((name) => name !== 'ALL' && name !== 'HEAD')) {
  const descriptor = { value: () => name, configurable: true };
  Object.defineProperty(descriptor.value, 'name', { value: name });
  Object.defineProperty(Each.prototype, name, descriptor);
  const method = RequestMethod[name as keyof typeof RequestMethod];
  RequestMapping({ method, path: '' })(Each.prototype, name, descriptor);
}

routingTable(
  'every RequestMethod',
  { controllers: [Each] },
  NAMES.filter((name) => name !== 'ALL').map((name) => ({
    request: `${name} /each`,
    // Fastify asks for the type of a QUERY's content, even if there is none.
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' },
    serves: name === 'HEAD' ? 'Each.GET' : `Each.${name}`,
  })),
);

@Controller('any')
class Any {
  @All() all() {}
}
@Controller('heads')
class Heads {
  @Head() head() {}
  @Get() get() {}
  @Options() options() {}
}
@Controller('posts')
class Posts {
  @Post() post() {}
}

routingTable('@All(), @Head() and @Options()', { controllers: [Any, Heads, Posts] }, [
  { request: 'GET /any', serves: 'Any.all', methods: 'GET HEAD POST PUT PATCH DELETE OPTIONS' },
  { request: 'HEAD /any', serves: 'Any.all' },
  { request: 'OPTIONS /any', serves: 'Any.all' },
  { request: 'PROPFIND /any', serves: 'Any.all' },
  { request: 'HEAD /heads', serves: 'Heads.head', methods: 'GET HEAD OPTIONS' },
  { request: 'GET /heads', serves: 'Heads.get' },
  { request: 'OPTIONS /heads', serves: 'Heads.options' },
  { request: 'OPTIONS /posts', serves: 'none', methods: 'POST' },
  { request: 'HEAD /posts', serves: 'none' },
]);

test.each([
  ['express', () => new ExpressAdapter()],
  ['fastify', () => new FastifyAdapter()],
] as const)(
  'methods are case-sensitive and unknown ones served by nobody, on %s',
  async (_, make) => {
    const app = await startRoutedApp({ httpAdapter: make(), controllers: [Any] });
    for (const method of ['patch', 'Get', 'FOO', '']) {
      const request = { method, url: '/any', headers: {} };
      expect([method, label(app.table.find(request))]).toEqual([method, 'none']);
      expect([method, app.table.at(request, method).candidates]).toEqual([method, []]);
    }
    await app.close();
  },
);

@Controller('odd')
class Odd {
  @RequestMapping({ method: 99 as unknown as RequestMethod, path: 'method' }) odd() {}
  @Get('get') get() {}
}
test('a handler of a method that Nest does not know is middleware to it, and no route', async () => {
  const app = await startRoutedApp({ httpAdapter: new ExpressAdapter(), controllers: [Odd] });
  expect(app.table.routes.map(label)).toEqual(['Odd.get']);
  await app.close();
});
