import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../command.js';
import { bytesWith, type SourceText } from './source-text.js';

/** A file as it is to be. */
export interface FileText {
  readonly source: SourceText;
  readonly text: string;
}

interface StagedFile {
  readonly source: SourceText;
  /** The new file, beside the old one. */
  readonly staged: string;
}

/**
 * Replaces files by new ones, each at once: nobody ever sees half of one.
 *
 * @throws CommandError where one has changed since it was read, or cannot be written; then all of them are as they were
 */
export async function writeFiles(files: readonly FileText[]): Promise<void> {
  const staged: StagedFile[] = [];
  const replaced: SourceText[] = [];
  try {
    for (const file of files) staged.push(await stage(file));
    for (const { source } of staged) await requireUnchanged(source);
    for (const { source, staged: path } of staged) {
      await rename(path, source.path);
      replaced.push(source);
    }
  } catch (error) {
    for (const { staged: path } of staged) await rm(path, { force: true });
    for (const { path, bytes } of replaced) await writeFile(path, bytes);
    if (error instanceof CommandError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CommandError(`Nothing was changed, since a file cannot be written: ${code}.`);
  }
}

async function stage({ source, text }: FileText): Promise<StagedFile> {
  const staged = join(dirname(source.path), `.${randomUUID()}.migrate`);
  const { mode } = await stat(source.path);
  await writeFile(staged, bytesWith(source, text), { flag: 'wx', mode });
  return { source, staged };
}

async function requireUnchanged({ path, bytes, shown }: SourceText): Promise<void> {
  const now = await readFile(path).catch(() => undefined);
  if (now?.equals(bytes) === true) return;
  throw new CommandError(`${shown} has changed meanwhile. Nothing was written; run migrate again.`);
}
