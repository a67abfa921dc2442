import {
  EDGE_SERVERS,
  edgeConfiguration,
  type EdgeAddresses,
} from '../document/edge/edge-configurations.js';
import { gatewayApiReport } from '../document/edge/gateway-api.js';
import { type Command, CommandError } from './command.js';
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, documentFrom } from './document-source.js';

const GATEWAY_API = 'gateway-api';
const DEFAULT_UPSTREAM = 'http://127.0.0.1:3000';
const DEFAULT_PORT = '8080';

/** `nestjs-cors export`: configurations for servers in front of the application. */
export const exportEdge: Command = {
  name: 'export',
  summary: 'A configuration for nginx, HAProxy or Caddy that answers allowed preflights',
  help: `A whole configuration for a server in front of the application. It answers allowed preflights as the
application would, and passes everything else on. The head of the file lists what is left to the application.

Usage: nestjs-cors export nginx|haproxy|caddy --app FILE | --from FILE_OR_URL
       nestjs-cors export gateway-api --app FILE | --from FILE_OR_URL
                      What the cors filter of a Kubernetes HTTPRoute could say of each route, and what not

${DOCUMENT_HELP}
  --upstream URL      Where the application listens; ${DEFAULT_UPSTREAM}
  --listen PORT       Where the server listens, or HOST:PORT; ${DEFAULT_PORT}

Example:
  npx nestjs-cors export nginx --app dist/app.module.js --upstream http://127.0.0.1:3000 > nginx.conf
  nginx -c "$PWD/nginx.conf"`,
  options: { ...DOCUMENT_OPTIONS, upstream: { type: 'string' }, listen: { type: 'string' } },
  async run(given, terminal) {
    const { values, positionals } = given;
    const [name = '', ...more] = positionals;
    const server = EDGE_SERVERS.find((each) => each === name);
    if ((server === undefined && name !== GATEWAY_API) || more.length > 0) {
      throw new CommandError(
        `export takes one of ${EDGE_SERVERS.join(', ')}, ${GATEWAY_API}${positionals.length === 0 ? '' : `, not "${positionals.join(' ')}"`}.`,
      );
    }
    const [upstream, listen] = [textOf(values['upstream']), textOf(values['listen'])];
    if (server === undefined && (upstream ?? listen) !== undefined) {
      throw new CommandError(
        `${GATEWAY_API} is a report, and takes neither --upstream nor --listen. Leave them out.`,
      );
    }
    const addresses = readAddresses(upstream, listen);
    const document = await documentFrom(given);
    terminal.print(
      server === undefined
        ? gatewayApiReport(document)
        : edgeConfiguration(server, document, addresses).trimEnd(),
    );
    return 0;
  },
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** @throws CommandError where a configuration could not say it */
export function readAddresses(upstream = DEFAULT_UPSTREAM, listen = DEFAULT_PORT): EdgeAddresses {
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined;
  const rest = url === undefined ? '' : url.username + url.password + url.search + url.hash;
  const isAddress = url?.protocol === 'http:' && url.pathname === '/' && url.port !== '0';
  if (!isAddress || rest !== '' || !isHost(url.hostname)) {
    throw new CommandError(
      `--upstream takes scheme, host and port of the application, such as ${DEFAULT_UPSTREAM}.`,
    );
  }
  const [, host, port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(listen) ?? [];
  const number = Number(port);
  if (!(number >= 1 && number <= 65_535) || (host !== undefined && !isHost(host))) {
    throw new CommandError(`--listen takes a port, such as ${DEFAULT_PORT}, or 127.0.0.1:8080.`);
  }
  return {
    upstream: { host: url.hostname, port: Number(url.port === '' ? 80 : url.port) },
    listen: number,
    ...(host !== undefined && { host }),
  };
}

/** Nothing that has a meaning in a configuration. */
function isHost(host: string): boolean {
  return /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:.]+\])$/.test(host);
}
