import puppeteer from 'puppeteer-core';
import type { Browser, LaunchOptions } from './browser.js';
import type { KnownProgram } from '../../harness/installed-program.js';

declare global {
  // A test file has nothing else that outlives it: what it loads is loaded anew by the next.
  var runningFirefox: typeof import('./running-firefox.js').runningFirefox;
}

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

export async function launchFirefox(
  executablePath: string,
  { colorScheme = 'light' }: LaunchOptions = {},
): Promise<Browser> {
  const browser = await puppeteer.connect({
    browserWSEndpoint: await runningFirefox(executablePath, colorScheme),
    protocol: 'webDriverBiDi',
  });
  // Cookies and caches are its own.
  const context = await browser.createBrowserContext();
  return {
    version: await browser.version(),
    async newPage() {
      const page = await context.newPage();
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
    async close() {
      await context.close();
      await browser.disconnect();
    },
  };
}
