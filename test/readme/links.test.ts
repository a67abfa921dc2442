import { existsSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FEATURES } from '../../playground/scenarios.js';
import { anchorsOf, linksOf } from './anchors.js';
import { markdownIn, PAGES, readPage, ROOT } from './documentation.js';

/** Every Markdown file that people read, the tests' own included. */
const FILES = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'sample-app', 'test'].flatMap(markdownIn),
].filter((path) => !path.includes('node_modules'));

describe.each(FILES)('%s', (path) => {
  const page = readPage(path);

  for (const link of new Set(linksOf(page.text))) {
    test(`links to ${link}, which is there.`, () => {
      expect(faultOf(link, path)).toBeUndefined();
    });
  }

  test('says nothing twice under the same heading.', () => {
    // CHANGELOG.md repeats "Added" on purpose.
    const repeated = [...anchorsOf(page.text)].filter((anchor) => /-\d+$/.test(anchor));
    const first = repeated.filter((anchor) =>
      anchorsOf(page.text).has(anchor.replace(/-\d+$/, '')),
    );
    expect(path === 'CHANGELOG.md' ? [] : first).toEqual([]);
  });
});

describe('A link', () => {
  test.each([
    ['options.md', 'docs/README.md', undefined],
    ['options.md#origin', 'docs/README.md', undefined],
    ['../README.md#quick-start', 'docs/README.md', undefined],
    ['#the-map', 'CONTRIBUTING.md', undefined],
    ['start-up-checks.md#invalid-origin', 'docs/README.md', undefined],
    ['https://fetch.spec.whatwg.org/#cors-check', 'README.md', undefined],
    ['nowhere.md', 'docs/README.md', 'no such file'],
    ['options.md#nowhere', 'docs/README.md', 'no such heading'],
    ['#nowhere', 'README.md', 'no such heading'],
    ['/docs/options.md', 'README.md', 'not relative'],
    ['../outside.md', 'README.md', 'outside of the repository'],
    ['http://example.com', 'README.md', 'not https'],
    ['http://localhost:3000/cors', 'sample-app/README.md', undefined],
    ['https://localhost/', 'README.md', 'no host that anybody can reach'],
    ['https:/example.com', 'README.md', 'not https'],
    ['mailto:somebody@example.com', 'README.md', 'not https'],
  ])('to %s on %s has the fault %s.', (link, path, fault) => {
    expect(faultOf(link, path)).toBe(fault);
  });
});

describe('The pages', () => {
  const inIndex = linksOf(readPage('docs/README.md').text).map((link) => `docs/${link}`);
  test.each(markdownIn('docs').filter((path) => path !== 'docs/README.md'))(
    'of the index name %s.',
    (path) => {
      expect(inIndex).toContain(path);
    },
  );

  test.each([...PAGES, readPage('CONTRIBUTING.md')].map(({ path, text }) => ({ path, text })))(
    'have tables of at most 100 columns: $path',
    ({ text }) => {
      const wide = text
        .split('\n')
        .filter((line) => line.startsWith('|') && [...line].length > 100);
      expect(wide).toEqual([]);
    },
  );
});

test.each(FEATURES.map(({ id, chapter }) => ({ id, ...chapter })))(
  'The playground sends readers of $id to "$heading" in $page.',
  ({ page, heading }) => {
    expect(readPage(`docs/${page}.md`).text).toMatch(new RegExp(`^#+ ${heading}$`, 'm'));
  },
);

/** What is wrong with a link on a page. Addresses of other sites are not asked: they have to look like some. */
function faultOf(link: string, path: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(link)) return faultOfAddress(link);
  if (link.startsWith('/')) return 'not relative';
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? new URL(path, ROOT) : new URL(file, new URL(path, ROOT));
  if (!target.href.startsWith(ROOT.href)) return 'outside of the repository';
  if (!existsSync(target)) return 'no such file';
  if (anchor === undefined) return undefined;
  if (statSync(target).isDirectory()) return 'no such heading';
  const { text } = readPage(decodeURIComponent(target.href.slice(ROOT.href.length)));
  return anchorsOf(text).has(anchor) ? undefined : 'no such heading';
}

function faultOfAddress(link: string): string | undefined {
  // What the reader has started is at home.
  if (link.startsWith('http://localhost:')) return undefined;
  if (!link.startsWith('https://') || !URL.canParse(link)) return 'not https';
  return /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(new URL(link).hostname)
    ? undefined
    : 'no host that anybody can reach';
}
