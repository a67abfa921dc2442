import ts from 'typescript';
import { describe, expect, test } from '@jest/globals';
import { joined, statementRemoval } from '../../../src/cli/migrate/statement-removal.js';
import { edited, type TextEdit } from '../../../src/cli/migrate/text-edit.js';
import { unifiedDiff } from '../../../src/cli/migrate/unified-diff.js';

/** A text, and the removal of what stands between `[[` and `]]` in it. */
function marked(source: string): { text: string; removals: readonly TextEdit[] } {
  const removals: TextEdit[] = [];
  let text = '';
  for (const [index, part] of source.split(/\[\[|\]\]/).entries()) {
    const start = text.length;
    text += part;
    if (index % 2 === 1) removals.push({ start, end: text.length, text: '' });
  }
  return { text, removals };
}

describe('Where statements are taken out', () => {
  test.each<[name: string, source: string, left: string]>([
    ['lines close up', 'a\n[[b\n]]c\n', 'a\nc\n'],
    ['one of two blank lines goes along', 'a\n\n[[b\n]]\nc\n', 'a\n\nc\n'],
    ['a blank line farther up does not count', 'x\n\ny\n[[b\n]]\nc\n', 'x\n\ny\n\nc\n'],
    ['a blank line farther down does not count', 'a\n\n[[b\n]]c\n\n', 'a\n\nc\n\n'],
    ['white space is a blank line', 'a\n \t\n[[b\n]]\t \nc\n', 'a\n \t\nc\n'],
    ['lines may end as on Windows', 'a\r\n\r\n[[b\r\n]]\r\nc\r\n', 'a\r\n\r\nc\r\n'],
    ['a block does not begin with a blank line', '{ \n[[b\n]]\nc\n}\n', '{ \nc\n}\n'],
    ['a block of Windows does not either', '{\r\n[[b\r\n]]\r\nc\r\n', '{\r\nc\r\n'],
    ['a line with a bracket is no block', '{x\n[[b\n]]\nc\n', '{x\n\nc\n'],
    ['a block farther up does not count', '{\nx\n[[b\n]]\nc\n', '{\nx\n\nc\n'],
    ['a block does not end with a blank line', 'a\n\n[[b\n]]  }\n', 'a\n  }\n'],
    ['a blank line below goes first', 'a\n\n[[b\n]]\n}\n', 'a\n\n}\n'],
    ['a block farther down does not count', 'a\n\n[[b\n]]c }\n', 'a\n\nc }\n'],
    ['a file does not end with a blank line', 'a\n\n[[b\n]]', 'a\n'],
    ['a file does not begin with a blank line', '[[a\n]]\nb\n', 'b\n'],
    ['a file may become empty', '[[a]]', ''],
    ['what stands beside it on the line stays', 'a\n\n[[b]]c\n\nd\n', 'a\n\nc\n\nd\n'],
    ['what stands before it on the line stays', 'a\n\nb[[c\n]]\nd\n', 'a\n\nb\nd\n'],
    ['neighbors go together', 'a\n\n[[b\n]]\n[[c\n]]\nd\n', 'a\n\nd\n'],
    ['neighbors leave no blank line between them', 'x\n[[a\n]]   \n[[b\n]]c\n', 'x\nc\n'],
    ['the last line need not end', 'a\n\n[[b]]', 'a\n'],
    ['others stay apart', 'a\n[[b\n]]x\n[[c\n]]d\n', 'a\nx\nd\n'],
    ['others on one line stay apart', 'a [[b]] [[c]] d\n', 'a   d\n'],
  ])('%s', (_name, source, left) => {
    const { text, removals } = marked(source);
    expect(edited(text, joined(text, removals))).toBe(left);
    expect(edited(text, joined(text, [...removals].reverse()))).toBe(left);
  });

  test('lines that are replaced stay where they are', () => {
    const edit = { start: 3, end: 5, text: 'B\n' };
    expect(joined('a\n\nb\n\nc\n', [edit])).toEqual([edit]);
    const inserted = { start: 3, end: 3, text: '' };
    expect(joined('a\n\n\nc\n', [inserted])).toEqual([inserted]);
  });
});

describe('Edits are made', () => {
  const edit = (start: number, end: number, text: string): TextEdit => ({ start, end, text });
  test.each<[edits: readonly TextEdit[], text: string]>([
    [[], 'abcd'],
    [[edit(0, 1, 'A')], 'Abcd'],
    [[edit(3, 4, 'D'), edit(1, 2, 'B')], 'aBcD'],
    [[edit(1, 1, '1'), edit(1, 1, '2')], 'a12bcd'],
    [[edit(1, 2, 'B'), edit(1, 1, '1')], 'a1Bcd'],
    [[edit(0, 2, ''), edit(2, 4, '')], ''],
  ])('%j', (edits, text) => {
    expect(edited('abcd', edits)).toBe(text);
  });

  test('unless they overlap', () => {
    expect(() => edited('abcd', [edit(0, 2, ''), edit(1, 3, '')])).toThrow('Two edits overlap.');
  });
});

const NO_NEWLINE = '\\ No newline at end of file';

/** Lines of one letter each; what is written in capitals is to be written so. */
function letters(to: string): { text: string; edits: readonly TextEdit[] } {
  const edits = [...to].flatMap((letter, index): TextEdit[] =>
    letter === letter.toLowerCase() ? [] : [{ start: 2 * index, end: 2 * index + 1, text: letter }],
  );
  return { text: [...to.toLowerCase()].map((letter) => `${letter}\n`).join(''), edits };
}

describe('A diff shows', () => {
  test.each<[name: string, to: string, hunks: readonly string[]]>([
    ['nothing where nothing changes', 'abc', []],
    [
      'three lines around a change',
      'abcdEfghi',
      ['@@ -2,7 +2,7 @@', ' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h'],
    ],
    ['as many as there are', 'Ab', ['@@ -1,2 +1,2 @@', '-a', '+A', ' b']],
    [
      'changes side by side as one',
      'aBCd',
      ['@@ -1,4 +1,4 @@', ' a', '-b', '-c', '+B', '+C', ' d'],
    ],
    [
      'changes with six lines between them together',
      'AbcdefgH',
      [...['@@ -1,8 +1,8 @@', '-a', '+A', ' b', ' c', ' d', ' e', ' f', ' g', '-h', '+H']],
    ],
    [
      'changes with seven lines between them apart',
      'AbcdefghI',
      [
        ...['@@ -1,4 +1,4 @@', '-a', '+A', ' b', ' c', ' d'],
        ...['@@ -6,4 +6,4 @@', ' f', ' g', ' h', '-i', '+I'],
      ],
    ],
  ])('%s', (_name, to, hunks) => {
    const { text, edits } = letters(to);
    expect(unifiedDiff('src/a.ts', text, edits)).toBe(
      hunks.length === 0 ? '' : ['--- a/src/a.ts', '+++ b/src/a.ts', ...hunks].join('\n'),
    );
  });

  test.each<[name: string, text: string, edits: readonly TextEdit[], hunks: readonly string[]]>([
    ['nothing where the same is written', 'a\nb\n', [{ start: 2, end: 3, text: 'b' }], []],
    [
      'a line that comes in, and where the later ones are then',
      'a\nb\nc\nd\ne\nf\ng\nh\ni\n',
      [
        { start: 0, end: 0, text: 'x\ny\n' },
        { start: 16, end: 17, text: 'I' },
      ],
      [
        ...['@@ -1,3 +1,5 @@', '+x', '+y', ' a', ' b', ' c'],
        ...['@@ -6,4 +8,4 @@', ' f', ' g', ' h', '-i', '+I'],
      ],
    ],
    [
      'a line that goes',
      'a\nb\nc\n',
      [{ start: 2, end: 4, text: '' }],
      ['@@ -1,3 +1,2 @@', ' a', '-b', ' c'],
    ],
    [
      'a file that becomes empty',
      'a\n',
      [{ start: 0, end: 2, text: '' }],
      ['@@ -1,1 +0,0 @@', '-a'],
    ],
    ['a file that was empty', '', [{ start: 0, end: 0, text: 'a\n' }], ['@@ -0,0 +1,1 @@', '+a']],
    [
      'a last line that does not end',
      'a\nb',
      [{ start: 2, end: 3, text: 'B' }],
      ['@@ -1,2 +1,2 @@', ' a', '-b', NO_NEWLINE, '+B', NO_NEWLINE],
    ],
    [
      'no line that stays before others that change',
      'a\nb\nc\n',
      [{ start: 0, end: 4, text: 'a\nB\n' }],
      ['@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c'],
    ],
    [
      'no line that stays behind others that change',
      'a\nb\nc\n',
      [{ start: 0, end: 4, text: 'A\nb\n' }],
      ['@@ -1,3 +1,3 @@', '-a', '+A', ' b', ' c'],
    ],
    [
      'one of two lines that say the same',
      'a\na\nb\n',
      [{ start: 0, end: 2, text: '' }],
      ['@@ -1,3 +1,2 @@', ' a', '-a', ' b'],
    ],
    [
      'several lines that become one',
      'a\nb\nc\nd\n',
      [{ start: 0, end: 5, text: 'X' }],
      ['@@ -1,4 +1,2 @@', '-a', '-b', '-c', '+X', ' d'],
    ],
    [
      'a last line of several characters',
      'a\nbc',
      [{ start: 3, end: 4, text: 'C' }],
      ['@@ -1,2 +1,2 @@', ' a', '-bc', NO_NEWLINE, '+bC', NO_NEWLINE],
    ],
    [
      'two edits of one line as one change',
      'abcd\n',
      [
        { start: 0, end: 1, text: 'A' },
        { start: 3, end: 4, text: 'D' },
      ],
      ['@@ -1,1 +1,1 @@', '-abcd', '+AbcD'],
    ],
  ])('%s', (_name, text, edits, hunks) => {
    expect(unifiedDiff('a.ts', text, edits)).toBe(
      hunks.length === 0 ? '' : ['--- a/a.ts', '+++ b/a.ts', ...hunks].join('\n'),
    );
  });
});

describe('With a statement go', () => {
  test.each<[name: string, source: string, left: string, comments: readonly string[]]>([
    ['its line', 'a();\nDROP();\nb();\n', 'a();\nb();\n', []],
    ['its line of Windows', 'a();\r\nDROP();\r\nb();\r\n', 'a();\r\nb();\r\n', []],
    ['its indentation', 'a();\n\t  DROP();  \nb();\n', 'a();\nb();\n', []],
    ['its last line', 'a();\nDROP();', 'a();\n', []],
    ['not what stands before it', 'a(); DROP();\nb();\n', 'a(); \nb();\n', []],
    ['not what stands behind it', 'a();\nDROP();  b();\nc();\n', 'a();\nb();\nc();\n', []],
    ['the comment above', 'a();\n// why\nDROP();\nb();\n', 'a();\nb();\n', ['// why']],
    [
      'the comments above, line by line',
      'a();\n  /**\n   * one\n   two\n   */\n  // three\n  DROP();\nb();\n',
      'a();\nb();\n',
      ['/**', ' * one', 'two', ' */', '// three'],
    ],
    [
      'not a comment with a blank line below',
      'a();\n// other\n\n// why\nDROP();\nb();\n',
      'a();\n// other\n\nb();\n',
      ['// why'],
    ],
    ['not a comment behind other code', 'a(); // a\nDROP();\nb();\n', 'a(); // a\nb();\n', []],
    ['not the comment that begins the file', '// file\nDROP();\nb();\n', '// file\nb();\n', []],
    ['the comment behind', 'a();\nDROP(); // why\nb();\n', 'a();\nb();\n', ['// why']],
    [
      'the comments behind, before other code',
      'a();\nDROP(); /* 1 */ /* 2 */ b();\nc();\n',
      'a();\nb();\nc();\n',
      ['/* 1 */', '/* 2 */'],
    ],
    [
      'both comments',
      'a();\n// above\nDROP(); // behind\nb();\n',
      'a();\nb();\n',
      ['// above', '// behind'],
    ],
  ])('%s', (_name, source, left, comments) => {
    const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true);
    const statement = file.statements.find((each) => each.getText(file).startsWith('DROP'));
    if (statement === undefined) throw new Error('Nothing is to be taken out.');
    const removal = statementRemoval(ts, file, statement);
    expect(edited(source, [removal.edit])).toBe(left);
    expect(removal.comments).toEqual(comments);
  });
});
