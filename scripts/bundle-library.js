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

const SETTINGS = { bundle: true, platform: 'node', target: 'node20.19', legalComments: 'none' };

// Node prints the line that threw: it must not be the whole file.
const SMALL = { minifyWhitespace: true, minifySyntax: true, lineLimit: 120 };

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
    if (isShared && imports.some((each) => !chunks.get(each).isShared))
      throw new Error(`${name} is shared by both module systems, and imports what is not.`);
  }
  const circle = [...chunks.keys()].find((name) => leadsBack(chunks, name));
  if (circle) throw new Error(`${chunks.get(circle).file} imports itself, by way of others.`);
  const files = [...chunks.values()].map(({ file }) => file);
  const twice = files.filter((file, index) => files.indexOf(file) !== index);
  if (twice.length > 0) throw new Error(`Several chunks would be called ${twice.join(', ')}.`);
  const needed = reachable(chunks, LIBRARY);
  for (const [chunk, { isShared }] of chunks) {
    if (chunk === SHARED) continue;
    if (!isShared) await emit(chunk, 'esm');
    if (needed.has(chunk)) await emit(chunk, 'cjs');
  }

  async function emit(chunk, format) {
    const { file, decides } = chunks.get(chunk);
    const isReadable = decides && needed.has(chunk);
    const plugin = {
      name: 'where chunks are',
      setup({ onLoad, onResolve }) {
        onLoad({ filter: /\.js$/ }, ({ path }) => ({
          contents: withOwnNames(withMergedImports(readFileSync(path, 'utf8'))),
        }));
        onResolve({ filter: /^\.\.?\// }, ({ path: wanted, kind }) => {
          if (kind === 'entry-point') return undefined;
          const target = chunks.get(posix.join(posix.dirname(chunk), wanted));
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
    const { text } = outputFiles[0];
    const code = format === 'esm' ? text : await inCommonJs(text, file, isReadable);
    const path = join(dist, format, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, inOnePiece(code));
  }
}

async function inCommonJs(text, file, isReadable) {
  // Node finds the names of exports only as they are written: with `true`, not `!0`.
  const settings = { ...SMALL, minifySyntax: false, minifyIdentifiers: !isReadable };
  const { code } = await transform(commonJs(text, file), settings);
  return code;
}

/** Without the line breaks that esbuild makes inside of strings, where search does not find them. */
function inOnePiece(code) {
  return code.replace(/\\([^])/g, (escape, character) => (character === '\n' ? '' : escape));
}

/** Each module of a chunk came with imports of its own, often of the same. */
function withMergedImports(code) {
  const [shebang] = /^(?:#!.*\n)?/.exec(code);
  const text = code.slice(shebang.length);
  const source = ts.createSourceFile('chunk.js', text, ts.ScriptTarget.ES2024);
  const names = new Map();
  let rest = '';
  for (const statement of source.statements) {
    const elements = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings?.elements
      : undefined;
    if (elements === undefined || statement.importClause.name !== undefined) {
      rest += statement.getFullText(source);
      continue;
    }
    const from = statement.moduleSpecifier.text;
    const others = names.get(from) ?? [];
    names.set(from, [...others, ...elements.map((each) => each.getText(source))]);
  }
  const imports = [...names].map(
    ([from, list]) => `import { ${list.join(', ')} } from ${JSON.stringify(from)};\n`,
  );
  return shebang + imports.join('') + rest;
}

/**
 * esbuild tells a class from the variable that holds it where the class mentions itself, and where TypeScript named both, as it
 * does with decorators: `var A = class A2`, `var A = class _A`. The inner name is the one that counts; without it, the outer one.
 */
function withOwnNames(code) {
  const inner = /^ *(?:var|let) (\w+) = (?:\1_1 = )?class (_\1|\1\d+)\b/gm;
  return [...code.matchAll(inner)].reduce(
    (text, [, name, other]) =>
      text
        .replace(`= ${name}_1 = class ${other}`, '= class')
        .replace(`= class ${other}`, '= class')
        .replace(new RegExp(`(?<![\\w$.#])(?:${other}|${name}_1)\\b`, 'g'), name),
    code,
  );
}

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

/** Each module by its name, and what it imports. */
function readInputs(metafile) {
  return new Map(
    Object.entries(metafile.inputs).map(([path, { imports }]) => [
      path,
      imports.map((each) => each.path),
    ]),
  );
}

/** The names of the modules of the library from which no import leads to Nest. */
function sharedModules(inputs) {
  const withNest = new Set();
  const leadsToNest = (name) => name.startsWith('@nestjs/') || withNest.has(name);
  for (let before = -1; before !== withNest.size;) {
    before = withNest.size;
    for (const [name, imports] of inputs) if (imports.some(leadsToNest)) withNest.add(name);
  }
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name) || !inputs.has(name)) return;
    seen.add(name);
    inputs.get(name).forEach(visit);
  };
  LIBRARY.forEach(visit);
  return [...seen].filter((name) => !withNest.has(name) && !LIBRARY.includes(name)).sort();
}

/** Each chunk by its name: the file it is to be, which other chunks it imports, and whether both halves share it. */
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
          file: fileOf(entry, inputs, own.find(Boolean) ?? inputs[0]),
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

/** As the module that makes up most of it; what only hands on another chunk's exports to an `import()` says so. */
function fileOf(entry, inputs, most) {
  if ([...LIBRARY, ...COMMAND, SHARED].includes(entry)) return entry;
  if (inputs.length === 0) return entry.replace(/\.js$/, '.later.js');
  return (entry ?? most.input).replace(/.*node_modules\/(\w+).*/, '$1.js');
}

/** Whether a chunk needs itself before it is there. */
function leadsBack(chunks, name) {
  const seen = new Set();
  const visit = (from) =>
    chunks.get(from).atOnce.some((next) => {
      if (next === name) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(name);
}

/** The chunks that some load, at once or later. */
function reachable(chunks, names) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    chunks.get(name).imports.forEach(visit);
  };
  names.forEach(visit);
  return seen;
}
