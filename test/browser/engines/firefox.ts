import puppeteer from 'puppeteer-core';
import type { Browser, LaunchOptions } from './browser.js';
import type { KnownProgram } from '../../harness/installed-program.js';

export const FIREFOX: KnownProgram = {
  name: 'Firefox',
  variable: 'FIREFOX_PATH',
  usualPlaces: [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
};

/** Nobody looks, and each frame of its window is drawn by the processor. */
export const UNSEEN = { 'layout.frame_rate': 20 };

export async function launchFirefox(
  executablePath: string,
  { colorScheme = 'light' }: LaunchOptions = {},
): Promise<Browser> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      ...UNSEEN,
    },
  });
  return {
    version: await browser.version(),
    async newPage() {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      return {
        goto: async (url) => {
          await page.goto(url);
        },
        evaluate: (expression) => page.evaluate(expression),
        click: (selector) => page.click(selector),
        type: (text) => page.keyboard.type(text),
        press: (key) => page.keyboard.press(key),
        consoleErrors: () => errors,
        // No protocol asks it why.
        watchRefusals: () => Promise.resolve(),
        refusals: () => Promise.resolve(undefined),
        resize: (width, height) => page.setViewport({ width, height }),
        screenshot: () => page.screenshot(),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
