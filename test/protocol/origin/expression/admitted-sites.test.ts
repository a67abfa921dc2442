import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getDomain } from 'tldts';
import { findAdmittedSites } from '../../../../src/protocol/origin/expression/admitted-sites.js';
import { expressionsOf } from '../../compiled-policy.js';
import { checkProperty } from '../../../harness/property.js';
import { SEEDED } from '../../../harness/seed.js';

async function admitted(regexp: RegExp) {
  const [expression] = expressionsOf([regexp]);
  if (expression === undefined) throw new Error('There is no expression.');
  return { expression, ...(await findAdmittedSites(expression)) };
}

describe('An expression admits', () => {
  test.each([
    { regexp: /^https:\/\/app\.example\.com$/, sites: ['https://example.com'] },
    {
      regexp: /^https?:\/\/(?:my|your)shop\.com$/,
      sites: [
        'http://myshop.com',
        'http://yourshop.com',
        'https://myshop.com',
        'https://yourshop.com',
      ],
    },
    {
      regexp: /^https:\/\/(app|www)\.example\.(com|de)$/,
      sites: ['https://example.com', 'https://example.de'],
    },
    { regexp: /^https:\/\/\w+\.a\.co\.uk(?::\d+)?$/, sites: ['https://a.co.uk'] },
    {
      regexp: /^https:\/\/(?:a|b)\.github\.io$/,
      sites: ['https://a.github.io', 'https://b.github.io'],
    },
    { regexp: /^http:\/\/\[::1\]:\d+$/, sites: ['http://[::1]'] },
    { regexp: /^http:\/\/127\.0\.0\.1$/, sites: ['http://127.0.0.1'] },
    { regexp: /^capacitor:\/\/localhost$/, sites: ['capacitor://localhost'] },
    { regexp: /^https:\/\/app\.example\.com\/$/, sites: [] },
  ])('$regexp: $sites', async ({ regexp, sites }) => {
    const found = await admitted(regexp);
    expect(found.openEnds).toStrictEqual([]);
    const origins = found.sites.flatMap(({ site, schemes }) =>
      schemes.map((s) => `${s}://${site}`),
    );
    expect(origins.toSorted()).toStrictEqual(sites);
  });
});

describe(`A random expression that spells out its sites ${SEEDED}`, () => {
  const name = fc.constantFrom('shop', 'my-app', 'example', 'a1');
  const suffix = fc.constantFrom('com', 'co.uk', 'github.io', 'de');
  const before = fc.constantFrom(
    '',
    '(?:[a-z0-9-]+\\.)*',
    '(?:.+\\.)?',
    '(?!evil)(?:\\w+\\.)?',
    '(?:.*\\b\\.)?',
    '.*',
  );
  const labels = fc.constantFrom('', 'a.', 'a.b.', 'evil.', 'x-', 'evil');
  const stranger = fc.stringMatching(/^[b-z][b-z0-9]{5,9}$/);

  test('admits no origin of any other', async () => {
    let open = 0;
    let allowed = 0;
    await checkProperty(
      fc.asyncProperty(
        fc.array(name, { minLength: 1, maxLength: 2 }),
        fc.array(suffix, { minLength: 1, maxLength: 2 }),
        before,
        fc.array(fc.tuple(labels, name, fc.oneof(fc.constant(''), stranger), suffix), {
          minLength: 20,
          maxLength: 20,
        }),
        async (names, suffixes, start, trials) => {
          const escaped = suffixes.map((each) => each.replaceAll('.', '\\.'));
          const regexp = new RegExp(
            `^https://${start}(?:${names.join('|')})\\.(?:${escaped.join('|')})$`,
          );
          const { expression, openEnds } = await admitted(regexp);
          const spelled = names.flatMap((each) => suffixes.map((end) => `${each}.${end}`));
          if (openEnds.length > 0) {
            open += 1;
            expect(start).toBe('.*');
            return;
          }
          expect(start).not.toBe('.*');
          for (const [label, own, other, end] of trials) {
            const host = `${label}${own}${other}.${end}`;
            if (!expression.matches(`https://${host}`)) continue;
            allowed += 1;
            expect(spelled).toContain(getDomain(host, { allowPrivateDomains: true }));
          }
        },
      ),
      300,
    );
    expect(open).toBeGreaterThan(10);
    expect(allowed).toBeGreaterThan(100);
  });
});
