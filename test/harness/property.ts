import fc, { type IAsyncProperty, type IProperty } from 'fast-check';
import { SEED } from './seed.js';

/** Draws `cases` of a property, from `SEED` on; a failure shows the smallest that breaks it. */
export function checkProperty<Drawn>(property: IAsyncProperty<Drawn>, cases: number): Promise<void>;
export function checkProperty<Drawn>(property: IProperty<Drawn>, cases: number): void;
export function checkProperty<Drawn>(
  property: IAsyncProperty<Drawn> | IProperty<Drawn>,
  cases: number,
): Promise<void> | void {
  return fc.assert(property, { seed: SEED, numRuns: cases });
}

const [FIRST_SURROGATE, SURROGATES] = [0xd800, 0x800];

/** Any character of Unicode. fast-check's own `binary` makes a table of all of them, in each file, for a second. */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - SURROGATES }).map(
  (number) => String.fromCodePoint(number < FIRST_SURROGATE ? number : number + SURROGATES),
  (value) => {
    if (typeof value !== 'string' || [...value].length !== 1) throw new Error('No character.');
    const codePoint = value.codePointAt(0)!;
    return codePoint < FIRST_SURROGATE ? codePoint : codePoint - SURROGATES;
  },
);
