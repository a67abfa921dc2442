import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { OriginFailureLog } from '../../src/observation/origin-failure-log.js';

const ORIGIN = 'https://shop.example';
const MINUTE = 60_000;

const refused = () =>
  new Error('The tenants cannot be looked up.', {
    cause: new Error('connect ECONNREFUSED 10.0.0.7:5432'),
  });

let error: jest.SpiedFunction<Logger['error']>;
let log: OriginFailureLog;
beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  log = new OriginFailureLog();
});
afterEach(() => {
  error.mockRestore();
  jest.useRealTimers();
});

const fail = (thrown: unknown, { rule = 'TenantOrigins', origin = ORIGIN } = {}): void => {
  log.report({ rule, origin, error: thrown });
};
const lines = () => error.mock.calls.map(([line]) => String(line));

/** What a line has beside its sentence. */
const detailOf = (line: string) => ({
  stack: /^ +at /m.test(line),
  cause: line.includes('ECONNREFUSED 10.0.0.7:5432'),
});
const FULL = { stack: true, cause: true };
const SHORT = { stack: false, cause: false };

test.each([
  {
    what: 'an error: its message, its stack, and its cause with its own',
    thrown: refused(),
    line: /^The origin rule TenantOrigins failed for "https:\/\/shop\.example": Error: The tenants cannot be looked up\.\n +at [^]+\[cause\]: Error: connect ECONNREFUSED 10\.0\.0\.7:5432\n +at /,
  },
  {
    what: 'a cause that is no error',
    thrown: new Error('refused', { cause: { code: 'ECONNREFUSED' } }),
    line: /: Error: refused\n[^]+\[cause\]: \{ code: 'ECONNREFUSED' \}/,
  },
  {
    what: 'the errors that a host of several addresses gave',
    thrown: new AggregateError([new Error('no ::1'), new Error('no 127.0.0.1')]),
    line: /no ::1[^]+no 127\.0\.0\.1/,
  },
  {
    what: 'a string',
    thrown: 'down',
    line: /^The origin rule TenantOrigins failed for "https:\/\/shop\.example": 'down'$/,
  },
  { what: 'nothing', thrown: undefined, line: /: undefined$/ },
])(
  'A rule that fails with $what is in the log once, at the level of an error.',
  ({ thrown, line }) => {
    fail(thrown);
    expect(lines()).toEqual([expect.stringMatching(line)]);
  },
);

describe('The stack and the cause are in the log', () => {
  test('once a minute, and a line for each further failure', () => {
    for (const origin of ['https://a.example', 'https://b.example', 'https://a.example']) {
      fail(refused(), { origin });
      jest.advanceTimersByTime(1000);
    }
    expect(lines().map(detailOf)).toEqual([FULL, SHORT, SHORT]);
    expect(lines()[1]).toBe(
      'The origin rule TenantOrigins failed for "https://b.example": The tenants cannot be looked up.',
    );
    jest.advanceTimersByTime(MINUTE - 3001);
    fail(refused());
    expect(detailOf(lines()[3] ?? '')).toEqual(SHORT);
    jest.advanceTimersByTime(1);
    fail(refused());
    expect(detailOf(lines()[4] ?? '')).toEqual(FULL);
  });

  test('for each rule', () => {
    fail(refused());
    fail(refused(), { rule: 'PartnerOrigins' });
    fail(refused(), { rule: 'PartnerOrigins' });
    expect(lines().map(detailOf)).toEqual([FULL, FULL, SHORT]);
  });

  test('for each kind of error', () => {
    fail(refused());
    fail(new TypeError('tenants is undefined', { cause: refused() }));
    fail(new TypeError('tenants is undefined', { cause: refused() }));
    expect(lines().map(detailOf)).toEqual([FULL, FULL, SHORT]);
  });
});

describe('However often rules fail, the log gets', () => {
  test.each([
    { failures: 99, written: 99, left: [] },
    { failures: 100, written: 100, left: [] },
    {
      failures: 101,
      written: 100,
      left: ['Origin rules failed 1 more times in the minute before.'],
    },
    {
      failures: 5000,
      written: 100,
      left: ['Origin rules failed 4900 more times in the minute before.'],
    },
  ])(
    '$written lines a minute of $failures failures, and later how many more there were',
    ({ failures, written, left }) => {
      for (let index = 0; index < failures; index += 1) {
        fail(refused(), { origin: `https://n${index}.example` });
      }
      expect(lines()).toHaveLength(written);
      jest.advanceTimersByTime(MINUTE);
      fail(refused());
      expect(lines().slice(written)).toEqual([...left, expect.stringContaining('failed for')]);
      // It is said once.
      jest.advanceTimersByTime(MINUTE);
      fail(refused());
      expect(lines()).toHaveLength(written + left.length + 2);
    },
  );

  test('the same bound, whichever rules and kinds of error there are', () => {
    for (let index = 0; index < 200; index += 1) fail(refused(), { rule: `rule${index}` });
    expect(lines()).toHaveLength(100);
  });

  test('one line for each failure, whatever its origin has in it', () => {
    fail(refused());
    fail(refused(), { origin: 'https://a.example\nERROR forged' });
    expect(lines()[1]?.split('\n')).toHaveLength(1);
  });
});
