import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CorsModule } from '../../../src/index.js';

/** An application with one problem, as people start one: what stops it is caught by nobody. */
async function main(): Promise<void> {
  const module = CorsModule.forRoot({ origin: 'without-scheme.example' });
  const app = await NestFactory.create(module, new ExpressAdapter(), { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
}

void main();
