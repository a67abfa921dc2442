import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess, letGo } from '../../harness/end-with-this-process.js';

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
  if (firefox?.pid === undefined) throw new Error('Firefox runs in no process of its own.');
  endWithThisProcess(firefox.pid, profile);
  const endpoint = browser.wsEndpoint();
  await browser.disconnect();
  // Nothing waits for it.
  letGo(firefox);
  return endpoint;
}
