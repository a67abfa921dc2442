import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shellWords } from '../../../src/explorer/paste/shell-words.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

/** The words as bash itself has them. */
function bashWords(command: string): readonly string[] {
  const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

describe('Words of bash', () => {
  test.each([
    ["curl 'https://a.example/b?c=d&e'"],
    ["curl 'a' \\\n  -H 'b: c' \\\n  --compressed"],
    [String.raw`curl $'it\'s \x41\u00e9 \\ \n\t end' -H $'a: \101'`],
    [String.raw`curl "a \"b\" \\ c" -H "x: \y"`],
    [`curl a'b'"c"$'d'e`],
    ['curl \'\' "" x'],
    [String.raw`curl 'it'\''s' a\ b`],
    [String.raw`curl $'\q\X41\xg\?\"' "$'"`],
  ])('%j is read as bash reads it', (command) => {
    expect(shellWords(command)).toEqual(bashWords(command));
  });

  test(`any text in any quotes is read as bash reads it ${SEEDED}`, () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab \t:;{}[]@%=,.-é"\\', '\n'),
      maxLength: 12,
    });
    const word = fc.oneof(
      text.map((inside) => `'${inside}'`),
      text.map((inside) => `"${inside.replaceAll(/["\\]/g, '\\$&')}"`),
      text.map((inside) => `$'${inside.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}'`),
    );
    checkProperty(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const command = words.join(' \\\n  ');
        expect(shellWords(`curl ${command}`)).toEqual(bashWords(`curl ${command}`));
      }),
      60,
    );
  });
});

describe('Words of bash, whose shell need not be there,', () => {
  test.each<[command: string, words: readonly string[]]>([
    ['', []],
    ['  a\t b \n', ['a', 'b']],
    [String.raw`a\b \'c \ d`, ['ab', "'c", ' d']],
    ['a\\\nb\\\r\nc', ['abc']],
    ['a\\', ['a']],
    [`'a"b' "c'd" e'f'"g"$'h'`, ['a"b', "c'd", 'efgh']],
    ["'' \"\" $'' a''", ['', '', '', 'a']],
    ["'a\\' 'b", ['a\\', 'b']],
    [String.raw`"\$ \" \\ \a \x41"`, ['$ " \\ \\a \\x41']],
    ['"\\`" "a\\\nb"', ['`', 'ab']],
    ["a$b $ '$c'", ['a$b', '$', '$c']],
    [String.raw`$'\a\b\e\E\f\n\r\t\v\\\'\"\?'`, ['\x07\b\x1b\x1b\f\n\r\t\v\\\'"?']],
    [String.raw`$'\x4a\x4Ab\x4g\xg'`, ['JJb\x04g\\xg']],
    [String.raw`$'\u00e9\u20ACb\u4Ag\ug'`, ['é€bJg\\ug']],
    [String.raw`$'\U0001F600\U1f600g\UG'`, ['😀😀g\\UG']],
    [String.raw`$'\U10ffff\U110000'`, ['\u{10ffff}\ufffd']],
    [String.raw`$'\101\1012\60g\89'`, ['AA20g\\89']],
    [String.raw`$'\X41\q'`, ['\\X41\\q']],
    ["$'a\\", ['a\\']],
    ["$'a", ['a']],
  ])('%j', (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });
});

describe('Words of cmd', () => {
  test.each([
    ['curl "https://a.example/" -H "a: b"', ['curl', 'https://a.example/', '-H', 'a: b']],
    [
      'curl ^"https://a.example/b?c=d^&e^" ^\r\n  -H ^"a: b^" ^\n  --data-raw ^"^{^\\^"x^\\^":1^}^"',
      ['curl', 'https://a.example/b?c=d&e', '-H', 'a: b', '--data-raw', '{"x":1}'],
    ],
    ['curl ^"a^" --data ^"say ""hi""^"', ['curl', 'a', '--data', 'say "hi"']],
    ['curl ^"C:^\\^\\dir^"', ['curl', 'C:\\dir']],
    ['^"a^" b\\\\c "d\\e" "f\\\\"', ['a', 'b\\\\c', 'd\\e', 'f\\']],
    ['^"^" a"b c"d \\"e', ['', 'ab cd', '"e']],
    ['a^\r\nb ^\nc', ['ab', 'c']],
    ['^"a^"\r\n b ', ['a', 'b']],
  ])('%j are as Windows reads them', (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });
});
