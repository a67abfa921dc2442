// Bundles explorer-page/ into a module of two texts and an icon, which the explorer serves.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** The browsers of the last two or three years. */
const TARGET = ['chrome109', 'firefox115', 'safari16.4'];

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1f52a3"/><path d="M4 8.2 6.8 11 12 5.4" fill="none" stroke="#fff" stroke-width="2"/></svg>`;

/** The page, as the names that `built-page.d.ts` declares. */
async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'explorer-page/main.tsx'), join(ROOT, 'explorer-page/main.css')],
    outdir: 'page',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: TARGET,
    legalComments: 'none',
    tsconfig: join(ROOT, 'explorer-page/tsconfig.json'),
  });
  const textOf = (/** @type {string} */ name) => {
    const found = outputFiles.find(({ path }) => path.endsWith(name));
    if (!found) throw new Error(`esbuild made no ${name}.`);
    return found.text;
  };
  return { PAGE_SCRIPT: textOf('.js'), PAGE_STYLE: textOf('.css'), PAGE_ICON: ICON };
}

/**
 * Writes the page's module.
 *
 * @param {string} file where to
 */
export async function buildPage(file) {
  const constants = Object.entries(await bundlePage()).map(
    ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
  );
  mkdirSync(dirname(file), { recursive: true });
  // Whoever reads it meanwhile gets the old one or the new one, and nothing in between.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, constants.join(''));
  renameSync(unfinished, file);
}

/** For the sources themselves, which tests and `npm start` run. */
export default function buildPageOfSources() {
  return buildPage(join(ROOT, 'src/explorer/built-page.js'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPageOfSources();
