import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RefusalSummary } from '../../sample-app/refusal-summary.js';

describe('the log of the sample application', () => {
  let written: string[];
  let restore: () => void;
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    const keep = (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    };
    const out = jest.spyOn(process.stdout, 'write').mockImplementation(keep);
    const error = jest.spyOn(process.stderr, 'write').mockImplementation(keep);
    restore = () => {
      out.mockRestore();
      error.mockRestore();
      jest.useRealTimers();
    };
  });
  afterEach(() => {
    restore();
  });

  test.each([
    [1, 1, undefined],
    [2, 2, '1 more request was refused just now. Watch them at /cors#/live'],
    [100, 2, '99 more requests were refused just now. Watch them at /cors#/live'],
  ])('writes of %i refusals in one go %i lines', (refusals, lines, last) => {
    const log = new RefusalSummary('/cors#/live');
    for (let count = 0; count < refusals; count += 1) {
      log.warn(`Refused ${count}.`, 'CorsModule');
      jest.advanceTimersByTime(50);
    }
    jest.advanceTimersByTime(4_000);
    expect(written).toHaveLength(lines);
    expect(written[0]).toContain('Refused 0.');
    if (last !== undefined) expect(written[1]).toContain(last);
  });

  test('writes a refusal that comes later for itself', () => {
    const log = new RefusalSummary('/cors#/live');
    log.warn('Refused first.', 'CorsModule');
    jest.advanceTimersByTime(4_000);
    log.warn('Refused later.', 'CorsModule');
    expect(written).toHaveLength(2);
    expect(written[1]).toContain('Refused later.');
  });

  test('leaves out nothing else, and no error', () => {
    const log = new RefusalSummary('/cors#/live');
    for (const text of ['one', 'two', 'three']) log.warn(text, 'Database');
    log.warn('Refused.', 'CorsModule');
    log.error('The origin rule failed.', 'CorsModule');
    expect(written).toHaveLength(5);
  });
});
