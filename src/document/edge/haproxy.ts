import type { CorsDocument } from '../cors-document.js';
import {
  behind,
  type EdgeAddresses,
  exactOrigins,
  headersOf,
  headOf,
  indent,
  plainPath,
  QUERY,
  sortPlaces,
  spellAnswers,
} from './configuration-text.js';
import { edgePreflights } from './edge-preflights.js';
import { DOUBTFUL_ORIGIN, LONGEST_ORIGIN } from './origin-families.js';

/** A configuration for HAProxy 2.4 and later. */
export function haproxyConfiguration(document: CorsDocument, addresses: EdgeAddresses): string {
  const { upstream, listen, host } = addresses;
  const edge = edgePreflights(document);
  const { literal, ordered } = sortPlaces(edge, 'all');
  const folded = edge.caseSensitive ? '' : ',lower';
  const server = `server application ${upstream.host}:${String(upstream.port)}`;
  const setIf = (variable: string, value: string, condition: string) =>
    `http-request set-var(txn.cors_${variable}) str(${value}) if !{ var(txn.cors_${variable}) -m found } ${condition}`;

  return `${[
    ...headOf(edge, document, []),
    '',
    'global',
    ...indent(['tune.bufsize 32768']),
    '',
    'defaults',
    ...indent([
      'mode http',
      'timeout connect 10s',
      'timeout client 1d',
      'timeout server 1d',
      'timeout tunnel 1d',
      'option http-no-delay',
    ]),
    '',
    'frontend cors_edge',
    ...indent([
      `bind ${host ?? ''}:${String(listen)}`,
      '# What is valid is for Node to say.',
      'option accept-invalid-http-request',
      'acl cors_asks method OPTIONS',
      'acl cors_asks_once req.fhdr_cnt(host) eq 1',
      ...(edge.methods.length === 0
        ? []
        : [
            `acl cors_method req.fhdr(access-control-request-method) -m str ${edge.methods.join(' ')}`,
            'acl cors_method_once req.fhdr_cnt(access-control-request-method) eq 1',
            'acl cors_origin_once req.fhdr_cnt(origin) eq 1',
            `acl cors_origin req.fhdr(origin) -m reg '^[a-z0-9.:/\\[\\]+-]{1,${String(LONGEST_ORIGIN)}}$'`,
            'acl cors_headers_twice req.fhdr_cnt(access-control-request-headers) gt 1',
            'acl cors_private req.fhdr_cnt(access-control-request-private-network) gt 0',
            `acl cors_plain url -m reg '^(?:${plainPath(edge)})${QUERY}$'`,
            'use_backend cors_preflights if cors_asks cors_asks_once cors_method cors_method_once cors_origin_once cors_origin cors_plain !cors_headers_twice !cors_private',
          ]),
      'default_backend cors_application',
    ]),
    '',
    'backend cors_application',
    ...indent([server]),
    ...(edge.methods.length === 0
      ? []
      : [
          '',
          'backend cors_preflights',
          ...indent([
            '# What holds at the URL: first where it is known as it stands, then by order.',
            `http-request set-var(txn.cors_path) url,field(1,?)${folded}`,
            ...grouped(literal.map(({ path, behavior }) => [path, behavior])).flatMap(
              ([behavior, paths]) => [
                ...texts(`cors_at_${behavior}`, 'var(txn.cors_path)', paths),
                setIf('place', behavior, `cors_at_${behavior}`),
              ],
            ),
            ...ordered.map(({ expression, behavior }) =>
              setIf('place', behavior, `{ var(txn.cors_path) -m reg '${expression}' }`),
            ),
            '# Who asks.',
            'http-request set-var(txn.cors_asking) req.fhdr(origin)',
            ...grouped(exactOrigins(edge)).flatMap(([name, origins]) => [
              ...texts(`cors_from_${name}`, 'var(txn.cors_asking)', origins),
              setIf('origin', name, `cors_from_${name}`),
            ]),
            setIf('origin', 'doubtful', `{ var(txn.cors_asking) -m reg '${DOUBTFUL_ORIGIN}' }`),
            ...edge.origins.flatMap(({ name, exact, expression }) => {
              if (exact !== undefined) return [];
              const from =
                expression === undefined
                  ? 'TRUE'
                  : `{ var(txn.cors_asking) -m reg '${expression}' }`;
              return [setIf('origin', name, from)];
            }),
            '# What for.',
            'http-request set-var(txn.cors_method) req.fhdr(access-control-request-method)',
            'http-request set-var(txn.cors_headers) req.fhdr(access-control-request-headers)',
            'http-request set-var(txn.cors_asked) str(:),concat(,txn.cors_headers)',
            'http-request set-var(txn.cors_case) var(txn.cors_place),concat(:,txn.cors_method),concat(:,txn.cors_origin)',
            ...[...edge.cases].flatMap(([{ name }, cases]) =>
              texts(`cors_case_${name}`, 'var(txn.cors_case)', cases),
            ),
            ...spellAnswers(edge).map((spelled) => {
              const { answer, variant } = spelled;
              const headers = headersOf(spelled, {
                origin: '%[var(txn.cors_asking)]',
                asked: '%[var(txn.cors_headers)]',
              });
              return [
                `http-request return status ${String(answer.status)}`,
                ...headers.map(([name, value]) => `hdr ${name} "${value}"`),
                `if cors_case_${answer.name} { var(txn.cors_asked) -m reg '${behind(':', variant.expression)}' }`,
              ].join(' ');
            }),
            server,
          ]),
        ]),
  ].join('\n')}\n`;
}

function grouped(
  pairs: readonly (readonly [text: string, name: string])[],
): readonly (readonly [name: string, texts: readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const [text, name] of pairs) {
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [text]);
    else known.push(text);
  }
  return [...groups];
}

/** Words on a line, of which HAProxy takes 64. */
const MOST_WORDS = 50;
const LONGEST_LINE = 1_500;

/** A condition that holds for any of the texts. */
function texts(name: string, sample: string, all: readonly string[]): readonly string[] {
  const lines: string[][] = [];
  let length = 0;
  for (const text of all) {
    const last = lines.at(-1);
    length += text.length + 1;
    if (last === undefined || last.length >= MOST_WORDS || length > LONGEST_LINE) {
      lines.push([text]);
      ({ length } = text);
    } else {
      last.push(text);
    }
  }
  return lines.map((words) => `acl ${name} ${sample} -m str ${words.join(' ')}`);
}
