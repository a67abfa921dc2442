import { homedir } from 'node:os';

/** @import { Subject } from './subject.js' */

/** Folders in which people and build machines keep their work. Examples in the documentation do without them. */
const FOLDERS =
  /(?<![\w.~-])(?:\/(?:home|Users|root|tmp|work|builds|private\/var)\/[\w.-]+|[A-Za-z]:\\{1,2}Users\\{1,2}\w+|file:\/\/\/\w+)/g;

/** Registries of packages, but for the public one. */
const REGISTRIES =
  /https?:\/\/(?:[\w.-]*\b(?:registry|artifactory|nexus|verdaccio|npm)\b[\w.-]*)(?::\d+)?/g;
const PUBLIC_REGISTRY = [
  'https://registry.npmjs.org',
  'https://www.npmjs.com',
  'https://docs.npmjs.com',
];

/**
 * Faults where a file tells of the machine that made it.
 *
 * @param {Pick<Subject, 'files' | 'lock' | 'lockText' | 'folder'>} subject
 */
export function checkTraces({ files, lock, lockText, folder }) {
  const own = [folder, `${homedir()}/`];
  /** @param {string} text */
  const tracesIn = (text) => [
    ...own.filter((each) => text.includes(each)),
    ...(text.match(FOLDERS) ?? []),
    ...(text.match(REGISTRIES) ?? []).filter((each) => !PUBLIC_REGISTRY.includes(each)),
  ];
  const faults = [
    ...files.map(({ path, text }) => ({ path, text: text() })),
    { path: 'package-lock.json', text: lockText },
  ].flatMap(({ path, text }) =>
    [...new Set(tracesIn(text))].map((trace) => `${path} has a trace of a machine: ${trace}`),
  );
  for (const [place, { resolved }] of Object.entries(lock.packages)) {
    if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
      faults.push(`package-lock.json: ${place} comes from ${resolved}.`);
  }
  return faults;
}
