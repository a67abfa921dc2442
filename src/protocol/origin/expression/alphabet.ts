/** The characters that serialized origins are made of: printable ASCII. Whatever holds another one is no origin. */
export const ORIGIN_CHARACTERS: readonly string[] = Array.from(
  { length: 0x7e - 0x20 },
  (_, index) => String.fromCharCode(0x21 + index),
);

/** Which of {@link ORIGIN_CHARACTERS}, each by its place there, a part of an expression matches. */
export type CharacterSet = readonly boolean[];

/** The characters sorted into classes: no part of an expression tells two of the same class from each other. */
export interface CharacterClasses {
  readonly count: number;
  /** The class of a character code below 128; {@link NO_CLASS} for what no origin has. */
  readonly byCode: Uint8Array;
  /** One character of each class, by its place in {@link ORIGIN_CHARACTERS}. */
  readonly examples: readonly number[];
}

export const NO_CLASS = 0xff;

export function classifyCharacters(sets: Iterable<CharacterSet>): CharacterClasses {
  const all = [...sets];
  const byCode = new Uint8Array(128).fill(NO_CLASS);
  const known = new Map<string, number>();
  const examples: number[] = [];
  ORIGIN_CHARACTERS.forEach((character, place) => {
    const signature = all.map((set) => (set[place] === true ? '1' : '0')).join('');
    const ofSame = known.get(signature) ?? examples.push(place) - 1;
    known.set(signature, ofSame);
    byCode[character.charCodeAt(0)] = ofSame;
  });
  return { count: examples.length, byCode, examples };
}
