import type { CorsDocument } from '../src/document/cors-document.js';
import type {
  CorsExplanation,
  PageQuestion,
} from '../src/document/explanation/cors-explanation.js';
import type { MatrixLine, MatrixQuestion } from '../src/explorer/origin-matrix.js';
import { queryOf } from '../src/explorer/question-query.js';

/** Characters of a URL that every server takes; Node reads 16 kB of a request's head. */
const LONGEST_URL = 12_000;

/** The question is none, or the server does not answer. The message is for a person. */
export class ServerError extends Error {}

/** What the explorer's page asks its own server. */
export class ExplorerServer {
  /** @param base the folder that everything is in */
  constructor(private readonly base: URL) {}

  /** The address of something that the server offers. */
  address(name: string, query?: URLSearchParams): string {
    const url = new URL(name, this.base);
    if (query !== undefined) url.search = query.toString();
    return url.href;
  }

  document(signal?: AbortSignal): Promise<CorsDocument> {
    return this.#get('document', undefined, signal) as Promise<CorsDocument>;
  }

  /** @throws ServerError where it is no question */
  explanation(question: PageQuestion, signal?: AbortSignal): Promise<CorsExplanation> {
    return this.#get('explanation', queryOf(question), signal) as Promise<CorsExplanation>;
  }

  /** @throws ServerError where an origin is none */
  matrix(question: MatrixQuestion, signal?: AbortSignal): Promise<readonly MatrixLine[]> {
    const { origins, places, server } = question;
    const query = new URLSearchParams([
      ...origins.map((origin) => ['origin', origin]),
      ...places.map((place) => ['place', String(place)]),
      ['server', server],
    ]);
    return this.#get('matrix', query, signal) as Promise<readonly MatrixLine[]>;
  }

  /** @throws ServerError */
  async text(name: string, signal?: AbortSignal): Promise<string> {
    return (await this.#send(name, undefined, signal)).text();
  }

  async #get(name: string, query?: URLSearchParams, signal?: AbortSignal): Promise<unknown> {
    return (await this.#send(name, query, signal)).json();
  }

  async #send(name: string, query?: URLSearchParams, signal?: AbortSignal): Promise<Response> {
    const address = this.address(name, query);
    if (address.length > LONGEST_URL) {
      throw new ServerError(
        'The question is too long: URL and headers together may have some 10,000 characters. Shorten the values, only names count.',
      );
    }
    let response: Response;
    try {
      response = await fetch(address, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new ServerError('The application does not answer. Is it running?');
    }
    if (response.ok) return response;
    throw new ServerError(await messageOf(response));
  }
}

async function messageOf(response: Response): Promise<string> {
  const fallback = `The application answers ${response.status} to the explorer.`;
  if (response.status === 401 || response.status === 403) {
    return `${fallback} A guard wants something that this page does not have: sign in, then reload.`;
  }
  try {
    const body = (await response.json()) as { readonly message?: unknown };
    return typeof body.message === 'string' ? body.message : fallback;
  } catch {
    return fallback;
  }
}
