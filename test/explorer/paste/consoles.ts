import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';
import { startChromium } from '../../browser/engines/chromium.js';

/** An engine whose console is listened to. */
export interface OpenConsole {
  /** As the browser tells it; WebKit's is started once more to be asked. */
  version(): Promise<string>;
  goto(url: string): Promise<void>;
  close(): Promise<void>;
}

export type OnLine = (line: string) => void;

/** `publicHosts` are taken for hosts of the public internet. */
export async function openChromiumConsole(
  executable: string,
  publicHosts: readonly string[],
  onLine: OnLine,
): Promise<OpenConsole> {
  const spaces = publicHosts.map((host) => `${host}=public`).join(',');
  const browser = await startChromium(executable, `--ip-address-space-overrides=${spaces}`);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.on('console', (message) => {
    const text = message.text();
    // The only line that does not name its URL: the developer tools put the place before it.
    const { url, lineNumber } = message.location();
    onLine(text.startsWith('Failed to load resource:') ? `${url}:${lineNumber} ${text}` : text);
  });
  context.on('weberror', (error) => {
    const thrown = error.error();
    onLine(`Uncaught (in promise) ${thrown.name}: ${thrown.message}`);
  });
  const page = await context.newPage();
  return {
    version: () => Promise.resolve(`Chromium/${browser.version()}`),
    goto: async (url) => {
      await page.goto(url, { waitUntil: 'commit' });
    },
    close: () => browser.close(),
  };
}

export async function openFirefoxConsole(
  executablePath: string,
  onLine: OnLine,
): Promise<OpenConsole> {
  const browser = await puppeteer.connect({
    browserWSEndpoint: await runningFirefox(executablePath, 'light'),
    protocol: 'webDriverBiDi',
    acceptInsecureCerts: true,
  });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on('console', (message) => {
    onLine(message.text());
  });
  // What the engine says comes by `log.entryAdded` as errors of JavaScript do.
  page.on('pageerror', (error) => {
    onLine(error instanceof Error ? error.message : String(error));
  });
  return {
    version: () => browser.version(),
    goto: async (url) => {
      await page.goto(url);
    },
    async close() {
      await context.close();
      await browser.disconnect();
    },
  };
}

const XVFB_RUN = '/usr/bin/xvfb-run';

/**
 * WebDriver knows no console, and under automation MiniBrowser does not take the setting that writes it to the standard
 * output. So it is started by hand for one address, on a screen that nobody sees.
 */
export function openWebKitConsole(executable: string, onLine: OnLine): OpenConsole {
  const home = mkdtempSync(join(tmpdir(), 'webkit-console-'));
  const environment = {
    ...process.env,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    XDG_CACHE_HOME: home,
    XDG_DATA_HOME: home,
  };
  let browser: ChildProcess | undefined;
  return {
    async version() {
      const ask = spawn(XVFB_RUN, ['-a', executable, '--version'], { env: environment });
      let version = '';
      createInterface(ask.stdout).on('line', (line) => (version ||= line));
      await once(ask, 'close');
      return version.replace(' ', '/');
    },
    goto(url) {
      const started = spawn(
        XVFB_RUN,
        [
          '-a',
          executable,
          '--enable-write-console-messages-to-stdout=true',
          '--ignore-tls-errors',
          url,
        ],
        // What is called the standard output there is the error output.
        { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: environment },
      );
      createInterface(started.stderr).on('line', onLine);
      browser = started;
      return Promise.resolve();
    },
    async close() {
      if (browser?.pid !== undefined && browser.exitCode === null) {
        const ended = once(browser, 'exit');
        process.kill(-browser.pid, 'SIGTERM');
        await ended;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
