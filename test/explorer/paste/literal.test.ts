import { describe, expect, test } from '@jest/globals';
import { type Literal, LiteralReader } from '../../../src/explorer/paste/literal.js';

/** What is read of arguments, as plain data; `null` is what is not known. */
function read(source: string): unknown {
  return JSON.parse(
    JSON.stringify(new LiteralReader(source, 0).list(), (_key, value: Literal) => value ?? null),
  );
}

describe('Of what is written out in JavaScript', () => {
  test.each<[source: string, values: unknown]>([
    ['', []],
    [')', []],
    [' "a" , \'b\',`c`,) "d"', ['a', 'b', 'c']],
    ['"a"', ['a']],
    ['"a', ['a']],
    ['\'it"s\', "it\'s"', ['it"s', "it's"]],
    [String.raw`"\n\r\t\b\f\"\\\/"`, ['\n\r\t\b\f"\\/']],
    [String.raw`"\x41b\u00e9c\u20ACd"`, ['Abéc€d']],
    [String.raw`"\x4", "\u20a", "\zx41", "\\x41"`, ['x4', 'u20a', 'zx41', '\\x41']],
    ['"a\\\nb"', ['ab']],
    ['`a${b}c`, "a${b}c", \'${b}\'', [null, 'a${b}c', '${b}']],
    [String.raw`${'`'}a\${b}${'`'}, ${'`'}$ {${'`'}`, ['a${b}', '$ {']],
    ['["a", [ "b" ], []]', [['a', ['b'], []]]],
    ['{}, {"a": "b", \'c\': "d", e_$1: `f`}', [{}, { a: 'b', c: 'd', e_$1: 'f' }]],
    ['{ a: { b: ["c"] } , d:"e" }', [{ a: { b: ['c'] }, d: 'e' }]],
    // A method, a getter and a variable, whose names are known.
    ['{ a() { return "b"; }, c, "d": "e" }', [{ a: null, c: null, d: 'e' }]],
    ['{ ...a, [b]: "c", d: "e" }', [{ '...': null, d: 'e' }]],
    ['{ ...a.b }', [{ '...': null }]],
    // No literals, and passed over up to the comma.
    ['1, true, null, a, "b"', [null, null, null, null, 'b']],
    ['"a" + "b", "c".d, "e"', [null, null, 'e']],
    ['a("b", c), ["d"][0], "e"', [null, null, 'e']],
    ['a[b, c], {} + 1, (d, "e"), "f"', [null, null, null, 'f']],
    ['a(b)(c, d), "e"', [null, 'e']],
    ['a + ",", b + \')\', c + `,`, "d"', [null, null, null, 'd']],
    ['a / b, "c"', [null, 'c']],
    ['/* "a", */ "b" // c\n, "d" /* e', ['b', 'd']],
    ['/*/ "a", */ "b"', ['b']],
    ["a /* don't, */ + b, 'c'", [null, 'c']],
    ['a // ", b\n, "c"', [null, 'c']],
    ['"a" // b', ['a']],
    // Any bracket ends what is open.
    ['["a"), "b"', [['a'], 'b']],
    ['{ a: "b"], "c"', [{ a: 'b' }, 'c']],
    [', "a"', [null, 'a']],
    ['{ a: , b: "c" }', [{ a: null, b: 'c' }]],
  ])('%j is read as it is meant', (source, values) => {
    expect(read(source)).toEqual(values);
  });

  test('only what comes after the place is read', () => {
    expect(new LiteralReader('fetch("a")', 'fetch('.length).list()).toEqual(['a']);
  });

  test.each(['[', '{a:'])('fifty levels of %s are read, and no more', (open) => {
    const close = open === '[' ? ']' : '}';
    const nested = (depth: number) => open.repeat(depth) + '"b"' + close.repeat(depth);
    expect(JSON.stringify(read(nested(50)))).toContain('"b"');
    expect(JSON.stringify(read(nested(51)))).not.toContain('"b"');
  });
});
