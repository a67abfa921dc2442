import { type Answer, type Request, valuesOf } from '../harness/send.js';
import { APP, LISTED, type Peer, type SharedOptions, startPeer, STRANGER } from './peers.js';

/** A row of a table that compares: what one application is told and asked, and its cell. */
export interface Comparison {
  /** Default: one listed origin, with credentials. */
  readonly options?: SharedOptions | 'none';
  readonly requests: readonly Request[];
  /** The cell, of an answer for each request; there is none where the application does not start. */
  readonly cell: (...answers: Answer[]) => string;
}

const REFUSED_TO_START = 'refused';

const from = (path: string, origin: string): Request => ({ path, headers: { origin } });

const asks = (path: string, method: string, origin = APP, headers?: string): Request => ({
  method: 'OPTIONS',
  path,
  headers: {
    origin,
    'access-control-request-method': method,
    ...(headers !== undefined && { 'access-control-request-headers': headers }),
  },
});

const listOf = (answer: Answer, name: string) =>
  valuesOf(answer, name).flatMap((value) => value.toLowerCase().split(/\s*,\s*/));

const isReadable = (answer: Answer, origin: string) =>
  answer.status < 300 &&
  ['*', origin].includes(valuesOf(answer, 'access-control-allow-origin').join());

const yes = (holds: boolean) => (holds ? 'yes' : 'no');

/** `Access-Control-Allow-Credentials` is "credentials". */
const allowances = ({ headers }: Answer) =>
  headers
    .filter(([name]) => name.startsWith('access-control-'))
    .map(([name]) => name.replace('access-control-allow-', ''))
    .sort()
    .join(', ') || 'none';

const varies = (answer: Answer) =>
  valuesOf(answer, 'vary').join(', ').replaceAll('Access-Control-Request-', '') || 'none';

const allowsHeader = (answer: Answer, name: string) => {
  const listed = listOf(answer, 'access-control-allow-headers');
  if (answer.status < 300 && listed.includes(name)) return 'allowed';
  return listed.length > 0 ? `${answer.status} and the list` : String(answer.status);
};

const starts = { requests: [], cell: () => 'starts' };

/** By the first cell of the row. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  'one `GET` open to other origins': {
    requests: [
      from('/books/shared', STRANGER),
      asks('/books/shared', 'GET', STRANGER, 'authorization'),
    ],
    cell: (read, preflight) => {
      if (!isReadable(read, STRANGER)) return 'no';
      return isReadable(preflight, STRANGER) ? 'yes' : 'no preflight';
    },
  },
  'a request of an unlisted origin': {
    requests: [from('/books', STRANGER)],
    cell: ({ status }) => (status === 200 ? 'runs' : String(status)),
  },
  'its answer says why': {
    requests: [from('/books', STRANGER)],
    cell: ({ body }) => yes(body.includes('origin-not-allowed')),
  },
  "`origin: '*'` with `credentials`": {
    options: { origin: '*', credentials: true },
    ...starts,
  },
  'an origin that ends with a slash': {
    options: { origin: `${APP}/` },
    ...starts,
  },
  'a preflight for what no route serves': {
    requests: [asks('/books', 'POST')],
    cell: (preflight) =>
      listOf(preflight, 'access-control-allow-methods').includes('post') ? 'passes' : 'fails',
  },
  '`Vary` of a handler keeps `Origin`': {
    requests: [from('/books/languages', APP)],
    cell: (answer) => yes(listOf(answer, 'vary').includes('origin')),
  },
  'your `OPTIONS` handler is reached': {
    requests: [{ method: 'OPTIONS', path: '/books/own' }],
    cell: ({ body }) => yes(body === 'own'),
  },
  'your page can read a 404': {
    requests: [from('/nowhere', APP)],
    cell: (answer) => yes(valuesOf(answer, 'access-control-allow-origin').includes(APP)),
  },

  'no options': {
    options: 'none',
    requests: [from('/books', STRANGER)],
    cell: (answer) =>
      `${answer.status}, ${
        valuesOf(answer, 'access-control-allow-origin')
          .map((value) => `\`${value}\``)
          .join() || 'no header'
      }`,
  },
  'unlisted origin': {
    requests: [from('/books', STRANGER)],
    cell: ({ status }) => String(status),
  },
  'its CORS headers': {
    requests: [from('/books', STRANGER)],
    cell: allowances,
  },
  'its preflight': {
    requests: [asks('/books/shared', 'PUT', STRANGER)],
    cell: ({ status }) => String(status),
  },
  'and CORS headers': {
    requests: [asks('/books/shared', 'PUT', STRANGER)],
    cell: allowances,
  },
  '`Vary` of a preflight': {
    requests: [asks('/books/shared', 'PUT')],
    cell: varies,
  },
  '`Vary`, headers listed': {
    options: { ...LISTED, allowedHeaders: ['x-trace-id'] },
    requests: [asks('/books/shared', 'PUT')],
    cell: varies,
  },
  'its `Content-Length`': {
    requests: [asks('/books/shared', 'PUT')],
    cell: (answer) => valuesOf(answer, 'content-length').join() || 'none',
  },
  '`X-Other`, no list': {
    requests: [asks('/books/shared', 'PUT', APP, 'x-other')],
    cell: (answer) => allowsHeader(answer, 'x-other'),
  },
  '`X-Other`, another list': {
    options: { ...LISTED, allowedHeaders: ['x-trace-id'] },
    requests: [asks('/books/shared', 'PUT', APP, 'x-other')],
    cell: (answer) => allowsHeader(answer, 'x-other'),
  },
  'any header and cookies': {
    options: { ...LISTED, allowedHeaders: '*' },
    requests: [asks('/books/shared', 'PUT', APP, 'x-other')],
    cell: (answer) =>
      valuesOf(answer, 'access-control-allow-headers')
        .map((value) => `\`${value}\``)
        .join(),
  },
  'any method and cookies': {
    options: { ...LISTED, methods: '*' },
    requests: [asks('/books/shared', 'PUT')],
    cell: (answer) =>
      valuesOf(answer, 'access-control-allow-methods')
        .map((value) => `\`${value}\``)
        .join(),
  },
  '`POST` without a route': {
    requests: [asks('/books', 'POST')],
    cell: (preflight) =>
      listOf(preflight, 'access-control-allow-methods').includes('post') ? 'passes' : 'fails',
  },
  '`OPTIONS`, own handler': {
    requests: [{ method: 'OPTIONS', path: '/books/own' }],
    cell: ({ status, body }) => (body === 'own' ? 'your handler' : String(status)),
  },
};

/** What stands in the cell of a peer: the same for all of its applications, or each one's. */
export async function cellOf(
  { options = LISTED, requests, cell }: Comparison,
  peer: Peer,
): Promise<string> {
  const applications = await startPeer(peer, options).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'CorsConfigurationError') return undefined;
    throw error;
  });
  if (applications === undefined) return REFUSED_TO_START;
  try {
    const cells = await Promise.all(
      applications.map(async (app) =>
        cell(...(await Promise.all(requests.map((request) => app.send(request))))),
      ),
    );
    return [...new Set(cells)].join('; ');
  } finally {
    await Promise.all(applications.map((app) => app.close()));
  }
}
