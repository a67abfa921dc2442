import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserPage, Key, LaunchOptions } from './browser.js';
import { freePort } from '../../harness/free-port.js';
import type { KnownProgram } from '../../harness/installed-program.js';

/** Debian keeps it below a folder that is named after the machine. */
const MINI_BROWSERS = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : []).flatMap((machine) =>
  ['4.1', '4.0'].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
);
const DRIVER = '/usr/bin/WebKitWebDriver';
const XVFB_RUN = '/usr/bin/xvfb-run';

/** Besides being driven: pages are windows that a script opens, which is a pop-up without any user's click. */
const ARGUMENTS = ['--automation', '--javascript-can-open-windows-automatically=true'];

/** Keys that type no text, as WebDriver writes them (section 17.4.2). */
const KEYS: Readonly<Record<Key, string>> = {
  Tab: '\uE004',
  Enter: '\uE007',
  Space: ' ',
  Backspace: '\uE003',
};

/** Milliseconds that scripts may take, and that everything else may take and the driver itself. */
const SCRIPT_TIMEOUT = 120_000;
const PATIENCE = 60_000;

export const WEBKIT: KnownProgram = {
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
        // A screen that nobody sees needs no compositor, which takes a third of the processor's time.
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
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
          'webkitgtk:browserOptions': { binary: executablePath, args: ARGUMENTS },
          timeouts: { script: SCRIPT_TIMEOUT },
        },
      },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const session = `${service}/session/${sessionId}`;
    const first = (await command(session, 'GET', '/window')) as string;
    return {
      version: `WebKitGTK/${capabilities.browserVersion}`,
      newPage: () => openPage(session, first),
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

/**
 * A page in a window of its own, as a script opens it: MiniBrowser gives it no tool bar, so that it can be as narrow as a
 * phone, and no opener. A tab would stay behind the one that is shown, as switching to it shows it to nobody: its page
 * is hidden, presents no frame any more, and `GET /screenshot` waits for the next frame for ever.
 */
async function openPage(session: string, first: string): Promise<BrowserPage> {
  const handles = async () => (await command(session, 'GET', '/window/handles')) as string[];
  const known = await handles();
  await command(session, 'POST', '/window', { handle: first });
  await command(session, 'POST', '/execute/sync', {
    script: "open('about:blank', '_blank', 'noopener,width=1024,height=768')",
    args: [],
  });
  const handle = await within(60_000, async () =>
    (await handles()).find((candidate) => !known.includes(candidate)),
  );
  if (handle === undefined) throw new Error('MiniBrowser opens no window.');
  return pageIn(session, handle);
}

function pageIn(session: string, handle: string): BrowserPage {
  const send = async (method: string, path: string, body?: object) => {
    await command(session, 'POST', '/window', { handle });
    return command(session, method, path, body);
  };
  const keys = async (values: readonly string[]) => {
    const actions = values.flatMap((value) =>
      ['keyDown', 'keyUp'].map((type) => ({ type, value })),
    );
    await send('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  };
  const evaluate = async (expression: string) => {
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
  };
  return {
    goto: async (url) => {
      await send('POST', '/url', { url });
    },
    evaluate,
    click: async (selector) => {
      const element = (await send('POST', '/element', {
        ...{ using: 'css selector', value: selector },
      })) as Readonly<Record<string, string>>;
      await send('POST', `/element/${Object.values(element)[0] ?? ''}/click`, {});
    },
    type: (text) => keys(Array.from(text)),
    press: (key) => keys([KEYS[key]]),
    // WebDriver has no console.
    consoleErrors: () => undefined,
    // No protocol asks it why.
    watchRefusals: () => Promise.resolve(),
    refusals: () => Promise.resolve(undefined),
    resize: async (width, height) => {
      await send('POST', '/window/rect', { width, height });
      // The window has its size before the page has heard of it, and the page before it shows: what a frame draws is on
      // the screen when the next but one begins. MiniBrowser's windows are at least 334 pixels wide.
      await within(2_000, async () => {
        const isSized = await evaluate(`new Promise((resolve) => {
          const isSized = innerWidth === ${width} && innerHeight === ${height};
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(isSized)));
        })`);
        return isSized === true ? isSized : undefined;
      });
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
  const patience = path.startsWith('/execute/') ? SCRIPT_TIMEOUT + PATIENCE : PATIENCE;
  const response = await fetch(`${base}${path}`, {
    method,
    signal: AbortSignal.timeout(patience),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error(`WebDriver ${method} ${path} is not answered.`, { cause });
  });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${JSON.stringify(value)}`);
  return value;
}

async function untilReady(service: string, driver: ChildProcess): Promise<void> {
  const isReady = await within(60_000, async () => {
    if (driver.exitCode !== null) throw new Error('WebKitWebDriver ended at once.');
    return command(service, 'GET', '/status').then(
      () => true,
      () => undefined,
    );
  });
  if (isReady === undefined) throw new Error('WebKitWebDriver does not answer.');
}

/** The first value that there is, asked for again and again; `undefined` where there is none in time. */
async function within<Value>(
  milliseconds: number,
  ask: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await ask();
    if (value !== undefined || Date.now() > deadline) return value;
    await delay(50);
  }
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
