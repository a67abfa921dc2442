import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../../../src/cli/command.js';
import { migrateProject } from '../../../src/cli/migrate.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Files by their paths in the project. */
export type Files = Readonly<Record<string, string>>;

/** What came of migrating a project. */
export interface Migrated {
  /** The exit status, or the message of the error. */
  readonly status: number | string;
  readonly diff: string;
  readonly remarks: string;
  /** The files afterward. */
  readonly files: Files;
}

/** A project on the disk; every package that a bootstrap may need is installed beside it. */
export class Project {
  private constructor(
    readonly folder: string,
    private readonly names: readonly string[],
  ) {}

  static async with(files: Files): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-migrate-'));
    await mkdir(join(folder, 'node_modules'));
    for (const name of ['typescript', '@nestjs', '@fastify', 'cors', 'reflect-metadata', 'rxjs'])
      await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return new Project(folder, Object.keys(files));
  }

  async migrate({ named, write = true }: { named?: string | undefined; write?: boolean } = {}) {
    const [printed, remarks]: [string[], string[]] = [[], []];
    const status = await migrateProject(this.folder, named, write, {
      print: (text) => printed.push(text),
      remark: (text) => remarks.push(text),
      colors: false,
    }).catch((error: unknown) => {
      if (error instanceof CommandError) return error.message;
      throw error;
    });
    const migrated: Migrated = {
      status,
      diff: printed.join('\n'),
      remarks: remarks.join('\n'),
      files: await this.files(),
    };
    return migrated;
  }

  async files(): Promise<Files> {
    return Object.fromEntries(
      await Promise.all(
        this.names.map(async (name) => [name, await readFile(join(this.folder, name), 'utf8')]),
      ),
    ) as Files;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
