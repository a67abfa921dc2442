import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a page sends, one after the other, and how the server answers; `{page}` and `{other}` are origins. */
export interface KitCase {
  readonly name: string;
  /** `shop` is another site than the API's. Default: another port of it. */
  readonly from?: 'shop';
  readonly steps: readonly KitStep[];
}

export interface KitStep {
  readonly init?: Readonly<Record<string, unknown>>;
  readonly preflight?: Answer;
  readonly answer?: Answer;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

const ORIGIN = 'Access-Control-Allow-Origin';
const open: Answer = { headers: { [ORIGIN]: '{page}' } };
const withCookies = { [ORIGIN]: '{page}', 'Access-Control-Allow-Credentials': 'true' };
const granting = (headers: Record<string, string>): Answer => ({
  status: 204,
  headers: { ...withCookies, 'Access-Control-Max-Age': '600', ...headers },
});
const put = {
  init: { method: 'PUT' },
  preflight: granting({ 'Access-Control-Allow-Methods': 'PUT' }),
  answer: open,
};
const include = { credentials: 'include' };
const redirect: Answer = { status: 302, headers: { [ORIGIN]: '{page}', Location: '{other}' } };

export const KIT_CASES: readonly KitCase[] = [
  { name: 'a GET that is allowed', steps: [{ answer: open }] },
  { name: 'a GET that is not', steps: [{ answer: {} }] },
  {
    name: 'an answer for another origin',
    steps: [{ answer: { headers: { [ORIGIN]: 'http://a.example' } } }],
  },
  {
    name: '`*` with credentials',
    steps: [{ init: include, answer: { headers: { [ORIGIN]: '*' } } }],
  },
  { name: 'credentials without leave', steps: [{ init: include, answer: open }] },
  {
    name: 'a doubled `Access-Control-Allow-Origin`',
    steps: [{ answer: { headers: { [ORIGIN]: ['{page}', '{page}'] } } }],
  },
  { name: 'a PUT that the preflight does not list', steps: [{ ...put, preflight: granting({}) }] },
  {
    name: 'a header that the preflight does not list',
    steps: [{ init: { headers: { 'x-a': '1' } }, preflight: granting({}), answer: open }],
  },
  { name: 'a preflight that is redirected', steps: [{ ...put, preflight: redirect }] },
  {
    name: 'a preflight with status 403',
    steps: [{ ...put, preflight: { ...put.preflight, status: 403 } }],
  },
  {
    name: 'JSON, which asks first',
    steps: [
      {
        init: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
        preflight: granting({ 'Access-Control-Allow-Headers': 'content-type' }),
        answer: open,
      },
    ],
  },
  {
    name: '`Accept` longer than 128 bytes, which asks first',
    steps: [
      {
        init: { headers: { accept: `text/${'x'.repeat(130)}` } },
        preflight: granting({ 'Access-Control-Allow-Headers': 'accept' }),
        answer: open,
      },
    ],
  },
  {
    name: '`patch` in lower case',
    steps: [
      {
        init: { method: 'patch' },
        preflight: granting({ 'Access-Control-Allow-Methods': 'PATCH' }),
        answer: open,
      },
    ],
  },
  { name: 'the same PUT twice', steps: [put, put] },
  {
    name: 'a PUT, a header, and the PUT again',
    steps: [
      put,
      {
        init: { headers: { 'x-a': '1' } },
        preflight: granting({ 'Access-Control-Allow-Headers': 'x-a' }),
        answer: open,
      },
      put,
    ],
  },
  {
    name: 'a DELETE after a PUT that is remembered',
    steps: [put, { ...put, init: { method: 'DELETE' } }],
  },
  {
    name: 'a PUT with cookies after one without',
    steps: [
      { ...put, init: { method: 'PUT', credentials: 'omit' } },
      { ...put, init: { method: 'PUT', ...include }, answer: { headers: withCookies } },
    ],
  },
  {
    name: '`Authorization` under `*`',
    steps: [
      {
        init: { headers: { authorization: 'x' } },
        preflight: { status: 204, headers: { [ORIGIN]: '*', 'Access-Control-Allow-Headers': '*' } },
        answer: open,
      },
    ],
  },
  { name: 'a redirect to a third origin', steps: [{ answer: redirect }] },
  {
    name: 'a `SameSite=Lax` cookie on another site',
    from: 'shop',
    steps: [{ init: include, answer: { headers: withCookies } }],
  },
];

/** The servers of the cases: the page's, the API's, and what redirects lead to. */
export class KitStage {
  readonly wire: string[] = [];
  #step: KitStep = {};

  private constructor(private readonly servers: readonly Server[]) {}

  static async open(): Promise<KitStage> {
    const servers = [createServer(), createServer()];
    for (const server of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const stage = new KitStage(servers);
    for (const server of servers) {
      server.on('request', (request, response) => {
        stage.#answer(request, response);
      });
    }
    return stage;
  }

  #port(index: number): number {
    return (this.servers[index]!.address() as AddressInfo).port;
  }

  pageOf({ from }: KitCase): string {
    return `http://${from === 'shop' ? 'shop.localhost' : 'localhost'}:${this.#port(0)}`;
  }

  get api(): string {
    return `http://localhost:${this.#port(1)}`;
  }

  get other(): string {
    return `http://127.0.0.1:${this.#port(1)}/other`;
  }

  play(step: KitStep): void {
    this.#step = step;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    request.resume();
    if (url.startsWith('/page')) {
      response
        .setHeader('Content-Type', 'text/html')
        .setHeader('Set-Cookie', 'a=1; SameSite=Lax; Path=/');
      response.end('<!doctype html><link rel="icon" href="data:,">');
      return;
    }
    const origin = headers.origin ?? '';
    const isPreflight = headers['access-control-request-method'] !== undefined;
    const marks = [origin === 'null' && 'null', headers.cookie !== undefined && 'cookie'].filter(
      (mark) => mark !== false,
    );
    this.wire.push(`${method}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`);
    const { preflight = {}, answer = {} } = this.#step;
    const { status = 200, headers: lines = {} } = url.startsWith('/other')
      ? { headers: { [ORIGIN]: origin } }
      : isPreflight
        ? preflight
        : answer;
    const filled = (value: string) =>
      value.replace('{page}', origin).replace('{other}', this.other);
    for (const [name, value] of Object.entries(lines)) {
      response.setHeader(name, typeof value === 'string' ? filled(value) : value.map(filled));
    }
    response.setHeader('Cache-Control', 'no-store');
    response.writeHead(status).end();
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
}

/** What became of a case, as the table has it: the outcomes, and what went over the wire. */
export async function accountOf(
  stage: KitStage,
  { steps }: KitCase,
  send: (url: string, init: KitStep['init']) => Promise<string>,
  path: string,
): Promise<string> {
  stage.wire.length = 0;
  const outcomes: string[] = [];
  for (const step of steps) {
    stage.play(step);
    outcomes.push(await send(`${stage.api}${path}`, step.init ?? {}));
  }
  return `${outcomes.join(', ')}: ${stage.wire.join(', ') || 'nothing sent'}`;
}
