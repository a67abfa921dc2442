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
