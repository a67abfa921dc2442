/** Where the random tests start from; `SEED=42 npm test` starts elsewhere. The default finds the same things each time. */
export const SEED = Number(process.env['SEED'] ?? 20_250_611);

/** Ends the title of a random test, so that a failure says how to see it again. */
export const SEEDED = `(SEED=${SEED})`;
