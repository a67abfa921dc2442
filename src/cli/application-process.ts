import { setTimeout as wait } from 'node:timers/promises';
import { type ApplicationAnswer, type ApplicationRequest, START_HINT } from './application.js';
import { startApplication, StartProblem } from './start-application.js';

/*
 * What runs in the process of an application: starts it, sends its document, ends it.
 */

/** Milliseconds that an application may take to close. */
const LONGEST_CLOSE = 3_000;

// Nobody waits for it any more.
process.on('disconnect', () => process.exit());
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.once('message', (request) => {
  // The process that sends it is this program's own.
  answer(request as ApplicationRequest).catch(fail);
});

async function answer({ file, name, fastify }: ApplicationRequest): Promise<void> {
  const { document, app } = await startApplication(file, name, fastify);
  await send({ nestjsCors: { document } });
  await Promise.race([app.close().catch(() => undefined), wait(LONGEST_CLOSE)]);
  process.exit();
}

function fail(error: unknown): void {
  const problem =
    error instanceof StartProblem
      ? error.message
      : `The application does not start: ${reasonOf(error)}`;
  void send({ nestjsCors: { problem } }).then(() => process.exit());
}

function send(message: ApplicationAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else
      process.send(message, undefined, undefined, () => {
        resolve();
      });
  });
}

/** Why, in one line; what is wrong about the policies in as many as it has. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${firstLine(describe(error))} ${START_HINT}`;
  if (error.name === 'CorsConfigurationError') return `\n${error.message}`;
  // Node tells of several addresses that did not answer with an empty message.
  const message =
    error.message === '' && error instanceof AggregateError
      ? error.errors
          .map((each) => (each instanceof Error ? each.message : describe(each)))
          .join('; ')
      : error.message;
  const { code } = error as NodeJS.ErrnoException;
  const reason = firstLine(message) || (code ?? error.name);
  return `${/[.!?]$/.test(reason) ? reason : `${reason}.`} ${START_HINT}`;
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return `${thrown}.`;
  return `it threw ${thrown === undefined || thrown === null ? String(thrown) : `a value of type ${typeof thrown} that is not an error`}.`;
}

function firstLine(text: string): string {
  return (text.trim().split('\n', 1)[0] ?? '').trim().slice(0, 500);
}
