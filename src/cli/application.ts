import { fork } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from './command.js';

/** What the process that starts an application is told. */
export interface ApplicationRequest {
  readonly file: string;
  /** The export to take; the default one, or the only one, if there is none. */
  readonly name: string | undefined;
  readonly fastify: boolean;
}

/** What it answers: a document, or why there is none. */
export interface ApplicationAnswer {
  readonly nestjsCors: { readonly document: unknown } | { readonly problem: string };
}

/** Milliseconds that an application may take to end, once its document is there. */
const LONGEST_END = 5_000;

/**
 * Starts the application of a root module without listening, and takes its document. It runs in a process of its own:
 * whatever it leaves behind ends with that, what it prints goes to standard error, and neither `process.exit()` nor a
 * loop without end in it can stop this one.
 *
 * @param reference `dist/app.module.js` or `dist/app.module.js#AppModule`
 * @param timeout milliseconds
 * @throws CommandError where there is no document
 */
export async function documentOfApplication(
  reference: string,
  fastify: boolean,
  timeout: number,
): Promise<unknown> {
  const [, path = '', name] = /^(.*?)(?:#([^#/\\]*))?$/s.exec(reference) ?? [];
  const file = resolve(path);
  await requireBuiltFile(file, path);
  const answer = await ask({ file, name: name === '' ? undefined : name, fastify }, timeout);
  if ('problem' in answer) throw new CommandError(answer.problem);
  return answer.document;
}

async function requireBuiltFile(file: string, shown: string): Promise<void> {
  if (/\.[cm]?tsx?$/i.test(file)) {
    throw new CommandError(
      `${shown} is TypeScript. Build the application first (npm run build), and name the built file, e.g. dist/app.module.js.`,
    );
  }
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    throw new CommandError(
      `There is no file ${shown}. Build the application first (npm run build), and name the file of its root module.`,
    );
  }
  if (!found.isFile()) {
    throw new CommandError(
      `${shown} is not a file. Name the file of the root module, e.g. dist/app.module.js.`,
    );
  }
}

/** Ends each reason why an application did not start. */
export const START_HINT =
  'If it cannot start here (no database), write its document where it can, or take it from a running one, and use --from.';

function ask(
  request: ApplicationRequest,
  timeout: number,
): Promise<ApplicationAnswer['nestjsCors']> {
  return new Promise((settle) => {
    const child = fork(fileURLToPath(new URL('application-process.js', import.meta.url)), {
      // Standard output is for what was asked for.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    });
    let answer: ApplicationAnswer['nestjsCors'] | undefined;
    const give = (problem: string) => {
      answer ??= { problem: `${problem} ${START_HINT}` };
    };
    const starting = setTimeout(() => {
      give(`The application has not started within ${timeout / 1000} s (--timeout).`);
      child.kill('SIGKILL');
    }, timeout);
    let ending: NodeJS.Timeout | undefined;
    child.on('message', (message) => {
      // The application may send messages of its own.
      if (answer !== undefined || !isAnswer(message)) return;
      answer = message.nestjsCors;
      clearTimeout(starting);
      ending = setTimeout(() => child.kill('SIGKILL'), LONGEST_END);
    });
    child.on('error', (error) => {
      give(`The application cannot be started: ${error.message}.`);
    });
    child.on('close', (status, signal) => {
      clearTimeout(starting);
      clearTimeout(ending);
      give(
        status === null
          ? `The application was ended by ${signal ?? 'a signal'} while it started.`
          : `The application ended the process while it started, with status ${status}.`,
      );
      if (answer !== undefined) settle(answer);
    });
    child.send(request, () => undefined);
  });
}

function isAnswer(message: unknown): message is ApplicationAnswer {
  return typeof message === 'object' && message !== null && 'nestjsCors' in message;
}
