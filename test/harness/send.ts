import http from 'node:http';

export interface Request {
  /** Default: `GET`. */
  readonly method?: string;
  readonly path: string;
  /** A list sends the header once for each member. `Host` is `api.example.com` unless given. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** Every header line, with its name in lower case, in the order of arrival. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export const HOST = 'api.example.com';

/** The values of all lines of one header. */
export function valuesOf({ headers }: Pick<Answer, 'headers'>, name: string): string[] {
  return headers.filter(([key]) => key === name).map(([, value]) => value);
}

/** Sends a request over a connection of its own and reads the answer to its end. */
export function send(
  port: number,
  { method = 'GET', path, headers, body }: Request,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        setHost: false,
        headers: Object.fromEntries(
          Object.entries({
            host: HOST,
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            ...headers,
          }).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
        ),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: pairs(response.rawHeaders),
            body: text,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  );
}
