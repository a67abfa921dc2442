import type { PageQuestion } from '../document/explanation/cors-explanation.js';
import { type ExplanationColors, explanationText } from '../document/explanation-text.js';
import { DocumentError } from '../document/read-document.js';
import { type Command, CommandError, type GivenArguments } from './command.js';
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, documentFrom } from './document-source.js';

/** The status where the page does not get what it asks for. */
const REFUSED = 1;

/** `nestjs-cors explain`: what a browser would do with a request, why, and what would change it. */
export const explain: Command = {
  name: 'explain',
  summary:
    "What a browser would do with a page's request, step by step, and the line that changes it",
  help: `What a browser would do with a page's request, step by step, why, and the line that changes it.

Usage: nestjs-cors explain --origin ORIGIN --url URL [--method M] …

Nothing is sent. Ends with status 0 where the page gets its answer, and with 1 where it does not, or where
that depends on code, which a document does not hold.

${DOCUMENT_HELP}
  --origin ORIGIN     The page's, e.g. https://shop.example.com; null for a sandboxed frame
  --url URL           Of the request; of a path alone, the server is taken for another site
  --method M          Default: GET
  --header NAME[:V]   A header that the page sets; as often as needed
  --content-type T    The same as --header content-type:T
  --credentials       With cookies (credentials: 'include')
  --omit-credentials  Without, also at the own origin (credentials: 'omit')
  --mode MODE         cors, no-cors or same-origin. Default: cors
  --upload            An upload that the page listens to, or a stream
  --read NAME         A response header that the page means to read; as often as needed
  --assume ANSWER     yes or no: what code is taken to say
  --json              The explanation as data

Example:
  npx nestjs-cors explain --app dist/app.module.js --origin https://shop.example.com \\
    --method PUT --url https://api.example.com/books/1 --header x-trace-id --credentials`,
  options: {
    ...DOCUMENT_OPTIONS,
    origin: { type: 'string' },
    url: { type: 'string' },
    method: { type: 'string' },
    header: { type: 'string', multiple: true },
    'content-type': { type: 'string' },
    credentials: { type: 'boolean' },
    'omit-credentials': { type: 'boolean' },
    mode: { type: 'string' },
    upload: { type: 'boolean' },
    read: { type: 'string', multiple: true },
    assume: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const question = questionOf(given);
    const document = await documentFrom(given);
    // Nest is loaded by who needs it, not by who asks for help.
    const { explainRequest } = await import('../document/explanation/explain-request.js');
    try {
      const explanation = await explainRequest(document, question);
      terminal.print(
        given.values['json'] === true
          ? JSON.stringify(explanation, null, 2)
          : explanationText(explanation, terminal.colors ? COLORS : undefined),
      );
      return explanation.allowed ? 0 : REFUSED;
    } catch (error) {
      if (error instanceof RangeError || error instanceof DocumentError) {
        throw new CommandError(error.message);
      }
      throw error;
    }
  },
};

/** ECMA-48, "select graphic rendition". */
const inColor =
  (parameter: number) =>
  (text: string): string =>
    `\u001b[${parameter}m${text}\u001b[0m`;

const COLORS: ExplanationColors = {
  good: inColor(32),
  bad: inColor(31),
  faint: inColor(2),
  strong: inColor(1),
};

function questionOf({ values, positionals }: GivenArguments): PageQuestion {
  if (positionals.length > 0) {
    throw new CommandError(
      `explain takes no argument such as "${positionals.join(' ')}". Write --url before a URL.`,
    );
  }
  if (values['credentials'] === true && values['omit-credentials'] === true) {
    throw new CommandError(
      'A page sends cookies or does not: leave out --credentials or --omit-credentials.',
    );
  }
  const contentType = textOf(values['content-type']);
  return {
    origin: needed(values, 'origin', 'https://shop.example.com'),
    url: needed(values, 'url', 'https://api.example.com/books/1'),
    method: textOf(values['method']) ?? 'GET',
    headers: Object.fromEntries([
      ...textsOf(values['header']).map(headerOf),
      ...(contentType === undefined ? [] : [['content-type', contentType] as const]),
    ]),
    credentials:
      values['credentials'] === true
        ? 'include'
        : values['omit-credentials'] === true
          ? 'omit'
          : 'same-origin',
    mode: oneOf(values, 'mode', ['cors', 'no-cors', 'same-origin']) ?? 'cors',
    useCorsPreflight: values['upload'] === true,
    reads: textsOf(values['read']),
    ...assumed(oneOf(values, 'assume', ['yes', 'no'])),
  };
}

function assumed(assume: 'yes' | 'no' | undefined): Pick<PageQuestion, 'assume'> {
  return assume === undefined ? {} : { assume };
}

function headerOf(text: string): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function needed(values: GivenArguments['values'], name: string, example: string): string {
  const text = textOf(values[name]);
  if (text === undefined)
    throw new CommandError(`explain needs --${name}, e.g. --${name} ${example}.`);
  return text;
}

function oneOf<Value extends string>(
  values: GivenArguments['values'],
  name: string,
  known: readonly Value[],
): Value | undefined {
  const text = textOf(values[name]);
  const value = known.find((each) => each === text);
  if (text !== undefined && value === undefined) {
    throw new CommandError(`--${name} is one of ${known.join(', ')}.`);
  }
  return value;
}

function textOf(value: GivenArguments['values'][string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: GivenArguments['values'][string]): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
