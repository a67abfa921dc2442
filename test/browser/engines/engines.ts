import { describe } from '@jest/globals';
import type { Browser, LaunchOptions } from './browser.js';
import { CHROMIUM, CHROMIUM_SHELL, launchChromium } from './chromium.js';
import { FIREFOX, launchFirefox } from './firefox.js';
import { findProgram, type KnownProgram } from '../../harness/installed-program.js';
import { launchWebKit, WEBKIT } from './webkit.js';

import type { EngineName } from '../../../src/fetch/engine-rules.js';
export type { EngineName };

export interface Engine {
  readonly name: EngineName;
  readonly browser: KnownProgram;
  /** What is enough to use a page. */
  readonly shell?: KnownProgram;
  readonly launch: (executable: string, options?: LaunchOptions) => Promise<Browser>;
}

/** The three engines; `ENGINE=Firefox` leaves the others out. */
export const ENGINES: readonly Engine[] = (
  [
    { name: 'Chromium', browser: CHROMIUM, shell: CHROMIUM_SHELL, launch: launchChromium },
    { name: 'Firefox', browser: FIREFOX, launch: launchFirefox },
    { name: 'WebKit', browser: WEBKIT, launch: launchWebKit },
  ] as const
).filter(({ name }) => (process.env['ENGINE'] ?? name).toLowerCase() === name.toLowerCase());

/** An engine that is installed here, ready to be launched. */
export interface InstalledEngine {
  readonly name: EngineName;
  readonly launch: (options?: LaunchOptions) => Promise<Browser>;
}

/** The same tests in each engine, as people have it; skipped where it is not installed. */
export function describeEngines(title: string, tests: (engine: InstalledEngine) => void): void {
  for (const engine of ENGINES) describeEngine(title, engine, engine.browser, tests);
}

/** The same for tests of pages, which ask nothing of a browser but to show them. */
export function describePages(title: string, tests: (engine: InstalledEngine) => void): void {
  for (const engine of ENGINES) {
    describeEngine(title, engine, engine.shell ?? engine.browser, tests);
  }
}

function describeEngine(
  title: string,
  { name, launch }: Engine,
  program: KnownProgram,
  tests: (engine: InstalledEngine) => void,
): void {
  const executable = findProgram(program);
  const run = executable === undefined ? describe.skip : describe;
  run(`${title}, in ${name}`, () => {
    tests({ name, launch: (options) => launch(executable ?? '', options) });
  });
}
