import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserPage, LaunchOptions } from './browser.js';
import type { KnownBrowser } from './installed-browser.js';

/** Debian keeps it below a folder that is named after the machine. */
const MINI_BROWSERS = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : []).flatMap((machine) =>
  ['4.1', '4.0'].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
);
const DRIVER = '/usr/bin/WebKitWebDriver';
const XVFB_RUN = '/usr/bin/xvfb-run';

/** Milliseconds that scripts may take, and a little more for the driver itself. */
const SCRIPT_TIMEOUT = 120_000;
const PATIENCE = SCRIPT_TIMEOUT + 5_000;

export const WEBKIT: KnownBrowser = {
  name: 'WebKitGTK MiniBrowser',
  variable: 'WEBKIT_PATH',
  usualPlaces: MINI_BROWSERS,
  needs: [DRIVER, XVFB_RUN],
};

/** WebKitGTK's browser, by WebDriver (https://www.w3.org/TR/webdriver2/) on a screen that nobody sees. */
export async function launchWebKit(
  executablePath: string,
  { colorScheme = 'light' }: LaunchOptions = {},
): Promise<Browser> {
  const port = await freePort();
  const driver = spawn(
    XVFB_RUN,
    ['-a', '--server-args=-screen 0 1600x1200x24', DRIVER, `--port=${port}`],
    {
      // A process group, so that the screen and the browser end together with the driver.
      detached: true,
      stdio: 'ignore',
      env: {
        ...process.env,
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        GTK_THEME: colorScheme === 'dark' ? 'Adwaita:dark' : 'Adwaita',
      },
    },
  );
  const onExit = () => {
    if (isRunning(driver)) process.kill(-(driver.pid ?? 0), 'SIGTERM');
  };
  process.once('exit', onExit);
  try {
    const service = `http://127.0.0.1:${port}`;
    await untilReady(service, driver);
    const { sessionId, capabilities } = (await command(service, 'POST', '/session', {
      capabilities: {
        alwaysMatch: {
          browserName: 'MiniBrowser',
          'webkitgtk:browserOptions': { binary: executablePath, args: ['--automation'] },
          timeouts: { script: SCRIPT_TIMEOUT },
        },
      },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const session = `${service}/session/${sessionId}`;
    const first = (await command(session, 'GET', '/window')) as string;
    let isFirstFree = true;
    return {
      version: `WebKitGTK/${capabilities.browserVersion}`,
      async newPage() {
        if (!isFirstFree) return openPage(session, first);
        isFirstFree = false;
        return firstPage(session, first, () => {
          isFirstFree = true;
        });
      },
      async close() {
        await command(session, 'DELETE', '').catch(() => undefined);
        await end(driver);
        process.off('exit', onExit);
      },
    };
  } catch (error) {
    await end(driver);
    throw error;
  }
}

/** The page in the tab that the browser begins with; the only one that is on the screen, and can be pictured. */
function firstPage(session: string, first: string, onClose: () => void): BrowserPage {
  const page = pageIn(session, first);
  return {
    ...page,
    close: async () => {
      // A session whose current tab is closed cannot open another.
      await page.goto('about:blank');
      onClose();
    },
  };
}

async function openPage(session: string, first: string): Promise<BrowserPage> {
  await command(session, 'POST', '/window', { handle: first });
  const { handle } = (await command(session, 'POST', '/window/new', { type: 'tab' })) as {
    handle: string;
  };
  return pageIn(session, handle);
}

function pageIn(session: string, handle: string): BrowserPage {
  const send = async (method: string, path: string, body?: object) => {
    await command(session, 'POST', '/window', { handle });
    return command(session, method, path, body);
  };
  return {
    goto: async (url) => {
      await send('POST', '/url', { url });
    },
    evaluate: async (expression) => {
      const script = `
        const [done] = arguments;
        Promise.resolve().then(() => (${expression})).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) }),
        );`;
      const result = (await send('POST', '/execute/async', { script, args: [] })) as {
        value?: unknown;
        error?: string;
      };
      if (result.error !== undefined) throw new Error(result.error);
      return result.value;
    },
    // The window holds a tool bar besides the page, and gets no narrower than that.
    resize: async (width, height) => {
      await send('POST', '/window/rect', { width, height: height + 100 });
      await delay(300);
      const inner = (await send('POST', '/execute/sync', {
        script: 'return outerHeight - innerHeight',
        args: [],
      })) as number;
      await send('POST', '/window/rect', { width, height: height + inner });
      await delay(300);
    },
    screenshot: async () => Buffer.from((await send('GET', '/screenshot')) as string, 'base64'),
    close: async () => {
      await send('DELETE', '/window');
    },
  };
}

async function command(
  base: string,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${base}${path}`, {
    method,
    signal: AbortSignal.timeout(PATIENCE),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${JSON.stringify(value)}`);
  return value;
}

async function untilReady(service: string, driver: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (driver.exitCode !== null) throw new Error('WebKitWebDriver ended at once.');
    try {
      await command(service, 'GET', '/status');
      return;
    } catch {
      await delay(100);
    }
  }
  throw new Error('WebKitWebDriver does not answer.');
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function end(driver: ChildProcess): Promise<void> {
  if (!isRunning(driver) || driver.pid === undefined) return;
  const ended = once(driver, 'exit');
  process.kill(-driver.pid, 'SIGTERM');
  await Promise.race([ended, delay(5_000, undefined, { ref: false })]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
