const IN_CI = 20_251_121;

/**
 * Where random tests start from: `SEED` if set, always the same place in CI, and another one each time by hand.
 *
 * @param {Readonly<NodeJS.ProcessEnv>} environment
 * @throws Error if `SEED` is not a whole number that can be written with digits alone
 */
export function seedOf({ SEED: given, CI: ci }) {
  if (given === undefined) return ci === 'true' ? IN_CI : Date.now() % 1_000_000_000;
  // fast-check takes 32 bits, and would tell of another seed than the one that it was given.
  if (!/^\d{1,9}$/.test(given)) {
    throw new Error(
      `SEED has to be a whole number of at most nine digits, not ${JSON.stringify(given)}.`,
    );
  }
  return Number(given);
}

/** What all random tests of this run start from. The linter refuses every other source of chance in `test/`. */
export const SEED = seedOf(process.env);

/** Ends the title of a random test, so that a failure says how to see it again. */
export const SEEDED = `(SEED=${SEED})`;
