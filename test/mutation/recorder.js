import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * What is known of a test file once it has run without a mutant.
 *
 * @typedef {object} Recorded
 * @property {number} seconds
 * @property {boolean} passes
 * @property {string[]} mutants those that it met
 */

const MET = process.env['MUTANTS_MET'] ?? '';
const RECORDS = new Map(
  /** @type {[path: string, record: string][]} */ (JSON.parse(process.env['RECORDS'] ?? '[]')),
);

/** Records each test file as soon as it has run, so that nothing is lost where the run is stopped. */
export default class Recorder {
  /**
   * @param {unknown} _test
   * @param {import('@jest/test-result').TestResult} result
   */
  onTestFileResult(_test, { testFilePath, perfStats, numFailingTests, testExecError }) {
    const record = RECORDS.get(testFilePath);
    if (record === undefined) return;
    /** @type {Recorded} */
    const recorded = {
      seconds: perfStats.runtime / 1000,
      passes: numFailingTests === 0 && testExecError === undefined,
      mutants: existsSync(MET) ? JSON.parse(readFileSync(MET, 'utf8')) : [],
    };
    rmSync(MET, { force: true });
    writeFileSync(record, JSON.stringify(recorded));
  }
}
