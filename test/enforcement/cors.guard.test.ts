import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Test } from '@nestjs/testing';
import { CorsGuard, CorsModule } from '../../src/index.js';

@Controller()
class ClosedController {
  @Get()
  find(): string {
    return 'closed';
  }
}

describe('The guard lets everything pass that is no HTTP request', () => {
  let app: INestApplication;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({
      imports: [CorsModule.forRoot({})],
      controllers: [ClosedController],
    }).compile();
    app = testing.createNestApplication();
    await app.init();
  });

  afterAll(() => app.close());

  it.each([
    ['a message of a microservice', 'rpc', [{ headers: { origin: 'https://evil.example' } }]],
    ['a message of a gateway', 'ws', [{}, {}]],
    ['a GraphQL field', 'graphql', [{}, {}, {}, {}]],
    ['a context called http without any argument', 'http', []],
    ['a context called http with a text', 'http', ['/start']],
    ['a context called http with null', 'http', [null]],
    ['a context called http with some other object', 'http', [{ update: 1 }]],
  ])('%s', (_name, type, args) => {
    const context = new ExecutionContextHost(args, ClosedController, () => undefined);
    context.setType(type);
    expect(app.get(CorsGuard).canActivate(context)).toBe(true);
  });

  it('but no request', async () => {
    const request = { method: 'GET', url: '/', headers: { origin: 'https://evil.example' } };
    const response = { writeHead: () => undefined };
    const context = new ExecutionContextHost(
      [request, response],
      ClosedController,

      ClosedController.prototype.find,
    );
    context.setType('http');
    await expect(app.get(CorsGuard).canActivate(context)).rejects.toThrow('origin-not-allowed');
  });
});
