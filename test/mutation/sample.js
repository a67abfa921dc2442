// Estimates how many mutants of src/ the tests notice, from a random sample: test/README.md, "Mutants".
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SEED, SEEDED } from '../harness/seed.js';
import { foldersInTurn, shuffled } from './mutants.js';
import { describeShares } from './shares.js';
import { allMutants, knownTests, makeSandbox, runWith, WORKSHOP } from './sandbox.js';

/** @import { Mutant } from './mutants.js' */
/** @import { KnownTests } from './sandbox.js' */

const { values } = parseArgs({
  options: {
    number: { type: 'string', default: '100' },
    under: { type: 'string', multiple: true, default: ['src/'] },
    'each-folder': { type: 'boolean', default: false },
    minutes: { type: 'string', default: '1440' },
    budget: { type: 'string', default: '3600' },
    without: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
  },
});
const budget = Number(values.budget);

const mutants = (await allMutants()).filter(({ file }) =>
  values.under.some((start) => file.startsWith(start)),
);
const { without } = values;
const sandboxes = await Promise.all(
  Array.from({ length: Number(values.concurrency) }, (_, index) => makeSandbox(index)),
);
const [firstSandbox = ''] = sandboxes;
const tests = await knownTests(
  without === undefined ? undefined : new RegExp(without),
  firstSandbox,
);
for (const { file, passes } of tests) {
  if (!passes) console.log(`${file} fails without any mutant, and is left out.`);
}
const quickest = tests.filter(({ passes }) => passes).sort((a, b) => a.seconds - b.seconds)[0];
if (
  quickest === undefined ||
  (await runWith([quickest.file], undefined, firstSandbox)) !== 'survived'
) {
  throw new Error('Tests fail without any mutant, so that nothing could be told by them.');
}
const drawn = shuffled(mutants, SEED);
const sample = (values['each-folder'] ? foldersInTurn(drawn) : drawn).slice(
  0,
  Number(values.number),
);
console.log(`${sample.length} of ${mutants.length} mutants ${SEEDED}`);

/** @type {{ mutant: Mutant, noticed: boolean, leftOut: number }[]} */
const results = [];
const end = Date.now() + Number(values.minutes) * 60_000;
const queue = sample.values();
await Promise.all(sandboxes.map(work));
writeFileSync(join(WORKSHOP, `sample-${SEED}.json`), JSON.stringify(results, undefined, 1));
console.log(describeShares(results, mutants));
const undecided = results.filter(({ noticed, leftOut }) => !noticed && leftOut > 0).length;
if (undecided > 0) {
  console.log(`${undecided} count as survived, although a longer --budget could tell otherwise.`);
}

/** Takes mutants of the sample until there are none, or no time. @param {string} sandbox */
async function work(sandbox) {
  for (const mutant of queue) {
    if (Date.now() > end) return;
    const { nearest, leftOut } = testsOf(mutant);
    const seconds = nearest.reduce((sum, each) => sum + each.seconds, 0);
    const files = nearest.map(({ file }) => file);
    const outcome =
      files.length === 0 ? 'never run' : await runWith(files, mutant, sandbox, 60 + 5 * seconds);
    const noticed = outcome === 'killed' || outcome === 'timed out';
    results.push({ mutant, noticed, leftOut });
    const { place, mutator, original, replacement } = mutant;
    const more = !noticed && leftOut > 0 ? `, ${leftOut} test files left out` : '';
    console.log(`${results.length} ${outcome}: ${place} ${mutator}${more}`);
    if (!noticed) console.log(`${shortened('- ', original)}\n${shortened('+ ', replacement)}`);
  }
}

/**
 * The test files that run into a mutant, those of its own folder first, as far as there is time for them. What they
 * start as processes of their own is not seen, and so the tests of the command are asked about all of it.
 *
 * @param {Mutant} mutant
 */
function testsOf({ id, file, folder }) {
  const candidates = tests
    .filter(({ passes }) => passes)
    .filter(
      (test) => test.mutants.has(id) || (folder === 'cli/' && test.file.startsWith('test/cli/')),
    )
    // What is near is likely to notice, and what is quick costs little if it does not.
    .map((test) => ({ test, delay: (1 + test.seconds) / 3 ** nearness(file, test.file) }))
    .sort((a, b) => a.delay - b.delay)
    .map(({ test }) => test);
  /** @type {KnownTests[]} */
  const nearest = [];
  let seconds = 0;
  for (const test of candidates) {
    seconds += test.seconds;
    if (seconds > budget && nearest.length > 0) break;
    nearest.push(test);
  }
  return { nearest, leftOut: candidates.length - nearest.length };
}

/**
 * How many folders, and then the name, a source and its test share.
 *
 * @param {string} source
 * @param {string} test
 */
function nearness(source, test) {
  const theirs = test.replace(/\.test\.ts$/, '').split('/');
  const ours = source.replace(/\.ts$/, '').split('/');
  let shared = 1;
  while (shared < ours.length && ours[shared] === theirs[shared]) shared += 1;
  return shared;
}

/**
 * @param {string} mark
 * @param {string} text
 */
function shortened(mark, text) {
  const line = text.replace(/\s+/g, ' ');
  return `    ${mark}${line.length > 160 ? `${line.slice(0, 160)} …` : line}`;
}
