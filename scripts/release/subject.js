/**
 * The package that is checked, read from its folder.
 *
 * @typedef {object} Subject
 * @property {string} folder
 * @property {string} tarball where it is
 * @property {string} integrity its hash, as npm tells it
 * @property {Manifest} manifest package.json
 * @property {string} changelog
 * @property {string} lockText package-lock.json
 * @property {Lock} lock the same, read
 * @property {readonly (TextFile & { size: number })[]} files of the tarball, with their size in bytes
 * @property {readonly TextFile[]} templates what the code host shows
 */

/** @typedef {{ path: string, text: () => string }} TextFile a file of the folder, read when it is asked for */

/**
 * What the checks read of package.json.
 *
 * @typedef {object} Manifest
 * @property {string} version
 * @property {{ url?: string }} [repository]
 * @property {string} [homepage]
 * @property {{ url?: string }} [bugs]
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 */

/** @typedef {{ packages: Readonly<Record<string, LockedPackage>> }} Lock package-lock.json, by folder */

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [license] an SPDX expression
 * @property {string} [resolved] the address that it comes from
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 */

export {};
