/** @import { Mutant } from './mutants.js' */

/** Of a normal distribution, for 95 % between both ends. */
const Z = 1.96;

/**
 * The share of mutants that the tests notice, by folder and of all, with the 95 % confidence interval (Wilson). Of all:
 * each folder weighs as much as it has mutants.
 *
 * @param {readonly { mutant: Mutant, noticed: boolean }[]} results
 * @param {readonly Mutant[]} all those from which the sample was drawn
 */
export function describeShares(results, all) {
  const folders = [...new Set(all.map(({ folder }) => folder))].sort();
  const lines = [];
  let share = 0;
  let variance = 0;
  let weighed = 0;
  for (const folder of folders) {
    const here = results.filter(({ mutant }) => mutant.folder === folder);
    const total = all.filter((mutant) => mutant.folder === folder).length;
    const noticed = here.filter((result) => result.noticed).length;
    lines.push(describe(folder, noticed, here.length, total));
    if (here.length === 0) continue;
    share += (total * noticed) / here.length;
    // Of a folder whose mutants are all noticed, one more could be missed.
    const { low, high } = interval(noticed, here.length);
    variance += (total * ((high - low) / (2 * Z))) ** 2;
    weighed += total;
  }
  if (weighed === 0) return lines.join('\n');
  const half = (Z * Math.sqrt(variance)) / weighed;
  lines.push(
    `all of them: ${percent(share / weighed)} ± ${percent(half)} (${results.length} of ${all.length})`,
  );
  return lines.join('\n');
}

/**
 * @param {string} folder
 * @param {number} noticed
 * @param {number} drawn
 * @param {number} total
 */
function describe(folder, noticed, drawn, total) {
  if (drawn === 0) return `${folder}: none drawn of ${total}`;
  const { low, high } = interval(noticed, drawn);
  return `${folder}: ${percent(noticed / drawn)} (${percent(low)} to ${percent(high)}; ${noticed} of ${drawn}, of ${total})`;
}

/**
 * @param {number} hits
 * @param {number} drawn
 */
function interval(hits, drawn) {
  const share = hits / drawn;
  const middle = (share + Z ** 2 / (2 * drawn)) / (1 + Z ** 2 / drawn);
  const half =
    (Z / (1 + Z ** 2 / drawn)) *
    Math.sqrt((share * (1 - share)) / drawn + Z ** 2 / (4 * drawn ** 2));
  return { low: middle - half, high: middle + half };
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
