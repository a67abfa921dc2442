import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { cellOf, COMPARISONS } from './comparisons.js';
import { pageOf, tables } from './documentation.js';
import { PEERS } from './peers.js';

/* The tables that compare this module with others: every cell is what the same requests get. */

const compared = tables.filter(({ mark }) => mark === 'peers');

/** Columns about programs of other languages: their pages say where it was read. */
const READ = ['django-cors-headers', 'Spring'];

describe.each(compared)('The comparison of $page', ({ head, rows }) => {
  const columns = head
    .map((name, index) => ({ name: name.replaceAll('`', ''), index }))
    .slice(1)
    .filter(({ name }) => !READ.includes(name))
    .map(({ name, index }) => ({ index, peer: PEERS.find((peer) => peer === name) }));

  test('has columns that can be asked, and this module in the last one.', () => {
    expect(columns.map(({ peer }) => peer)).not.toContain(undefined);
    expect(columns.at(-1)?.peer).toBe('nestjs-cors');
  });

  test.each(rows.map((row) => ({ what: row[0] ?? '', row })))(
    'is right about $what.',
    async ({ what, row }) => {
      const comparison = COMPARISONS[what];
      expect(comparison).toBeDefined();
      const asked = await Promise.all(
        columns.map(({ peer }) => cellOf(comparison!, peer ?? 'nestjs-cors')),
      );
      expect(asked).toEqual(columns.map(({ index }) => row[index]));
    },
  );
});

test('Every comparison stands in a table.', () => {
  const named = compared.flatMap(({ rows }) => rows.map(([what = '']) => what));
  expect(Object.keys(COMPARISONS).filter((what) => !named.includes(what))).toEqual([]);
});

test.each(['cors', '@fastify/cors'])(
  'The version of %s is the one that its page names.',
  (name) => {
    const { version } = createRequire(import.meta.url)(`${name}/package.json`) as {
      version: string;
    };
    const [minor] = /^\d+\.\d+/.exec(version) ?? [];
    expect(pageOf('docs/migration/enable-cors.md').text.replace(/\s+/g, ' ')).toContain(
      `\`${name}\` ${String(minor)}`,
    );
  },
);
