import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compileOriginExpression,
  loadExpressionCompiler,
} from '../../../../src/protocol/origin/expression/origin-expression.js';
import { expressionsOf } from '../../compiled-policy.js';
import { serializedOrigin } from '../../origins.js';
import { checkProperty } from '../../../harness/property.js';
import { SEEDED } from '../../../harness/seed.js';
import { randomExpression } from './random-expression.js';

const compileExpression = await loadExpressionCompiler();

describe('An expression', () => {
  test.each([
    { regexp: /^https:\/\/\w+\.a\.test$/, text: 'https://x.a.test', matches: true },
    { regexp: /^https:\/\/\w+\.a\.test$/, text: 'https://x.a.test.b', matches: false },
    { regexp: /^https:\/\/\w+\.a\.test$/, text: 'https://.a.test', matches: false },
    { regexp: /a|b/, text: 'b', matches: true },
    { regexp: /a|b/, text: 'ab', matches: false },
    { regexp: /^a$|^b$/, text: 'b', matches: true },
    { regexp: /x^a/, text: 'xa', matches: false },
    { regexp: /^APP$/i, text: 'app', matches: true },
    { regexp: /^APP$/, text: 'app', matches: false },
    { regexp: /^\u017f$/iu, text: 's', matches: true },
    { regexp: /^\u017f$/i, text: 's', matches: false },
    { regexp: /^\p{Ll}\u{62}$/u, text: 'ab', matches: true },
    { regexp: new RegExp('^[[a-z]--[e]]$', 'v'), text: 'e', matches: false },
    { regexp: new RegExp('^[[a-z]--[e]]$', 'v'), text: 'f', matches: true },
    { regexp: new RegExp('^[\\q{ab|c|}x]$', 'v'), text: 'ab', matches: true },
    { regexp: new RegExp('^[\\q{ab|c|}x]$', 'v'), text: '', matches: true },
    { regexp: new RegExp('^[\\q{ab|cd}--\\q{cd}]$', 'v'), text: 'cd', matches: false },
    { regexp: new RegExp('^[\\q{ab}&&\\q{AB}]$', 'vi'), text: 'aB', matches: true },
    { regexp: /^a$/gy, text: 'a', matches: true },
    { regexp: /^.$/s, text: 'a', matches: true },
    { regexp: /^(?:([^])*|^)$/, text: 'a', matches: true },
    { regexp: /^.$/s, text: '\n', matches: false },
    { regexp: /^.$/, text: 'ü', matches: false },
    { regexp: /^a$/m, text: 'a\nb', matches: false },
    { regexp: /^(?!evil)[a-z]+$/, text: 'evilest', matches: false },
    { regexp: /^(?!evil)[a-z]+$/, text: 'good', matches: true },
    { regexp: /^(?=a)[a-z]+$/, text: 'ba', matches: false },
    { regexp: /^(?:(?!evil).)+$/, text: 'no-evil-here', matches: false },
    { regexp: /^a(?=.*b$)(?!.*c)[a-z]*$/, text: 'axxb', matches: true },
    { regexp: /^a(?=.*b$)(?!.*c)[a-z]*$/, text: 'axcb', matches: false },
    { regexp: /^[a-z]+(?<!evil)\.test$/, text: 'evil.test', matches: false },
    { regexp: /^[a-z]+(?<=app)\.test$/, text: 'myapp.test', matches: true },
    { regexp: /^.*\bapp$/, text: 'my-app', matches: true },
    { regexp: /^.*\bapp$/, text: 'myapp', matches: false },
    { regexp: /^.*\Bapp$/, text: 'myapp', matches: true },
    { regexp: /^(?:(?=a)|b)*$/, text: 'bb', matches: true },
    { regexp: /^(?:a?b?)*c$/, text: 'abbac', matches: true },
    { regexp: /^(?:a?){2,3}$/, text: 'aaaa', matches: false },
  ])('$regexp matches $text: $matches', ({ regexp, text, matches }) => {
    const [expression] = expressionsOf([regexp]);
    expect(expression?.matches(text)).toBe(matches);
  });

  test('may have flags for a part of it', () => {
    // Not every supported engine reads this one, so that it is given as data.
    const given = { source: '^(?i:APP)(?-i:x)$', flags: '' } as RegExp;
    const compiled = compileExpression(given);
    const matches = (text: string) => 'expression' in compiled && compiled.expression.matches(text);
    expect(['appx', 'aPPx', 'appX'].map(matches)).toStrictEqual([true, true, false]);
  });

  test('gets the same verdict each time', async () => {
    const large = /^https:\/\/[ab]{30}a[ab]*$/;
    const verdicts = [];
    for (let times = 0; times < 3; times += 1) verdicts.push(await compileOriginExpression(large));
    expect(verdicts).toStrictEqual(Array(3).fill({ reason: 'its automaton would be too large' }));
  });
});

describe(`A random expression ${SEEDED}`, () => {
  const flags = fc.constantFrom('', 'i', 'u', 'v', 'm', 'iu', 'iv', 'g', 'y');
  const mutated = (text: fc.Arbitrary<string>) =>
    fc
      .tuple(text, fc.nat(), fc.constantFrom('', 'a', 'b', '.', '-', 'X'), fc.nat({ max: 1 }))
      .map(([given, place, piece, cut]) => {
        const at = place % (given.length + 1);
        return given.slice(0, at) + piece + given.slice(at + cut);
      });
  const trial = fc.tuple(randomExpression, flags).chain(([{ source, text }, flag]) =>
    fc.record({
      source: fc.constant(source),
      flag: fc.constant(flag),
      texts: fc.array(
        fc.oneof(text, mutated(text), serializedOrigin, fc.string({ maxLength: 6 })),
        { minLength: 8, maxLength: 8 },
      ),
    }),
  );

  test('matches as the whole-string RegExp does', () => {
    const seen = { yes: 0, no: 0, refused: 0 };
    checkProperty(
      fc.property(trial, ({ source, flag, texts }) => {
        const whole = new RegExp(`^(?:${source})$`, flag.replace(/[gy]/, ''));
        const compiled = compileExpression(new RegExp(source, flag));
        if ('reason' in compiled) {
          seen.refused += 1;
          return;
        }
        for (const text of texts) {
          // Nothing else is in any origin; and RegExp backtracks, for ever if the text is long.
          if (!/^[!-~]{0,14}$/.test(text)) continue;
          const expected = whole.test(text);
          seen[expected ? 'yes' : 'no'] += 1;
          expect({ text, matches: compiled.expression.matches(text) }).toStrictEqual({
            text,
            matches: expected,
          });
        }
      }),
      3000,
    );
    expect(seen.yes).toBeGreaterThan(2000);
    expect(seen.no).toBeGreaterThan(3000);
    expect(seen.refused).toBeLessThan(300);
  });
});
