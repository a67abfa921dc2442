import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where systems keep a Chromium; `CHROMIUM_PATH` names another. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const QUIETLY = [
  // Browsers in containers have no user namespaces to build their sandbox from. They see nothing but our own pages.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The installed Chromium; `undefined`, with a line that says so, where there is none.
 *
 * @throws Error instead with `CI=true`, where a browser that is missing must not pass for a test that is green,
 * and wherever `CHROMIUM_PATH` names what is not there
 */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  places: readonly string[] = USUAL_PLACES,
  say: (line: string) => unknown = (line) => process.stderr.write(`${line}\n`),
): string | undefined {
  const named = environment['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, and there is nothing there.`);
  }
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;

  const message = 'No Chromium is installed; set CHROMIUM_PATH to one.';
  if (environment['CI'] === 'true') throw new Error(message);
  say(`${message} The playground's tests are skipped.`);
  return undefined;
}

export function launchChromium(executablePath: string, ...flags: string[]): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...QUIETLY, ...flags] });
}
