/** All of them permit use, change and sale, and ask for nothing but the license's text. */
const PERMITTED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
];

/** @import { Lock, Subject } from './subject.js' */

/**
 * Faults of the licenses of all that comes with the package.
 *
 * @param {Pick<Subject, 'manifest' | 'lock'>} subject
 */
export function checkLicenses({ manifest, lock }) {
  /** @type {Set<string>} */
  const faults = new Set();
  const seen = new Set();
  /**
   * @param {readonly string[]} names
   * @param {string} from the folder of what depends on them
   */
  const visit = (names, from) => {
    for (const name of names) {
      const place = placeOf(lock, name, from);
      const locked = place === undefined ? undefined : lock.packages[place];
      if (place === undefined || locked === undefined) {
        faults.add(`package-lock.json: ${name} is missing. Run npm install.`);
        continue;
      }
      if (seen.has(place)) continue;
      seen.add(place);
      const { license, version, dependencies, optionalDependencies } = locked;
      if (!isPermitted(license))
        faults.add(
          `${name} ${version} has the license ${license ?? '(none)'}. Permitted are ${PERMITTED.join(', ')}.`,
        );
      visit(Object.keys({ ...dependencies, ...optionalDependencies }), place);
    }
  };
  visit(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }), '');
  return [...faults];
}

/** @param {string} [license] an SPDX expression; where it offers several, one is enough */
function isPermitted(license = '') {
  return license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((each) => PERMITTED.includes(each));
}

/**
 * Where npm puts a dependency: the nearest node_modules above.
 *
 * @param {Lock} lock
 * @param {string} name
 * @param {string} from the folder of what depends on it
 */
function placeOf(lock, name, from) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))
  ) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in lock.packages) return place;
    if (folder === '') return undefined;
  }
}
