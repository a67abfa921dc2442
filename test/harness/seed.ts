/**
 * Where random tests start from: `SEED` if set, always the same place in CI, and another one each time by hand. What
 * it is has to be in every failure, so that it can be seen again.
 */
export const SEED = Number(
  process.env['SEED'] ?? (process.env['CI'] === 'true' ? 20_251_121 : Date.now() % 1_000_000_000),
);

/** Ends the title of a random test, so that a failure says how to see it again. */
export const SEEDED = `(SEED=${SEED})`;
