import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a command printed, and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What to do with the process, once it is there. */
  readonly meanwhile?: (child: ChildProcess) => void;
}

/** A process that takes one thing after the other. */
export interface Answering {
  /** Sends a message, and returns the next one that comes back. */
  ask(question: object): Promise<unknown>;
  end(): void;
}

/** The same for lines of the command. */
export interface Listening {
  type(...args: readonly string[]): Promise<Ended>;
  end(): void;
}

/** The package as it is built, both halves of it, and a folder of projects that have it installed. */
export interface BuiltPackage {
  readonly projects: string;
  /** Writes the files of a project, and returns its folder. */
  project(name: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Runs the command in a folder. */
  run(folder: string, args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Runs a module of `projects` that answers messages. */
  answering(module: string): Promise<Answering>;
  /**
   * Runs lines of the command in a folder, one after the other in one process: what they are answered depends on nothing that an
   * earlier one left there. How a process begins and ends is for `run()`.
   */
  listening(folder: string): Promise<Listening>;
  remove(): Promise<void>;
}

/** Builds the package into a temporary folder, as `npm run build` does but for types. */
export async function buildPackage(): Promise<BuiltPackage> {
  const workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-cli-'));
  const folder = join(workshop, 'package');
  await mkdir(folder);
  const sources = await readdir(join(ROOT, 'src'), { recursive: true });
  // Among them the page of the explorer, which is made before the tests run.
  for (const file of sources.filter((name) => /(?<!\.d)\.ts$|\.js$/.test(name))) {
    const source = await readFile(join(ROOT, 'src', file), 'utf8');
    await compile(source, join(folder, 'dist/esm', file), 'es6');
    if (!file.startsWith('cli')) await compile(source, join(folder, 'dist/cjs', file), 'commonjs');
  }
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await writeFile(join(folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const installed = join(workshop, 'node_modules');
  await mkdir(installed);
  await symlink(folder, join(installed, 'nestjs-cors'), 'dir');
  for (const name of ['@nestjs', 'reflect-metadata', 'rxjs']) {
    await symlink(join(ROOT, 'node_modules', name), join(installed, name), 'dir');
  }
  return {
    projects: workshop,
    project: async (name, files) => {
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(workshop, name, file)), { recursive: true });
        await writeFile(join(workshop, name, file), text);
      }
      return join(workshop, name);
    },
    run: (cwd, args, options) => run(join(folder, 'dist/esm/cli/main.js'), cwd, args, options),
    answering: (module) => startAnswering(workshop, workshop, module),
    listening: async (cwd) => {
      const listener = await startAnswering(workshop, cwd, LISTENER);
      return {
        type: async (...args) => (await listener.ask(args)) as Ended,
        end: () => {
          listener.end();
        },
      };
    },
    remove: () => rm(workshop, { recursive: true, force: true }),
  };
}

/** Answers lines as `cli/main.js` does. What the processes that it starts say is in the file, too, once they have ended. */
const LISTENER = `
import { readFileSync, ftruncateSync, writeSync } from 'node:fs';
import { runCommandLine } from './package/dist/esm/cli/command-line.js';
const line = (text) => (text.endsWith('\\n') ? text : text + '\\n');
const said = process.argv[2];
process.on('message', async (args) => {
  let stdout = '';
  const status = await runCommandLine(args, {
    print: (text) => (stdout += line(text)),
    remark: (text) => writeSync(2, line(text)),
    colors: false,
  });
  const stderr = readFileSync(said, 'utf8');
  ftruncateSync(2);
  process.send({ status, stdout, stderr });
});
`;

let answerers = 0;

async function startAnswering(workshop: string, cwd: string, module: string): Promise<Answering> {
  const name = join(workshop, `answering-${(answerers += 1)}`);
  await writeFile(`${name}.mjs`, module);
  const said = await open(`${name}.log`, 'a');
  const child = fork(`${name}.mjs`, [`${name}.log`], {
    ...{ cwd, execArgv: [], serialization: 'advanced' },
    stdio: ['ignore', 'inherit', said.fd, 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await said.close();
  return {
    ask: async (question) => {
      const answered = once(child, 'message');
      child.send(question);
      const [answer] = (await answered) as [unknown];
      return answer;
    },
    end: () => child.kill(),
  };
}

async function compile(source: string, file: string, type: 'es6' | 'commonjs'): Promise<void> {
  const { code } = await transform(source, {
    swcrc: false,
    module: { type },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
      keepClassNames: true,
    },
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file.replace(/\.ts$/, '.js'), code);
}

function run(
  main: string,
  cwd: string,
  args: readonly string[],
  { input, env, meanwhile }: RunOptions = {},
): Promise<Ended> {
  const { NODE_OPTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...own } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...own, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    meanwhile?.(child);
  });
}
