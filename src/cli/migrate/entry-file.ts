import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../command.js';
import type { TypeScript } from './project-typescript.js';

/**
 * The file that creates the application: the one that is named, or the one that `nest-cli.json` leads to, or
 * `src/main.ts`.
 *
 * @throws CommandError where there is none, or where there are several applications
 */
export async function entryFileOf(
  ts: TypeScript,
  folder: string,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return resolve(folder, named);
  const configured = await configuredEntries(ts, folder);
  const found = configured.filter((file) => existsSync(join(folder, file)));
  const [entry = configured[0] ?? 'src/main.ts', ...others] = found;
  if (others.length > 0) {
    throw new CommandError(
      `This workspace has several applications. Name one: nestjs-cors migrate ${found.join(' or ')}`,
    );
  }
  if (existsSync(join(folder, entry))) return join(folder, entry);
  throw new CommandError(
    `There is no ${entry} here. Run migrate in the folder of the project, or name the file that calls NestFactory.create(): nestjs-cors migrate src/main.ts`,
  );
}

/** What the Nest CLI would compile and start, as far as `nest-cli.json` says. */
async function configuredEntries(ts: TypeScript, folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'nest-cli.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { config, error } = ts.parseConfigFileTextToJson('nest-cli.json', text) as {
    config?: unknown;
    error?: unknown;
  };
  if (error !== undefined || !isRecord(config)) {
    throw new CommandError(
      'nest-cli.json is not JSON. Correct it, or name the file: nestjs-cors migrate src/main.ts',
    );
  }
  const { projects } = config;
  const applications = isRecord(projects)
    ? Object.values(projects).filter((each) => isRecord(each) && each['type'] !== 'library')
    : [];
  return [...new Set([...applications, config].map(entryIn))];
}

function entryIn(place: unknown): string {
  const { sourceRoot, entryFile } = isRecord(place) ? place : {};
  const root = typeof sourceRoot === 'string' ? sourceRoot : 'src';
  const entry = typeof entryFile === 'string' ? entryFile : 'main';
  return join(root, `${entry.replace(/\.[cm]?[jt]s$/, '')}.ts`)
    .replaceAll('\\', '/')
    .replace(/^\/+/, '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
