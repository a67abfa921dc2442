import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ENGINES } from '../../browser/engines/engines.js';
import { findProgram } from '../../harness/installed-program.js';
import { openChromiumConsole, openFirefoxConsole, openWebKitConsole } from './consoles.js';
import { FaultServer, LAST } from './fault-server.js';
import { startOf } from './fault-page.js';
import { FAULT_CASES, urlOf } from './faults.js';
import { expectToRead, type Printed, type PrintedCase, printedCases } from './printed.js';

/** `COLLECT=1` keeps what is printed as test data. */
const STORED = new URL('console-lines.json', import.meta.url);
const IS_STORED = process.env['COLLECT'] === '1';

for (const { name, browser, shell = browser } of ENGINES) {
  // The sentences are the engine's: with or without a window, it prints the same ones.
  const executable = findProgram(shell);
  const run = executable === undefined ? describe.skip : describe;
  run(`What the installed ${name} prints`, () => {
    let cases: readonly PrintedCase[] = [];

    beforeAll(async () => {
      const printed = await collect(executable ?? '');
      cases = printed.cases;
      if (IS_STORED) store(printed);
    }, 240_000);

    test.each(FAULT_CASES)('of $name is read as it was meant', (fault) => {
      const printed = cases.find((one) => one.name === fault.name);
      expectToRead(name, printed!, fault);
    });

    test('is as much as what is stored', () => {
      expect(cases.filter(({ lines }) => lines.length > 0).length).toBeGreaterThan(60);
    });
  });

  async function collect(path: string): Promise<Printed> {
    const server = await FaultServer.open();
    const lines: string[] = [];
    // Chromium runs a sandboxed frame in a process of its own, whose lines come when they come.
    const late = new Map(
      FAULT_CASES.filter(({ by }) => name === 'Chromium' && by === 'sandbox').map((fault) => [
        fault.name,
        `'${urlOf(fault, server.origins)}'`,
      ]),
    );
    const isTold = (url: string) => lines.some((line) => line.includes(url));
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const timeout = delay(180_000, undefined, { ref: false }).then(() => {
      throw new Error(`${name} goes no further than ${lines.at(-1) ?? 'its start'}`);
    });
    const onLine = (line: string) => {
      // WebKit's processes write other things there, too.
      if (name === 'WebKit' && !/\bCONSOLE [A-Z]/.test(line)) return;
      lines.push(line);
      const isLast = lines.some((each) => each.endsWith(startOf(LAST)));
      if (isLast && [...late.values()].every(isTold)) finish();
    };
    const { port } = new URL(server.origins.publicPage);
    const console = await (name === 'Chromium'
      ? openChromiumConsole(path, [`127.0.0.1:${port}`], onLine)
      : name === 'Firefox'
        ? openFirefoxConsole(path, onLine)
        : openWebKitConsole(path, onLine));
    try {
      await console.goto(server.pageOf(FAULT_CASES[0]!));
      await Promise.race([finished, timeout]);
      const end = lines.findIndex((line) => line.endsWith(startOf(LAST)));
      return {
        engine: name,
        version: IS_STORED ? await console.version() : 'the installed one',
        cases: printedCases(lines.slice(0, end), FAULT_CASES, server.origins).map((one) => {
          const url = late.get(one.name);
          return url === undefined
            ? one
            : { ...one, lines: lines.filter((line) => line.includes(url)) };
        }),
      };
    } finally {
      await console.close();
      await server.close();
    }
  }

  function store(printed: Printed): void {
    const stored = existsSync(STORED)
      ? (JSON.parse(readFileSync(STORED, 'utf8')) as readonly Printed[])
      : [];
    const all = [...stored.filter(({ engine }) => engine !== name), printed];
    writeFileSync(STORED, JSON.stringify(all, null, 2));
    execFileSync('npx', ['oxfmt', fileURLToPath(STORED)]);
  }
}
