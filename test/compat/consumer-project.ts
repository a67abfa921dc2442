import { execFile } from 'node:child_process';
import { copyFile, cp, link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The package as it would be published, and bare applications that have it installed.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONSUMER = join(ROOT, 'test/compat/consumer');

/** What npm installs, for one project or several. */
export interface Installation {
  readonly name: string;
  /** A version or a range. */
  readonly nest: string;
  /** Of the Fastify adapter. Default: the same. */
  readonly fastify?: string;
}

/** A project in a folder below an installation. */
export interface Project {
  readonly type: 'module' | 'commonjs';
  readonly compiler: keyof typeof COMPILERS;
  /** As projects of the kind have it. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** The runner of the project's own tests. */
  readonly runner: keyof typeof RUNNERS;
}

/** TypeScript 7 no longer resolves as `node10` does. */
const COMPILERS = {
  'TypeScript 6': join(ROOT, 'node_modules/typescript/bin/tsc'),
  'TypeScript 7': join(ROOT, 'node_modules/typescript-7/bin/tsc'),
};

/** What runs the tests of a project, and how it is called. Jest is this package's own, which no consumer needs to install. */
export const RUNNERS = {
  Jest: [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--rootDir',
    'own-tests',
    '--ci',
    '--testTimeout',
    '60000',
  ],
  Vitest: [
    '../node_modules/vitest/vitest.mjs',
    'run',
    '--root',
    'own-tests',
    '--testTimeout',
    '60000',
  ],
  'node:test': ['--test', 'own-tests/cors.test.js'],
} as const;

/** What `nest new` wrote for Nest 11: `exports` count for nothing there, `main` and `types` do. */
export const NEST_11_PROJECT = {
  type: 'commonjs',
  compiler: 'TypeScript 6',
  compilerOptions: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  runner: 'Jest',
} as const satisfies Project;

/** What `nest new` writes for Nest 12. */
export const NEST_12_PROJECT = {
  type: 'module',
  compiler: 'TypeScript 7',
  compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' },
  runner: 'Vitest',
} as const satisfies Project;

/** The lowest Nest 11. Its Fastify adapter asks for Nest 10 until 11.0.3, so that npm does not install an earlier one beside it. */
export const LOWEST_NEST_11 = {
  name: 'Nest 11.0.0',
  nest: '11.0.0',
  fastify: '11.0.3',
} as const satisfies Installation;

/**
 * The package's tarball: the one that NESTJS_CORS_TARBALL names, as `.ci/run` does, or one of a copy, so that nothing happens to the
 * `dist` that others may be using.
 */
export async function packedIn(workshop: string): Promise<string> {
  const given = process.env['NESTJS_CORS_TARBALL'];
  if (given !== undefined) return given;
  const folder = join(workshop, 'package');
  await mkdir(folder);
  const names = (await readdir(ROOT)).filter(
    (name) =>
      /^(?:tsconfig.*|package|document\.schema)\.json$/.test(name) ||
      /^(?:src|explorer-page|scripts|docs|[A-Z]+\.md|LICENSE)$/.test(name),
  );
  for (const name of names) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await run('npm', ['pack', '--pack-destination', workshop], folder);
  const file = (await readdir(workshop)).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error('npm pack left no tarball.');
  return join(workshop, file);
}

/** What users of Nest install besides. */
const NEST_NEEDS = ['reflect-metadata', 'rxjs', '@types/node'];

export const INSTALLING = 'install --prefer-offline --no-audit --no-fund --ignore-scripts'.split(
  ' ',
);

/**
 * Installs what the projects below need. Returns the folder that they go into.
 *
 * @param others where the packages of others come from, but for Nest's: the registry alone, or what is installed here already, as in
 * a project that has them. npm keeps of that what fits, and removes what nothing asks for.
 */
export async function install(
  workshop: string,
  { name, nest, fastify = nest }: Installation,
  runners: readonly Project['runner'][],
  tarball: string,
  others: 'from the registry' | 'as installed here' = 'from the registry',
): Promise<string> {
  const folder = join(workshop, name.replaceAll(' ', '-'));
  await mkdir(folder);
  if (others === 'as installed here') await linkInstalled(folder);
  const versions = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const same = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, versions.devDependencies[name]]));
  await write(join(folder, 'package.json'), {
    name: 'consumers',
    private: true,
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/platform-express': nest,
      '@nestjs/platform-fastify': fastify,
      '@nestjs/testing': nest,
      ...same(...NEST_NEEDS),
      'nestjs-cors': `file:${tarball}`,
      // The last one for Node 20.
      ...(runners.includes('Vitest') && { vitest: '^4' }),
    },
  });
  await run('npm', INSTALLING, folder);
  await cp(join(CONSUMER, 'names.mjs'), join(folder, 'names.mjs'));
  return folder;
}

/** Gives a folder the packages that Nest, its adapters and this package need, from the ones installed here: links to the same files. */
async function linkInstalled(folder: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dependencies?: object } | undefined>;
  };
  const needed = new Set<string>();
  const visit = (name: string) => {
    const locked = packages[`node_modules/${name}`];
    if (locked === undefined || needed.has(name)) return;
    needed.add(name);
    Object.keys(locked.dependencies ?? {}).forEach(visit);
  };
  const nest = ['common', 'core', 'platform-express', 'platform-fastify', 'testing'];
  for (const name of nest) visit(`@nestjs/${name}`);
  [...Object.keys(packages['']?.dependencies ?? {}), ...NEST_NEEDS].forEach(visit);
  for (const name of needed) {
    if (!name.startsWith('@nestjs/'))
      await linkFiles(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

async function linkFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [file, copy] = [join(from, entry.name), join(to, entry.name)];
    // What has a version of its own in there, npm adds.
    if (entry.isDirectory() && entry.name !== 'node_modules') await linkFiles(file, copy);
    // Another disk takes no links.
    else if (entry.isFile()) await link(file, copy).catch(() => copyFile(file, copy));
  }
}

/** Writes a project below what it needs. Returns its folder. */
export async function writeProject(
  installation: string,
  { type, compilerOptions, runner }: Project,
): Promise<string> {
  const folder = join(installation, type);
  await mkdir(join(folder, 'src'), { recursive: true });
  await write(join(folder, 'package.json'), { name: 'consumer', private: true, type });
  await write(join(folder, 'tsconfig.json'), {
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023'], types: ['node'], strict: true },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true, esModuleInterop: true },
      // As Nest's own template has it: the declarations of others are not ours to repair.
      ...{ skipLibCheck: true, rootDir: 'src', outDir: 'dist', ...compilerOptions },
    },
    include: ['src'],
  });
  for (const name of ['app.ts', 'rows.ts', 'main.ts', 'broken.ts', 'timer.ts', 'kit.ts']) {
    const source = await readFile(join(CONSUMER, name), 'utf8');
    await writeFile(
      join(folder, 'src', name),
      source
        .replaceAll("'../../../src/index.js'", "'nestjs-cors'")
        .replaceAll("'../../../src/testing/index.js'", "'nestjs-cors/testing'")
        .replaceAll("'../../../src/explorer/index.js'", "'nestjs-cors/explorer'"),
    );
  }
  const own = join(folder, 'own-tests');
  await mkdir(own);
  const file = `own-${runner.replace(':', '-').toLowerCase()}.js`;
  await cp(join(CONSUMER, file), join(own, 'cors.test.js'));
  // A root of its own; what is imported is found in the folders above it.
  await write(join(own, 'package.json'), { type });
  return folder;
}

/** Runs the compiler of a project; rejects with what it says where it finds a fault. */
export function compile(
  folder: string,
  { compiler }: Project,
  ...args: readonly string[]
): Promise<string> {
  return run(process.execPath, [COMPILERS[compiler], ...args, '--pretty', 'false'], folder);
}

/** What npm installed for a project. */
export async function versionOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, '../node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export function write(file: string, value: object): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** What a command says; rejects with all of it where the command fails, or takes longer than so many milliseconds. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  timeout = 0,
): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, timeout, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }));
    });
  });
}
