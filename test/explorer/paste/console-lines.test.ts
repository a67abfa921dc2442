import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readQuestion } from '../../../src/document/explanation/page-question.js';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
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

  // What no page can ask is told as it stands: `not-http` and `user-in-url`.
  const askable = cases.filter(({ request: { url } }) => /^https?:\/\/[^@]*$/.test(url));
  test.each(askable)('of $name makes a question that can be explained', ({ lines, request }) => {
    const reading = readPaste(lines.join('\n'));
    const { url = request.url, ...told } = reading.kind === 'question' ? reading.question : {};
    const question = { ...told, origin: request.origin, url: url.replace(/^ftp:.*/, request.url) };
    expect(readQuestion(question).asked).toEqual(question);
  });
});
