// Makes the README's pictures of the explorer, light and dark, from the running sample application: what it says of a
// request that is refused. `node scripts/picture-explorer.js` writes docs/pictures/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import buildPages from './build-pages.js';

const ROOT = join(import.meta.dirname, '..');
const PICTURES = join(ROOT, 'docs/pictures');
const ENGINE = join(ROOT, '.cache/picture-engine.mjs');

/** Of the page, in CSS pixels; pictures have the same size. */
const WIDTH = 960;
const HEIGHT = 720;
/** Of WebP, from 0 to 1: less gives the letters fringes. */
const QUALITY = 0.65;
/** What a picture may weigh, in bytes. */
const MOST = 60_000;

/** A page that no policy knows asks for the account, with the cookie of its user. */
const QUESTION = '#/what-if?origin=https://gifts.example.com&url=/account&credentials=include';

/** The pictures name one address, whoever makes them. */
const SETTINGS = {
  PORT: '3000',
  SHOP_PORT: '0',
  PARTNER_PORT: '0',
  STRANGER_PORT: '0',
  SHOP_ORIGINS: 'https://shop.example.com',
};

async function startBookshop() {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.js')], {
    cwd: ROOT,
    env: { ...process.env, ...SETTINGS },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, explorer] = /CORS explorer\s+(http:\S+)/.exec(line) ?? [];
    if (explorer !== undefined) return { explorer, stop };
  }
  throw new Error('The sample application does not start.');
}

/**
 * The tests' own way to Chromium, which is TypeScript.
 *
 * @returns {Promise<typeof import('../test/browser/engines/chromium.js') & typeof import('../test/harness/installed-program.js')>}
 */
async function loadEngine() {
  await build({
    stdin: {
      contents: `
        export { CHROMIUM, launchChromium } from './test/browser/engines/chromium.ts';
        export { findProgram } from './test/harness/installed-program.ts';`,
      resolveDir: ROOT,
    },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile: ENGINE,
  });
  return import(pathToFileURL(ENGINE).href);
}

/**
 * As WebP, which the browser makes by itself.
 *
 * @param {import('../test/browser/engines/browser.js').BrowserPage} page
 * @param {Uint8Array} png
 */
async function webpOf(page, png) {
  await page.goto('about:blank');
  const data = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${Buffer.from(png).toString('base64')}';
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${QUALITY}).split(',')[1];
  })()`);
  return Buffer.from(String(data), 'base64');
}

await buildPages();
const { CHROMIUM, findProgram, launchChromium } = await loadEngine();
const executable = findProgram(CHROMIUM);
if (executable === undefined) throw new Error('The pictures need Chromium.');
const bookshop = await startBookshop();
try {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const browser = await launchChromium(executable, { colorScheme });
    try {
      const page = await browser.newPage();
      await page.resize(WIDTH, HEIGHT);
      await page.goto(bookshop.explorer + QUESTION);
      await page.evaluate(`new Promise((resolve) => {
        const isThere = () => document.querySelector('.explanation[data-outcome=refused]') !== null;
        if (isThere()) return resolve();
        new MutationObserver(() => isThere() && resolve()).observe(document, { childList: true, subtree: true });
      })`);
      const picture = await webpOf(page, await page.screenshot());
      const file = join(PICTURES, `explorer-${colorScheme}.webp`);
      if (picture.length > MOST) throw new Error(`${file} has ${picture.length} bytes.`);
      mkdirSync(PICTURES, { recursive: true });
      writeFileSync(file, picture);
      console.log(`${file}: ${picture.length} bytes`);
    } finally {
      await browser.close();
    }
  }
} finally {
  await bookshop.stop();
}
