// @ts-check
import Sequencer from '@jest/test-sequencer';

/** Runs test files in the order in which the command names them: those that are likely to notice come first. */
export default class GivenOrder extends Sequencer.default {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  sort(tests) {
    return [...tests].sort((a, b) => process.argv.indexOf(a.path) - process.argv.indexOf(b.path));
  }
}
