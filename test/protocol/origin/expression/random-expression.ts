import fc from 'fast-check';

/** An expression in the syntax that has an automaton, and how to write some text that it may match. */
export interface RandomExpression {
  readonly source: string;
  /** Text put together along the expression; look-arounds and the like may keep it from matching. */
  readonly text: fc.Arbitrary<string>;
}

const LITERALS = ['a', 'b', 'e', 'x', '1', '-', '\\.', 'ab', 'app', 'com', 'B', ':', '\\/', '_'];

// No class of all characters: V8 takes `/^(?:([^])*|^)$/` not to match `a`, against the standard.
const CLASSES = [
  { source: '[ab]', members: 'ab' },
  { source: '[a-z0-9\\-]', members: 'aez09-' },
  { source: '[^.]', members: 'a-Z:' },
  { source: '[^ab.]', members: 'xz1-' },
  { source: '\\w', members: 'aB1_' },
  { source: '\\W', members: '.-:/' },
  { source: '\\d', members: '019' },
  { source: '\\D', members: 'a.-' },
  { source: '\\S', members: 'a.-' },
  { source: '\\s', members: '' },
  { source: '.', members: 'aX.-/1' },
  { source: '[A-F]', members: 'AF' },
  { source: '\\x61', members: 'a' },
];

const ASSERTIONS = ['^', '$', '\\b', '\\B'];
const QUANTIFIERS = [
  ['*', 0, 3],
  ['+', 1, 3],
  ['?', 0, 1],
  ['{2}', 2, 2],
  ['{0,2}', 0, 2],
  ['{1,}', 1, 3],
  ['*?', 0, 3],
] as const;

const NOTHING = fc.constant('');

const repeated = (text: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(text, { minLength, maxLength }).map((texts) => texts.join(''));

/** Expressions as deep as that; those inside of a look-behind look nowhere else. */
function expressions(depth: number, isBehind: boolean): fc.Arbitrary<RandomExpression> {
  const leaves: fc.Arbitrary<RandomExpression>[] = [
    fc.constantFrom(...LITERALS).map((source) => ({
      source,
      text: fc.constant(source.replaceAll('\\', '')),
    })),
    fc.constantFrom(...CLASSES).map(({ source, members }) => ({
      source,
      text: members === '' ? NOTHING : fc.constantFrom(...members),
    })),
    ...(isBehind
      ? []
      : [fc.constantFrom(...ASSERTIONS).map((source) => ({ source, text: NOTHING }))]),
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const inner = expressions(depth - 1, isBehind);
  const sequence = fc.array(inner, { minLength: 1, maxLength: 4 }).map((parts) => ({
    source: parts.map(({ source }) => source).join(''),
    text: fc.tuple(...parts.map(({ text }) => text)).map((texts) => texts.join('')),
  }));
  const alternation = fc.array(inner, { minLength: 2, maxLength: 3 }).map((parts) => ({
    source: `(?:${parts.map(({ source }) => source).join('|')})`,
    text: fc.oneof(...parts.map(({ text }) => text)),
  }));
  const repetition = fc
    .tuple(sequence, fc.constantFrom(...QUANTIFIERS))
    .map(([{ source, text }, [quantifier, least, most]]) => ({
      source: `(${source})${quantifier}`,
      text: repeated(text, least, most),
    }));
  const lookAhead = fc
    .tuple(inner, fc.constantFrom('?=', '?!'))
    .map(([{ source }, kind]) => ({ source: `(${kind}${source})`, text: NOTHING }));
  const lookBehind = fc
    .tuple(expressions(depth - 1, true), fc.constantFrom('?<=', '?<!'))
    .map(([{ source }, kind]) => ({ source: `(${kind}${source})`, text: NOTHING }));
  return fc.oneof(
    ...leaves,
    { weight: 4, arbitrary: sequence },
    { weight: 2, arbitrary: alternation },
    { weight: 3, arbitrary: repetition },
    ...(isBehind ? [] : [lookAhead, lookBehind]),
  );
}

export const randomExpression: fc.Arbitrary<RandomExpression> = expressions(3, false);
