/**
 * What two sides cost, measured in turn.
 *
 * @typedef {object} Paired
 * @property {number} ours median
 * @property {number} theirs median
 * @property {number} ratio median of the ratios of each pair
 * @property {[number, number]} spread quartiles of those ratios
 */

/**
 * Measures two sides in turn, and lets each go first as often as the other, so that whatever else the machine
 * does meets both.
 *
 * @param {number} rounds
 * @param {() => Promise<number>} ours
 * @param {() => Promise<number>} theirs
 * @returns {Promise<[ours: number, theirs: number][]>}
 */
export async function measureInTurn(rounds, ours, theirs) {
  /** @type {[ours: number, theirs: number][]} */
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const first = await ours();
      pairs.push([first, await theirs()]);
    } else {
      const first = await theirs();
      pairs.push([await ours(), first]);
    }
  }
  return pairs;
}

/**
 * @param {readonly [ours: number, theirs: number][]} pairs
 * @returns {Paired}
 */
export function summarize(pairs) {
  const ratios = pairs.map(([ours, theirs]) => ours / theirs);
  return {
    ours: quantile(
      pairs.map(([ours]) => ours),
      0.5,
    ),
    theirs: quantile(
      pairs.map(([, theirs]) => theirs),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

/** @param {readonly number[]} values one at least */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * @param {readonly number[]} values one at least
 * @param {number} q between 0 and 1
 */
function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new RangeError('Nothing was measured.');
  return below + (above - below) * (at % 1);
}
