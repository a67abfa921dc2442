// Makes dist/esm and dist/cjs of the modules that TypeScript made of src/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { build, transform } from 'esbuild';
import ts from 'typescript';
import { commonJs } from './common-js.js';

/** What `exports` of package.json names. */
const LIBRARY = ['index.js', 'testing/index.js', 'explorer/index.js'];
/** The command is a program of its own, and ES modules alone. */
const COMMAND = ['cli/main.js', 'cli/application-process.js'];

/** The chunks of these folders stay in them: the first finds its other program there, and both are measured for themselves. */
const OWN_FOLDERS = ['cli/', 'explorer/'];

/** Imports all that both module systems share, so that esbuild keeps it in files of its own. Nobody loads it. */
const SHARED = 'shared.js';

/** Where the chunks are on their way, in the folder of the modules. */
const BUNDLED = 'bundled';

/** The folders that decide and enforce. Who reviews the package reads what is in them, so that it keeps its names. */
const DECIDING = /^(?:configuration|decision|enforcement|observation|protocol|routing)\//;

/** What else users call, or see the name of. It is not for review, and keeps no other names. */
const PUBLIC = /^(?:testing|explorer)\/|^document\/explanation-text\b/;

/** @import { BuildOptions, Metafile } from 'esbuild' */

/** @typedef {Map<string, readonly string[]>} Inputs each module by its name, and what it imports */

/**
 * A file of the bundle.
 *
 * @typedef {object} Chunk
 * @property {string} file that it is to be
 * @property {readonly string[]} imports the names of other chunks
 * @property {readonly string[]} atOnce those that it needs before it is there
 * @property {boolean} isShared whether both halves take it from dist/cjs
 * @property {boolean} decides whether it decides about requests
 */

/** @satisfies {BuildOptions} */
const SETTINGS = /** @type {const} */ ({
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
});

// Node prints the line that threw: it must not be the whole file.
const SMALL = { minifyWhitespace: true, minifySyntax: true, lineLimit: 160 };

/**
 * Bundles modules with code splitting: what an entry point does not need at once stays in a file of its own.
 *
 * A module that imports Nest, or that imports such a module, is there twice, for `import` and for `require()`. All others are
 * there once, in dist/cjs, and ES modules take them from there. The other way round, Jest could not load them.
 *
 * @param {string} modules the folder of the modules
 * @param {string} dist the folder of both halves
 */
export async function bundleLibrary(modules, dist) {
  // None of package.json's `sideEffects: false`, by which esbuild would leave out what is imported for nothing but its place.
  writeFileSync(join(modules, 'package.json'), '{ "type": "module" }\n');
  const inputs = readInputs((await split(modules, [...LIBRARY, ...COMMAND])).metafile);
  const shared = sharedModules(inputs);
  writeFileSync(
    join(modules, SHARED),
    shared
      .filter((name) => !name.includes('node_modules'))
      .map((name) => `import './${name}';\n`)
      .join(''),
  );
  const { metafile } = await split(modules, [...LIBRARY, ...COMMAND, SHARED]);
  const chunks = readChunks(metafile, new Set(shared));

  for (const [name, { isShared, imports }] of chunks) {
    if (isShared && imports.some((each) => !chunkOf(chunks, each).isShared))
      throw new Error(`${name} is shared by both module systems, and imports what is not.`);
  }
  const circle = [...chunks.keys()].find((name) => leadsBack(chunks, name));
  if (circle) throw new Error(`${chunkOf(chunks, circle).file} imports itself, by way of others.`);
  const files = [...chunks.values()].map(({ file }) => file);
  const twice = files.filter((file, index) => files.indexOf(file) !== index);
  if (twice.length > 0) throw new Error(`Several chunks would be called ${twice.join(', ')}.`);
  const needed = reachable(chunks, LIBRARY);
  for (const [chunk, { isShared }] of chunks) {
    if (chunk === SHARED) continue;
    if (!isShared) await emit(chunk, 'esm');
    if (needed.has(chunk)) await emit(chunk, 'cjs');
  }

  /**
   * @param {string} chunk
   * @param {'esm' | 'cjs'} format
   */
  async function emit(chunk, format) {
    const { file, decides } = chunkOf(chunks, chunk);
    const isReadable = decides && needed.has(chunk);
    /** @type {import('esbuild').Plugin} */
    const plugin = {
      name: 'where chunks are',
      setup({ onLoad, onResolve }) {
        onLoad({ filter: /\.js$/ }, ({ path }) => ({
          contents: withOwnNames(withMergedImports(readFileSync(path, 'utf8'))),
        }));
        onResolve({ filter: /^\.\.?\// }, ({ path: wanted, kind }) => {
          if (kind === 'entry-point') return undefined;
          const target = chunkOf(chunks, posix.join(posix.dirname(chunk), wanted));
          const from = `${format}/${posix.dirname(file)}`;
          const to = `${target.isShared ? 'cjs' : format}/${target.file}`;
          const way = posix.relative(from, to);
          const path = way.startsWith('.') ? way : `./${way}`;
          // No module of the package does anything but by its exports.
          return { path, external: true, sideEffects: false };
        });
      },
    };
    const { outputFiles } = await build({
      ...SETTINGS,
      ...SMALL,
      minifyIdentifiers: !isReadable,
      // Nest names modules by their classes, and stack traces show what users called.
      keepNames: !isReadable && PUBLIC.test(file),
      entryPoints: [join(modules, BUNDLED, chunk)],
      ...{ format: 'esm', write: false, plugins: [plugin], packages: 'external' },
    });
    const text = outputFiles.map((each) => each.text).join('');
    const code = format === 'esm' ? text : await inCommonJs(text, file, isReadable);
    const path = join(dist, format, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, inOnePiece(code));
  }
}

/**
 * @param {ReadonlyMap<string, Chunk>} chunks
 * @param {string} name
 */
function chunkOf(chunks, name) {
  const chunk = chunks.get(name);
  if (chunk === undefined) throw new Error(`The bundle has no chunk ${name}.`);
  return chunk;
}

/**
 * @param {string} text
 * @param {string} file
 * @param {boolean} isReadable
 */
async function inCommonJs(text, file, isReadable) {
  // Node finds the names of exports only as they are written: with `true`, not `!0`.
  const settings = { ...SMALL, minifySyntax: false, minifyIdentifiers: !isReadable };
  const { code } = await transform(commonJs(text, file), settings);
  return code;
}

/**
 * Without the line breaks that esbuild makes inside of strings, where search does not find them.
 *
 * @param {string} code
 */
function inOnePiece(code) {
  return code.replace(/\\([^])/g, (escape, /** @type {string} */ character) =>
    character === '\n' ? '' : escape,
  );
}

/**
 * Each module of a chunk came with imports of its own, often of the same.
 *
 * @param {string} code
 */
function withMergedImports(code) {
  const shebang = /^#!.*\n/.exec(code)?.[0] ?? '';
  const text = code.slice(shebang.length);
  const source = ts.createSourceFile('chunk.js', text, ts.ScriptTarget.ES2024);
  /** @type {Map<string, readonly string[]>} */
  const names = new Map();
  let rest = '';
  for (const statement of source.statements) {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    const bindings = clause?.name === undefined ? clause?.namedBindings : undefined;
    if (
      !ts.isImportDeclaration(statement) ||
      bindings === undefined ||
      !ts.isNamedImports(bindings) ||
      !ts.isStringLiteral(statement.moduleSpecifier)
    ) {
      rest += statement.getFullText(source);
      continue;
    }
    const from = statement.moduleSpecifier.text;
    const others = names.get(from) ?? [];
    names.set(from, [...others, ...bindings.elements.map((each) => each.getText(source))]);
  }
  const imports = [...names].map(
    ([from, list]) => `import { ${list.join(', ')} } from ${JSON.stringify(from)};\n`,
  );
  return shebang + imports.join('') + rest;
}

/**
 * esbuild tells a class from the variable that holds it where the class mentions itself, and where TypeScript named both, as it
 * does with decorators: `var A = class A2`, `var A = class _A`. The inner name is the one that counts; without it, the outer one.
 *
 * @param {string} code
 */
function withOwnNames(code) {
  const inner = /^ *(?:var|let) (\w+) = (?:\1_1 = )?class (_\1|\1\d+)\b/gm;
  return [...code.matchAll(inner)].reduce(
    (text, [, name = '', other = '']) =>
      text
        .replace(`= ${name}_1 = class ${other}`, '= class')
        .replace(`= class ${other}`, '= class')
        .replace(new RegExp(`(?<![\\w$.#])(?:${other}|${name}_1)\\b`, 'g'), name),
    code,
  );
}

/**
 * @param {string} modules
 * @param {string[]} entries
 */
function split(modules, entries) {
  return build({
    ...SETTINGS,
    ...{ absWorkingDir: modules, entryPoints: entries, outbase: '.', outdir: BUNDLED },
    ...{ format: 'esm', splitting: true, metafile: true },
    chunkNames: 'chunk-[hash]',
    plugins: [
      {
        name: 'tslib comes along',
        setup({ onResolve }) {
          // Everything else is a dependency of the package.
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path === 'tslib' ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
}

/**
 * @param {Metafile} metafile
 * @returns {Inputs}
 */
function readInputs(metafile) {
  return new Map(
    Object.entries(metafile.inputs).map(([path, { imports }]) => [
      path,
      imports.map((each) => each.path),
    ]),
  );
}

/**
 * The names of the modules of the library from which no import leads to Nest.
 *
 * @param {Inputs} inputs
 */
function sharedModules(inputs) {
  /** @type {Set<string>} */
  const withNest = new Set();
  /** @param {string} name */
  const leadsToNest = (name) => name.startsWith('@nestjs/') || withNest.has(name);
  for (let before = -1; before !== withNest.size;) {
    before = withNest.size;
    for (const [name, imports] of inputs) if (imports.some(leadsToNest)) withNest.add(name);
  }
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} name */
  const visit = (name) => {
    const imports = inputs.get(name);
    if (seen.has(name) || imports === undefined) return;
    seen.add(name);
    imports.forEach(visit);
  };
  LIBRARY.forEach(visit);
  return [...seen].filter((name) => !withNest.has(name) && !LIBRARY.includes(name)).sort();
}

/**
 * Each chunk by its name.
 *
 * @param {Metafile} metafile
 * @param {ReadonlySet<string>} shared the modules that both halves share
 * @returns {Map<string, Chunk>}
 */
function readChunks(metafile, shared) {
  return new Map(
    Object.entries(metafile.outputs).map(([path, output]) => {
      const name = posix.relative(BUNDLED, path);
      const inputs = Object.entries(output.inputs)
        .map(([input, { bytesInOutput }]) => ({ input, bytesInOutput }))
        .sort((one, other) => other.bytesInOutput - one.bytesInOutput);
      const own = OWN_FOLDERS.map((folder) => inputs.find(({ input }) => input.startsWith(folder)));
      const entry = output.entryPoint;
      const imports = output.imports.filter(({ external }) => !external);
      return [
        name,
        {
          // As the module that makes up most of it.
          file: fileOf(
            entry ?? (own.find(Boolean) ?? inputs[0])?.input ?? name,
            inputs.length === 0,
          ),
          imports: imports.map((each) => posix.relative(BUNDLED, each.path)),
          atOnce: imports
            .filter(({ kind }) => kind === 'import-statement')
            .map((each) => posix.relative(BUNDLED, each.path)),
          // An entry point alone has no module of its own, and hands on another chunk's.
          isShared: [...inputs.map(({ input }) => input), ...(entry ? [entry] : [])].every(
            (input) => shared.has(input),
          ),
          decides: inputs.some(({ input }) => DECIDING.test(input)),
        },
      ];
    }),
  );
}

/**
 * @param {string} module that a chunk is named after
 * @param {boolean} isEmpty What only hands on another chunk's exports to an `import()` says so.
 */
function fileOf(module, isEmpty) {
  if ([...LIBRARY, ...COMMAND, SHARED].includes(module)) return module;
  return isEmpty
    ? module.replace(/\.js$/, '.later.js')
    : module.replace(/.*node_modules\/(\w+).*/, '$1.js');
}

/**
 * Whether a chunk needs itself before it is there.
 *
 * @param {ReadonlyMap<string, Chunk>} chunks
 * @param {string} name
 */
function leadsBack(chunks, name) {
  const seen = new Set();
  /** @type {(from: string) => boolean} */
  const visit = (from) =>
    chunkOf(chunks, from).atOnce.some((next) => {
      if (next === name) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(name);
}

/**
 * The chunks that some load, at once or later.
 *
 * @param {ReadonlyMap<string, Chunk>} chunks
 * @param {readonly string[]} names
 */
function reachable(chunks, names) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} name */
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    chunkOf(chunks, name).imports.forEach(visit);
  };
  names.forEach(visit);
  return seen;
}
