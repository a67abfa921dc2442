import { afterEach, expect, test } from '@jest/globals';
import { Controller, Get, type LoggerService } from '@nestjs/common';
import { Cors, CorsModule, CorsPolicyService } from '../../src/index.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

const EVIL = 'https://evil.example';

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Cors({
    origin: () => {
      throw new Error('The database is away.');
    },
  })
  @Get('failing')
  failing() {
    return 'failing';
  }
}

let app: RunningApp | undefined;
afterEach(() => app?.close());

test.each(ADAPTERS)(
  'Loggers can tell by the context CorsModule what comes from here, on %s.',
  async (adapter) => {
    const lines: { level: string; text: string; context: unknown }[] = [];
    const at =
      (level: string) =>
      (message: unknown, ...others: unknown[]): void => {
        lines.push({ level, text: String(message), context: others.at(-1) });
      };
    const logger: LoggerService = { log: at('log'), warn: at('warn'), error: at('error') };
    app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: 'https://*.example.com', credentials: true })],
      controllers: [BooksController],
      nest: { logger },
    });
    await app.send({ path: '/books', headers: { origin: EVIL } });
    await app.send({ path: '/books/failing', headers: { origin: EVIL } });
    app.nest.get(CorsPolicyService).trustedOrigins();
    const ours = lines.filter(({ context }) => context === 'CorsModule');
    expect(ours).toMatchObject([
      { level: 'log', text: expect.stringMatching(/^2 routes: /) },
      { level: 'warn', text: expect.stringContaining(`does not allow the origin "${EVIL}"`) },
      { level: 'error', text: expect.stringContaining('The database is away.') },
      { level: 'warn', text: expect.stringContaining('BooksController.failing') },
      { level: 'warn', text: expect.stringContaining('trustedOrigins() cannot list') },
    ]);
  },
);
