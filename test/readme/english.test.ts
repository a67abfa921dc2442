import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from './documentation.js';

/* Everything that people read is American English, and plain: pages, comments, messages, names, tests. */

/** British spellings, as beginnings of words, and how they are spelled here. */
const BRITISH: readonly (readonly [british: string, american: string])[] = [
  ['acknowledgement', 'acknowledgment'],
  ['analys(?=ed?\\b|ing|er)', 'analyz…'],
  ['artefact', 'artifact'],
  ['behaviour', 'behavior'],
  ['cancell(?=ed|ing)', 'cancel…'],
  ['catalogue', 'catalog'],
  ['centr(?=e[ds]?\\b)', 'center'],
  ['colour', 'color'],
  ['defence', 'defense'],
  ['enrol(?=s?\\b|ment)', 'enroll'],
  ['favour', 'favor'],
  ['fibre', 'fiber'],
  ['focuss', 'focus…'],
  ['fulfil(?=s?\\b|ment)', 'fulfill'],
  ['grey', 'gray'],
  ['honour', 'honor'],
  ['judgement', 'judgment'],
  ['labell(?=ed\\b|ing)', 'label…'],
  ['labour', 'labor'],
  ['learnt', 'learned'],
  ['licence', 'license'],
  ['litre', 'liter'],
  ['manoeuvre', 'maneuver'],
  ['metre', 'meter'],
  ['modell', 'model…'],
  ['neighbour', 'neighbor'],
  ['offence', 'offense'],
  ['practis', 'practice'],
  ['programme(?=s?\\b)', 'program'],
  ['routeing', 'routing'],
  ['signall(?=ed|ing)', 'signal…'],
  ['skilful', 'skillful'],
  ['spelt', 'spelled'],
  ['theatre', 'theater'],
  ['travell', 'travel…'],
  ['tunnell', 'tunnel…'],
  ['whilst', 'while'],
  ['amongst', 'among'],
  ['towards', 'toward'],
  ['afterwards', 'afterward'],
  [
    '(?:author|canonical|capital|categor|character|custom|emphas|final|general|initial|local|maxim|minim|normal|optim|organ|parameter|priorit|random|real|recogn|sanit|serial|special|stabil|standard|summar|synchron|token|util|visual)is(?=e[drs]?\\b|ing|ation)',
    '…ize',
  ],
];

/** Words of another century, or of this house alone, and what to write. */
const ODD: readonly (readonly [odd: string, plain: string])[] = [
  ['mend(?=s|ed|ing|\\b)', 'fix, or correct'],
  ['(?:can(?:not)?|to|not to) be had\\b', 'say what is missing'],
  ['hitherto\\b', 'so far'],
  ['whence\\b', 'from where'],
  ['whom(?:ever)?\\b', 'who, or the origins that'],
  ['whereof\\b', 'of which'],
  ['wherein\\b', 'in which'],
  ['thereof\\b', 'of it'],
  ['therein\\b', 'in it'],
  ['whereupon\\b', 'and then'],
  ['upon which\\b', 'and then'],
  ['on account of\\b', 'because of'],
  ['hangs? on\\b(?! the)', 'depends on'],
  ['albeit\\b', 'although'],
  ['amidst\\b', 'among'],
  ['lest\\b', 'so that … not'],
  ['forthwith\\b', 'at once'],
];

/** What others have written: browsers' sentences, a license, names of packages. */
const FOREIGN: readonly string[] = [
  'LICENSE',
  'package-lock.json',
  'src/explorer/paste/webkit-sentences.ts',
  'test/explorer/paste/console-lines.json',
  'test/explorer/paste/sentences.test.ts',
  // The lists above.
  'test/readme/english.test.ts',
];

const FILES = execFileSync('git', ['ls-files', '-z'], {
  cwd: fileURLToPath(ROOT),
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && !/\.(?:webp|png|svg|ico)$/.test(path));

const TEXTS = FILES.filter((path) => !FOREIGN.includes(path)).map((path) => ({
  path,
  lines: readFileSync(new URL(path, ROOT), 'utf8').split('\n').map(wordsOf),
}));

describe('Nothing that is tracked says', () => {
  test.each([...BRITISH, ...ODD])('%s (here: %s).', (found) => {
    expect(placesOf(found)).toEqual([]);
  });
});

describe('A word is found', () => {
  test.each([
    ['colour', 'const rowColours = 1;'],
    ['colour', 'COLOURS[severity]'],
    ['colour', 'multi-coloured'],
    ['behaviour', 'The behaviour of browsers.'],
    ['cancell(?=ed|ing)', 'is cancelled'],
    ['mend(?=s|ed|ing|\\b)', 'and mend it'],
    ['hangs? on\\b(?! the)', 'it hangs on what the page asks'],
  ])('by %s in %s', (found, line) => {
    expect(patternOf(found).test(wordsOf(line))).toBe(true);
  });

  test.each([
    ['mend(?=s|ed|ing|\\b)', 'we recommend it, and amend it'],
    ['cancell(?=ed|ing)', 'the cancellation'],
    ['metre', 'the parameter'],
    ['programme(?=s?\\b)', 'a programmer'],
    ['lest\\b', 'the smallest'],
  ])('not by %s in %s', (found, line) => {
    expect(patternOf(found).test(wordsOf(line))).toBe(false);
  });
});

test('Every exception is a file that is there.', () => {
  expect(FOREIGN.filter((path) => !FILES.includes(path))).toEqual([]);
});

function placesOf(found: string): string[] {
  const pattern = patternOf(found);
  return TEXTS.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => (pattern.test(line) ? [`${path}:${String(at + 1)}`] : [])),
  );
}

/** It begins a word: `recommend` is no `mend`. */
function patternOf(found: string): RegExp {
  return new RegExp(`(?<![a-z])(?:${found})`, 'i');
}

/** A line with the words of its names apart: `rowColors` is two. */
function wordsOf(line: string): string {
  return line.replace(/([a-z\d])([A-Z])/g, '$1 $2');
}
