import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { CommandError } from '../command.js';

/** A file of the project, as it was read. */
export interface SourceText {
  /** Where it really is, whatever links lead there, with slashes. */
  readonly path: string;
  /** As the person knows it: from the folder of the project. */
  readonly shown: string;
  readonly bytes: Buffer;
  /** Without byte order mark. */
  readonly text: string;
  readonly newline: '\n' | '\r\n';
}

/** Nobody writes such a file by hand. */
const MOST_BYTES = 2 ** 20;

const BYTE_ORDER_MARK = '\uFEFF';

/** Bytes of a file with other text; a byte order mark stays. */
export function bytesWith({ bytes }: SourceText, text: string): Buffer {
  const marked = bytes.subarray(0, 3).equals(Buffer.from(BYTE_ORDER_MARK));
  return Buffer.from(marked ? BYTE_ORDER_MARK + text : text);
}

/**
 * Reads a file of the project.
 *
 * @param project its folder, as `realpath()` gives it
 * @throws CommandError where it is outside, no file, too large or no UTF-8
 */
export async function readSource(project: string, path: string): Promise<SourceText> {
  const name = relative(project, path).replaceAll(sep, '/');
  const real = await realpath(path).catch(() => {
    throw new CommandError(`There is no file ${name}.`);
  });
  const inside = relative(project, real);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new CommandError(
      `${name} is outside this project. Run migrate in the folder of the project that it belongs to.`,
    );
  }
  if (inside.split(sep).includes('node_modules')) {
    throw new CommandError(`${name} belongs to an installed package. Name a file of the project.`);
  }
  if (!(await stat(real)).isFile()) throw new CommandError(`${name} is not a file.`);
  const bytes = await readUpTo(real, MOST_BYTES);
  if (bytes === undefined) {
    throw new CommandError(`${name} is larger than a megabyte, which is too large for migrate.`);
  }
  const marked = bytes.toString('utf8');
  if (!Buffer.from(marked).equals(bytes)) {
    throw new CommandError(`${name} is not UTF-8. Save it as UTF-8, and run migrate again.`);
  }
  const text = marked.startsWith(BYTE_ORDER_MARK) ? marked.slice(1) : marked;
  return {
    path: real.replaceAll(sep, '/'),
    shown: name,
    bytes,
    text,
    newline: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** What a file holds; `undefined` where that is too much. */
async function readUpTo(path: string, most: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY);
  try {
    const { size } = await file.stat();
    return size > most ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}
