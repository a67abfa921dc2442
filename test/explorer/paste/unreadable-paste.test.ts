import { describe, expect, test } from '@jest/globals';
import { cpuTime } from '../../harness/cpu-time.js';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import { SHOP } from '../../harness/origins.js';

describe('What cannot be read', () => {
  test.each([
    ['nothing', ' \n', 'Paste the line'],
    ['prose', 'it does not work', 'Nothing that is known'],
    [
      'a rejection alone',
      'Uncaught (in promise) TypeError: Failed to fetch',
      'copy the red line beside it',
    ],
    [
      'Firefox’s rejection alone',
      'TypeError: NetworkError when attempting to fetch resource.',
      'copy the red line beside it',
    ],
    [
      'Safari’s rejection alone',
      'Unhandled Promise Rejection: TypeError: Load failed',
      'copy the red line beside it',
    ],
    [
      'PowerShell',
      '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession',
      'PowerShell',
    ],
    [
      'PowerShell without a session',
      'Invoke-WebRequest -UseBasicParsing -Uri "https://a.example"',
      'PowerShell',
    ],
    ['a call whose URL is a variable', 'fetch(url, { method: "PUT" })', 'not written out'],
    ['a call whose URL is filled in', 'fetch(`${base}/books`)', 'not written out'],
    ['curl without a URL', 'curl -v', 'no URL'],
    ['other JSON', '{"a":1}', 'no HAR'],
    [
      'JSON with a prototype',
      '{"__proto__":{"request":{"url":"https://a.example","method":"GET"}}}',
      'no HAR',
    ],
  ])('is told in a sentence with an example: %s', (_name, text, message) => {
    const reading = readPaste(text);
    if (reading.kind !== 'unreadable') throw new Error(reading.from);
    expect(reading.message).toContain(message);
    expect(readPaste(reading.example)).toMatchObject({
      kind: 'question',
      question: { origin: SHOP },
    });
  });

  test('is refused by its size before anything is parsed: a HAR of 50 MB', async () => {
    const har = `{"log":{"entries":[${'0,'.repeat(25_000_000)}0]}}`;
    const took = await cpuTime(() => {
      expect(readPaste(har)).toMatchObject({
        kind: 'unreadable',
        message: expect.stringContaining('50000023 characters'),
      });
    }, 50);
    expect(took).toBeLessThan(50);
  });
});
