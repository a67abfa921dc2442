/** What stands for the owner of the repository until the package has a home. */
const PLACEHOLDER = /\bgithub\.com\/OWNER\b/;

/** @import { Subject } from './subject.js' */

/**
 * Faults of `repository`, `homepage` and `bugs`, and of the addresses that files give.
 *
 * @param {Pick<Subject, 'manifest' | 'files' | 'templates'>} subject
 */
export function checkAddresses({ manifest, files, templates }) {
  const { repository, homepage, bugs } = manifest;
  const addresses = { 'repository.url': repository?.url, homepage, 'bugs.url': bugs?.url };
  const missing = Object.entries(addresses)
    .filter(([, address]) => !/^(?:git\+)?https:\/\/[\w.-]+\/./.test(address ?? ''))
    .map(([field]) => `package.json: ${field} is no https: address.`);
  const placeheld = [...files, ...templates]
    .filter(({ text }) => PLACEHOLDER.test(text()))
    .map(
      ({ path }) =>
        `${path}: an address still has the placeholder OWNER. Write the owner of the repository.`,
    );
  return [...missing, ...placeheld];
}

/**
 * Faults of the version, and of what CHANGELOG.md says of it.
 *
 * @param {Pick<Subject, 'manifest' | 'changelog'>} subject
 */
export function checkVersion({ manifest, changelog }) {
  const [unreleased, ...versions] = changelog.split(/^(?=## )/m).slice(1);
  const faults = [];
  if (!unreleased?.startsWith('## [Unreleased]'))
    faults.push('CHANGELOG.md: the first section is not [Unreleased].');
  else if (/^[-*] /m.test(unreleased))
    faults.push(
      'CHANGELOG.md: [Unreleased] has entries. Move them under the version that is to be released.',
    );
  const topmost = /^## \[(\d+\.\d+\.\d+[^\]]*)\] - \d{4}-\d{2}-\d{2}$/m.exec(
    versions[0] ?? '',
  )?.[1];
  if (topmost !== manifest.version)
    faults.push(
      `CHANGELOG.md: the topmost version with a date is ${topmost ?? 'missing'}; package.json has ${manifest.version}.`,
    );
  return faults;
}
