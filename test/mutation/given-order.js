/** Runs test files in the order in which the command names them: those that are likely to notice come first. */
export default class GivenOrder {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    /** @param {import('@jest/test-result').Test} test */
    const rank = ({ path }) => process.argv.indexOf(path);
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }

  /** What failed, and how long it took, is nothing that another order should come of. */
  cacheResults() {}
}
