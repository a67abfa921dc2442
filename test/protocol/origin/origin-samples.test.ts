import { describe, expect, test } from '@jest/globals';
import { wholeOriginRegExp } from '../../../src/protocol/origin/origin-regexp.js';
import { sampleOrigins } from '../../../src/protocol/origin/origin-samples.js';

function samplesOf(regexp: RegExp): string[] {
  return sampleOrigins(wholeOriginRegExp(regexp)).map(({ origin, twin }) =>
    origin === twin ? origin : `${origin} ${twin}`,
  );
}

describe('The samples of an expression', () => {
  test.each([
    { regexp: /^https:\/\/app\.example\.com$/, samples: ['https://app.example.com'] },
    { regexp: /https:\/\/app\.example\.com/, samples: ['https://app.example.com'] },
    {
      regexp: /^https?:\/\/app\.example\.com$/,
      samples: ['https://app.example.com', 'http://app.example.com'],
    },
    {
      regexp: /^https:\/\/(?:app|admin)\.example\.(com|org)$/,
      samples: [
        'https://app.example.com',
        'https://app.example.org',
        'https://admin.example.com',
        'https://admin.example.org',
      ],
    },
    {
      regexp: /^https:\/\/a\.test$|^http:\/\/b\.test$/,
      samples: ['https://a.test', 'http://b.test'],
    },
    {
      regexp: /^https:\/\/(a|(?:b|(c)))\.test$/,
      samples: ['https://a.test', 'https://b.test', 'https://c.test'],
    },
    { regexp: /^https:\/\/.\.test$/, samples: ['https://a.test https://z.test'] },
    { regexp: /^https:\/\/\d\.test$/, samples: ['https://1.test https://9.test'] },
    { regexp: /^https:\/\/\w\.test$/, samples: ['https://a.test https://z.test'] },
    { regexp: /^https:\/\/[e-g]\.test$/, samples: ['https://e.test https://g.test'] },
    { regexp: /^https:\/\/[x]\.test$/, samples: ['https://x.test'] },
    { regexp: /^https:\/\/[^a-m]\.test$/, samples: ['https://n.test https://z.test'] },
    { regexp: /^https:\/\/[)\]|(a]\.test$/, samples: ['https://a.test'] },
    { regexp: /^https:\/\/[A-Z]\.test$/i, samples: ['https://a.test https://z.test'] },
    { regexp: /^https:\/\/APP\.test$/, samples: ['https://APP.test'] },
    { regexp: /^https:\/\/\x61\u0062\.test$/, samples: ['https://ab.test'] },
    { regexp: /^https:\/\/\u{61}\p{Ll}\.test$/u, samples: ['https://aa.test https://az.test'] },
    { regexp: /^https:\/\/ü\.test$/, samples: ['https://ü.test'] },
    { regexp: /^https:\/\/a+\.test$/, samples: ['https://a.test'] },
    { regexp: /^https:\/\/a+?b\.test$/, samples: ['https://ab.test'] },
    { regexp: /^https:\/\/ba*\.test$/, samples: ['https://ba.test', 'https://b.test'] },
    { regexp: /^https:\/\/ba*?\.test$/, samples: ['https://ba.test', 'https://b.test'] },
    { regexp: /^https:\/\/ba??\.test$/, samples: ['https://ba.test', 'https://b.test'] },
    { regexp: /^https:\/\/a{3}\.test$/, samples: ['https://aaa.test'] },
    { regexp: /^https:\/\/a{2,}\.test$/, samples: ['https://aa.test'] },
    { regexp: /^https:\/\/a{2,4}?\.test$/, samples: ['https://aa.test'] },
    { regexp: /^https:\/\/ba{0,2}\.test$/, samples: ['https://ba.test', 'https://b.test'] },
    { regexp: /^https:\/\/a{12}\.test$/, samples: ['https://aaaaaaaaaaaa.test'] },
    { regexp: /^https:\/\/(?:a|b){2}\.test$/, samples: ['https://aa.test', 'https://bb.test'] },
    { regexp: /^https:\/\/(?:ba+|b)\.test$/, samples: ['https://ba.test', 'https://b.test'] },
    { regexp: /^https:\/\/(?<name>a)\.test$/, samples: ['https://a.test'] },
    { regexp: /^https:\/\/(?=a)a(?<=a)(?!b)(?<!b)\.test$/, samples: ['https://a.test'] },
    { regexp: /^https:\/\/\ba\b\B\.?test$/, samples: [] },
    { regexp: /^https:\/\/\ba\b\.\btest\b$/, samples: ['https://a.test'] },
    {
      regexp: /^.*\.example\.com$/,
      samples: ['https://a.example.com https://z.example.com', 'https://.example.com'],
    },
    { regexp: /^.+:\/\/a\.test$/, samples: ['a://a.test z://a.test'] },
    { regexp: /.*/, samples: ['https://a https://z', 'https://'] },
    // A group that took no part is referred to as nothing.
    { regexp: /^https:\/\/(a)?x\1\.test$/u, samples: ['https://x.test'] },
    // What it cannot follow, it leaves out: it never says what is not so.
    { regexp: /^https:\/\/(a)\1\.test$/, samples: [] },
    { regexp: /^https:\/\/(?<name>a)\k<name>\.test$/, samples: [] },
    { regexp: /^https:\/\/(?!a)\w\.test$/, samples: [] },
    { regexp: /^https:\/\/a{1000}\.test$/, samples: [] },
    { regexp: new RegExp('^https://[[a-z]--[a]]\\.test$', 'v'), samples: [] },
    { regexp: new RegExp('[]'), samples: [] },
  ])('$regexp are $samples', ({ regexp, samples }) => {
    expect(samplesOf(regexp)).toStrictEqual(samples);
  });

  test('are few where optional parts multiply, and miss none of them', () => {
    const part = Array.from('abcdefghijkl', (letter) => `(?:${letter}|${letter}${letter})?`).join(
      '',
    );
    const samples = samplesOf(new RegExp(`^(?:https|http)://${part}x\\.test$`));
    expect(samples.length).toBeLessThanOrEqual(200);
    for (const seen of ['http:', 'https:', 'a', 'aa', 'f', 'll']) {
      expect(samples.some((sample) => sample.includes(seen))).toBe(true);
    }
    expect(samples.some((sample) => !sample.includes('a'))).toBe(true);
    expect(samples.some((sample) => !sample.includes('l'))).toBe(true);
  });

  test('combine each with each as long as there are no more than 200', () => {
    const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
    const samples = samplesOf(new RegExp(`^https?://(?:${names.join('|')})\\.test$`));
    expect(new Set(samples)).toStrictEqual(
      new Set(names.flatMap((name) => [`https://${name}.test`, `http://${name}.test`])),
    );
  });

  test('show each of many alternatives', () => {
    const names = Array.from({ length: 500 }, (_, index) => `n${index}`);
    const samples = samplesOf(new RegExp(`^https?://(?:${names.join('|')})\\.test$`));
    expect(new Set(samples.map((sample) => sample.replace(/.*:\/\/|\.test/g, '')))).toStrictEqual(
      new Set(names),
    );
  });
});
