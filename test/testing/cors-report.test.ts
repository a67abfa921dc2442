import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, describe, expect, test } from '@jest/globals';
import { corsReport, openPage, openTo } from '../../src/testing/index.js';
import { SHOP } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';
import { COOKBOOK } from './cookbook-app.js';

let app: RunningApp | undefined;
afterEach(() => app?.close());

describe.each(ADAPTERS)('corsReport() on %s', (adapter) => {
  test('tells every route and who may call it, the same each time', async () => {
    app = await startApp({ ...COOKBOOK, adapter });
    const report = await corsReport(app.nest);
    expect(report).toMatch(/PUT +\/books\/:id/);
    expect(report).toContain('BooksController.update');
    expect(report).toContain(SHOP);
    expect(await corsReport(app.nest)).toBe(report);
  });
});

test('An application without CorsModule is told what it lacks', async () => {
  class Bare {}
  Module({})(Bare);
  const bare = await NestFactory.create(Bare, { logger: false });
  await expect(corsReport(bare)).rejects.toThrow('This application does not import CorsModule');
  await expect(openTo(bare, SHOP)).rejects.toThrow('This application does not import CorsModule');
  const page = await openPage(bare, SHOP);
  await expect(page.fetch('/')).rejects.toThrow("No 'Access-Control-Allow-Origin' header");
  await bare.close();
});
