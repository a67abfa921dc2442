import { type FileHandle, open } from 'node:fs/promises';
import type { CorsDocument } from '../document/cors-document.js';
import { readDocument } from '../document/read-document.js';
import { documentOfApplication } from './application.js';
import { type Command, CommandError, type GivenArguments } from './command.js';

/** The options of every command that reads a document. */
export const DOCUMENT_OPTIONS = {
  from: { type: 'string' },
  app: { type: 'string' },
  fastify: { type: 'boolean' },
  timeout: { type: 'string' },
} as const satisfies Command['options'];

/** What `--help` says about them. */
export const DOCUMENT_HELP = `Where the policies come from, one of:
  --app FILE[#NAME]   Start the built root module without listening, and end it again. NAME is its
                      export, where there are several. What main.ts sets (global prefix, versioning)
                      counts only if NAME is a function that creates the application, with it.
      --fastify       on Fastify; otherwise on Express
      --timeout S     seconds that the start may take; 60
  --from FILE_OR_URL  Read a document that was written with routes --json, or the explorer's address
                      of a running application; - is standard input`;

/** More than an application of 5,000 routes with a list of 10,000 origins for a hundred of them. */
const MOST_BYTES = 64 * 2 ** 20;

/** Milliseconds that an URL may take to answer. */
const LONGEST_DOWNLOAD = 30_000;

/** Seconds that an application may take to start. */
const START_SECONDS = 60;

/** The longest time that timers take. */
const MOST_SECONDS = 2_147_483;

/**
 * The document that `--from` or `--app` names.
 *
 * @throws CommandError where there is none, or where both are given
 */
export async function documentFrom({ values }: GivenArguments): Promise<CorsDocument> {
  const { from, app, fastify, timeout } = values;
  if (typeof from === 'string') {
    const other = ['app', 'fastify', 'timeout'].find((name) => values[name] !== undefined);
    if (other !== undefined)
      throw new CommandError(`--from goes without --${other}. Leave out one of them.`);
    return documentAt(from);
  }
  if (typeof app !== 'string') {
    throw new CommandError(
      'Say whose policies: --app dist/app.module.js, or --from FILE_OR_URL with a document.',
    );
  }
  const seconds = Number(timeout ?? START_SECONDS);
  if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
    throw new CommandError(`--timeout takes seconds, such as ${START_SECONDS}.`);
  }
  return checked(
    `The application`,
    await documentOfApplication(app, fastify === true, seconds * 1000),
  );
}

/**
 * The document in a file, at an URL or, for `-`, on standard input.
 *
 * @throws CommandError where there is none
 */
export async function documentAt(place: string): Promise<CorsDocument> {
  const name = place === '-' ? 'Standard input' : place;
  const text = await textAt(place, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const hint = text.trimStart().startsWith('<')
      ? 'It is a page of HTML; give the address or file of the document itself.'
      : 'Write one with nestjs-cors routes --json.';
    throw new CommandError(`${name} does not hold JSON. ${hint}`);
  }
  return checked(name, value);
}

function checked(name: string, value: unknown): CorsDocument {
  try {
    return readDocument(value);
  } catch (error) {
    throw new CommandError(`${name}: ${(error as Error).message}`);
  }
}

async function textAt(place: string, name: string): Promise<string> {
  if (place === '-') return collect(process.stdin, name);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return download(place);
  let file: FileHandle | undefined;
  try {
    file = await open(place);
    return await collect(file.createReadStream({ autoClose: false }), name);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? (error as Error).message;
    throw new CommandError(`${place} cannot be read: ${reason}.`);
  } finally {
    await file?.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by this user',
};

async function download(address: string): Promise<string> {
  if (!URL.canParse(address) || !/^https?:/i.test(address)) {
    throw new CommandError(`${address} is not a web address. Write http:// or https://.`);
  }
  const { username, password } = new URL(address);
  if (username + password !== '') {
    throw new CommandError(
      'The address holds a password. Download the document, and name the file.',
    );
  }
  const signal = AbortSignal.timeout(LONGEST_DOWNLOAD);
  try {
    const answer = await fetch(address, { signal, headers: { accept: 'application/json' } });
    if (!answer.ok) {
      throw new CommandError(
        `${address} answered with status ${answer.status}, not with a document.`,
      );
    }
    return await collect(answer.body ?? [], address);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (signal.aborted) {
      throw new CommandError(`${address} has not answered within ${LONGEST_DOWNLOAD / 1000} s.`);
    }
    // What undici throws says "fetch failed", and why in its cause.
    const { cause, message } = error as Error;
    const { code, message: reason } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
    throw new CommandError(`${address} cannot be reached: ${code ?? reason ?? message}.`);
  }
}

/** All of a stream as text; bounded, since nobody knows what sends it. */
async function collect(
  stream: AsyncIterable<unknown> | Iterable<unknown>,
  name: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new CommandError(
        `${name} is larger than ${MOST_BYTES / 2 ** 20} MiB, too large for a document.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
