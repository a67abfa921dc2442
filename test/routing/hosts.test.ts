import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { expect, test } from '@jest/globals';

import { createHostFilter } from '../../src/routing/host-filter.js';
import { routingTable } from './routing-table.js';
import { SECRET_CONSTRAINT } from './secret-constraint.js';

@Controller({ path: 'home', host: 'admin.example.com' })
class Admin {
  @Get() get() {}
}
@Controller({ path: 'home', host: [':tenant.example.com', /^x\d+\.test$/g] })
class Tenant {
  @Get() get() {}
}
@Controller('home')
class Everyone {
  @Get() get() {}
}

routingTable('host-bound controllers', { controllers: [Admin, Tenant, Everyone] }, [
  {
    on: 'express',
    request: 'GET /home',
    headers: { host: 'admin.example.com' },
    serves: 'Admin.get',
  },
  {
    on: 'express',
    request: 'GET /home',
    headers: { host: 'ADMIN.example.com:8080' },
    serves: 'Admin.get',
  },
  {
    on: 'express',
    request: 'GET /home',
    headers: { host: 'acme.example.com' },
    serves: 'Tenant.get',
  },
  { on: 'express', request: 'GET /home', headers: { host: 'x1.test' }, serves: 'Tenant.get' },
  { on: 'express', request: 'GET /home', headers: { host: 'x1.test' }, serves: 'Tenant.get' },
  {
    on: 'express',
    request: 'GET /home',
    headers: { host: 'a.b.example.com' },
    serves: 'Tenant.get',
  },
  { on: 'express', request: 'GET /home', headers: { host: 'elsewhere' }, serves: 'Everyone.get' },
]);

routingTable('a host-bound controller', { controllers: [Admin] }, [
  {
    request: 'GET /home',
    headers: { host: 'admin.example.com:80' },
    serves: 'Admin.get',
    methods: 'GET HEAD',
  },
  { request: 'GET /home', headers: { host: 'elsewhere' }, serves: 'none', methods: '' },
]);

@Controller('home')
class Constrained {
  @RouteConstraints({ host: 'admin.example.com' }) @Get() admin() {}
}
routingTable("Fastify's host constraint", { controllers: [Constrained, Everyone] }, [
  {
    on: 'fastify',
    request: 'GET /home',
    headers: { host: 'admin.example.com' },
    serves: 'Constrained.admin',
  },
  { on: 'fastify', request: 'GET /home', headers: { host: 'elsewhere' }, serves: 'Everyone.get' },
]);

@Controller('home')
class Guarded {
  @RouteConstraints({ host: 'admin.example.com', secret: 'a' }) @Get() admin() {}
}
routingTable(
  "Fastify's host constraint beside one of the application's own",
  () => ({
    controllers: [Guarded],
    httpAdapter: new FastifyAdapter({
      routerOptions: { constraints: { secret: SECRET_CONSTRAINT } },
    }),
  }),
  [
    { host: 'admin.example.com', secret: 'a', serves: 'Guarded.admin', here: ['Guarded.admin'] },
    { host: 'admin.example.com', secret: 'b', serves: 'none', here: ['Guarded.admin'] },
    { host: 'elsewhere', secret: 'a', serves: 'none', here: [] },
  ].map(({ host, secret, serves, here: candidates }) => ({
    on: 'fastify',
    request: 'GET /home',
    headers: { host, 'x-secret': secret },
    serves,
    described: candidates[0] ?? 'none',
    candidates,
  })),
);

test.each([
  [{ host: '[::1]:3000' }, undefined, true],
  [{ host: '[::1]' }, undefined, true],
  [{ ':authority': '[::1]:443' }, undefined, true],
  [{ host: 'elsewhere' }, '[::1]', true],
  [{ host: '[::1]' }, 'elsewhere', false],
  [{}, undefined, false],
])('headers %j and hostname %p are the host [::1]: %p', (headers, hostname, expected) => {
  const serves = createHostFilter(/^\[::1\]$/)!;
  expect(serves({ method: 'GET', url: '/', headers, hostname })).toBe(expected);
});

test('a request that names no host has an empty one', () => {
  const serves = createHostFilter(/^$/)!;
  expect(serves({ method: 'GET', url: '/', headers: {} })).toBe(true);
});
