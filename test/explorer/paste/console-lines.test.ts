import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { FAULT_CASES } from './faults.js';
import { expectToRead, type Printed } from './printed.js';

const PRINTED = JSON.parse(
  readFileSync(new URL('console-lines.json', import.meta.url), 'utf8'),
) as readonly Printed[];

test('the three engines have been listened to', () => {
  expect(PRINTED.map(({ engine }) => engine).sort()).toEqual(['Chromium', 'Firefox', 'WebKit']);
});

describe.each(PRINTED)('What $version printed', ({ engine, cases }) => {
  test.each(FAULT_CASES)('of $name is read as it was meant', (fault) => {
    expectToRead(
      engine,
      cases.find(({ name }) => name === fault.name)!,
      fault,
    );
  });
});
