import { chromium, type Browser as PlaywrightBrowser } from 'playwright-core';
import type { Browser, LaunchOptions } from './browser.js';
import { ChromiumRefusals } from './chromium-refusals.js';
import type { KnownProgram } from '../../harness/installed-program.js';

export const CHROMIUM: KnownProgram = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  usualPlaces: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

/**
 * The same engine without a window and all that belongs to it, which costs half as much; the whole browser where there
 * is no such program.
 */
export const CHROMIUM_SHELL: KnownProgram = {
  ...CHROMIUM,
  usualPlaces: ['/usr/bin/chromium-headless-shell', ...CHROMIUM.usualPlaces],
};

const QUIETLY = [
  // Browsers in containers have no user namespaces to build their sandbox from. They see nothing but our own pages.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // As the whole browser does by itself.
  '--site-per-process',
];

/** Chromium as Playwright has it, for what only it can be asked. */
export function startChromium(
  executablePath: string,
  ...flags: string[]
): Promise<PlaywrightBrowser> {
  return chromium.launch({ executablePath, args: [...QUIETLY, ...flags] });
}

export async function launchChromium(
  executablePath: string,
  { colorScheme = 'light' }: LaunchOptions = {},
): Promise<Browser> {
  const browser = await startChromium(executablePath);
  const context = await browser.newContext({ colorScheme });
  return {
    version: `Chromium/${browser.version()}`,
    async newPage() {
      const page = await context.newPage();
      const errors: string[] = [];
      const refusals = new ChromiumRefusals(page);
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      return {
        goto: async (url) => {
          await page.goto(url);
        },
        evaluate: (expression) => page.evaluate<unknown>(expression),
        click: (selector) => page.click(selector),
        type: (text) => page.keyboard.type(text),
        press: (key) => page.keyboard.press(key),
        consoleErrors: () => errors,
        watchRefusals: () => refusals.watch(),
        refusals: () => refusals.collect(),
        resize: (width, height) => page.setViewportSize({ width, height }),
        screenshot: () => page.screenshot(),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
