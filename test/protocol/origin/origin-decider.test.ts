import { describe, expect, jest, test } from '@jest/globals';
import {
  OriginDecider,
  type OriginRuleFailure,
  ruleName,
} from '../../../src/protocol/origin/origin-decider.js';
import type { CorsOriginFunction } from '../../../src/protocol/policy/policy-options.js';
import { requestOf } from '../compiled-policy.js';

const ORIGIN = 'https://app.test';

/** A rule named PartnerOrigins, which may return what the types rule out, and what it reports. */
function deciderOf(rule: (...given: unknown[]) => unknown, timeout = 1000) {
  const report = jest.fn((_failure: OriginRuleFailure) => undefined);
  return {
    decider: new OriginDecider('PartnerOrigins', rule as CorsOriginFunction, timeout, report),
    report,
  };
}

describe('A rule that is code', () => {
  test.each([
    { says: true, answer: 'allowed' },
    { says: false, answer: 'refused' },
  ])('that says $says has $answer, at once or later', async ({ says, answer }) => {
    const { decider, report } = deciderOf(() => says);
    expect(decider.ask(ORIGIN, undefined)).toBe(answer);
    expect(decider.askInTime(ORIGIN, undefined)).toBe(answer);
    const later = deciderOf(async () => says);
    expect(await later.decider.ask(ORIGIN, undefined)).toBe(answer);
    expect(await later.decider.askInTime(ORIGIN, undefined)).toBe(answer);
    expect([...report.mock.calls, ...later.report.mock.calls]).toStrictEqual([]);
  });

  test('is given the origin and the request', () => {
    const rule = jest.fn(() => true);
    const request = requestOf({ origin: ORIGIN });
    expect(deciderOf(rule).decider.ask(ORIGIN, request)).toBe('allowed');
    expect(rule.mock.calls).toStrictEqual([[ORIGIN, request]]);
  });

  const cause = new Error('ECONNREFUSED');
  const boom = new Error('The tenants could not be read.', { cause });
  test.each([
    {
      does: 'throws',
      rule: () => {
        throw boom;
      },
    },
    { does: 'rejects', rule: () => Promise.reject(boom) },
  ])('that $does has failed, and what it said is passed on untouched', async ({ rule }) => {
    const { decider, report } = deciderOf(rule);
    expect(await decider.ask(ORIGIN, undefined)).toBe('failed');
    expect(report).toHaveBeenCalledTimes(1);
    const [failure] = report.mock.calls[0]!;
    expect(failure).toStrictEqual({ rule: 'PartnerOrigins', origin: ORIGIN, error: boom });
    expect(failure.error).toBe(boom);
    expect((failure.error as Error).cause).toBe(cause);
  });

  class PartnerEntity {}
  test.each([
    { answer: 'true', described: 'a string' },
    { answer: 1, described: 'a number' },
    { answer: {}, described: 'an object' },
    { answer: Object.create(null) as unknown, described: 'an object' },
    { answer: new PartnerEntity(), described: 'an object (PartnerEntity)' },
    { answer: new (class {})(), described: 'an object' },
    { answer: [], described: 'an array' },
    { answer: null, described: 'null' },
    { answer: undefined, described: 'undefined' },
    { answer: () => true, described: 'a function' },
  ])('allows nothing by $described, and the rule is named', async ({ answer, described }) => {
    for (const rule of [() => answer, async () => answer]) {
      const { decider, report } = deciderOf(rule);
      expect(await decider.ask(ORIGIN, undefined)).toBe('refused');
      expect(report.mock.calls).toStrictEqual([
        [
          {
            rule: 'PartnerOrigins',
            origin: ORIGIN,
            error: new TypeError(
              `The origin rule PartnerOrigins must answer true or false; it answered ${described}. Only true allows: write e.g. return found !== undefined.`,
            ),
          },
        ],
      ]);
    }
  });

  test('has a wrong answer reported once, since the code stays as it is', () => {
    const { decider, report } = deciderOf(() => 1);
    expect([decider.ask(ORIGIN, undefined), decider.ask(ORIGIN, undefined)]).toStrictEqual([
      'refused',
      'refused',
    ]);
    expect(report).toHaveBeenCalledTimes(1);
  });

  test('that gives no answer in time has failed, and it is reported; who has time waits on', async () => {
    jest.useFakeTimers();
    try {
      let reply = (_: boolean) => {};
      const { decider, report } = deciderOf(() => new Promise((resolve) => (reply = resolve)), 20);
      const inTime = decider.askInTime(ORIGIN, undefined);
      jest.advanceTimersByTime(20);
      expect(await inTime).toBe('failed');
      expect(report.mock.calls).toStrictEqual([
        [
          {
            rule: 'PartnerOrigins',
            origin: ORIGIN,
            error: new Error(
              'The origin rule PartnerOrigins gave no answer within 20 ms (originTimeout).',
            ),
          },
        ],
      ]);
      const patient = decider.ask(ORIGIN, undefined);
      jest.advanceTimersByTime(1000);
      reply(true);
      expect(await patient).toBe('allowed');
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('The name of a rule', () => {
  class PartnerOrigins {
    isOriginAllowed(): boolean {
      return true;
    }
  }
  const { origin } = { origin: () => true };
  test.each([
    { rule: PartnerOrigins, name: 'PartnerOrigins' },
    { rule: function isPartner() {} as unknown as CorsOriginFunction, name: 'isPartner' },
    {
      rule: (
        () => () =>
          true
      )(),
      name: '(a function)',
    },
    { rule: origin, name: '(a function)' },
  ])('is $name', ({ rule, name }) => {
    expect(ruleName(rule)).toBe(name);
  });
});
