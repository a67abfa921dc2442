import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** @import { ColorScheme } from './browser.js' */

/** @type {Map<string, Promise<string>>} */
const endpoints = new Map();

/**
 * Where a Firefox can be driven that runs on for the next test file of this process, for it takes six seconds of the
 * processor to start one. It ends with the process. Who uses it does so in a context of its own, and one at a time.
 *
 * @param {string} executablePath
 * @param {ColorScheme} colorScheme
 */
export function runningFirefox(executablePath, colorScheme) {
  const key = `${colorScheme} ${executablePath}`;
  const endpoint = endpoints.get(key) ?? start(executablePath, colorScheme);
  endpoints.set(key, endpoint);
  return endpoint;
}

/**
 * @param {string} executablePath
 * @param {ColorScheme} colorScheme
 */
async function start(executablePath, colorScheme) {
  const { default: puppeteer } = await import('puppeteer-core');
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    userDataDir: profile,
    // Puppeteer ends every other one only, where several run.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    extraPrefsFirefox: {
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      // Nobody looks, and each frame of its window is drawn by the processor.
      'layout.frame_rate': 20,
    },
  });
  const firefox = browser.process();
  process.once('exit', () => {
    if (firefox?.pid !== undefined && firefox.exitCode === null)
      process.kill(-firefox.pid, 'SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    // An end by a signal is none that `exit` tells of.
    process.once(signal, () => process.exit(code));
  }
  const endpoint = browser.wsEndpoint();
  await browser.disconnect();
  // Nothing waits for it.
  firefox?.unref();
  for (const stream of firefox?.stdio ?? []) {
    if (stream instanceof Socket) stream.unref();
  }
  return endpoint;
}
