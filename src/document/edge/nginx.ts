import type { CorsDocument } from '../cors-document.js';
import {
  type EdgeAddresses,
  headersOf,
  headOf,
  indent,
  exactOrigins,
  plainPath,
  QUERY,
  sortPlaces,
  spellAnswers,
} from './configuration-text.js';
import { edgePreflights } from './edge-preflights.js';
import { DOUBTFUL_ORIGIN, LONGEST_ORIGIN } from './origin-families.js';

/** A configuration for nginx 1.18 and later. */
export function nginxConfiguration(document: CorsDocument, addresses: EdgeAddresses): string {
  const { upstream, listen, host } = addresses;
  const edge = edgePreflights(document);
  const { literal, ordered } = sortPlaces(edge, edge.caseSensitive ? 'lower case' : 'all');
  const answers = spellAnswers(edge);
  const statuses = [...new Set(answers.map(({ answer }) => answer.status))]
    .sort((one, other) => one - other)
    .slice(0, FREE_CODES.length);
  const i = edge.caseSensitive ? '' : '*';
  const spelled = answers.map((each) => ({
    name: each.name,
    status: each.answer.status,
    headers: new Map(
      headersOf(each, {
        origin: '$http_origin',
        asked: '$http_access_control_request_headers',
      }),
    ),
  }));
  const names = [...new Set(spelled.flatMap(({ headers }) => [...headers.keys()]))];
  const variableOf = (name: string) => `$cors_${name.toLowerCase().replaceAll('-', '_')}`;
  const keys = [...edge.cases].flatMap(([{ name }, cases]) =>
    cases.map((each) => `"${each}" ${name};`),
  );
  const exact = exactOrigins(edge);
  const entries = literal.length + keys.length + exact.length;

  return `${[
    ...headOf(edge, document, [
      'Before nginx 1.23, a preflight with two Origin headers, which no browser sends, is answered by the first of them.',
    ]),
    '',
    'pcre_jit on;',
    'events {}',
    '',
    'http {',
    ...indent([
      'access_log off;',
      `map_hash_max_size ${String(Math.max(2_048, 2 * entries))};`,
      `map_hash_bucket_size ${String(LONGEST_KEY)};`,
      'variables_hash_max_size 2048;',
      '',
      '# The path, where it is nothing but plain segments.',
      ...map('$request_uri', '$cors_path', [
        `"~^(?<cors_plain_path>${plainPath(edge)})${nginxQuoted(QUERY)}$" $cors_plain_path;`,
      ]),
      ...(edge.caseSensitive
        ? map('$cors_path', '$cors_lower_path', ['"~^[a-z0-9/_~-]+$" $cors_path;'])
        : map('$cors_path', '$cors_lower_path', ['default $cors_path;'])),
      '# What holds at it: first where it is known as it stands (nginx looks names up whatever their case is), then by order.',
      ...map('$cors_lower_path', '$cors_known_place', [
        ...literal.map(({ path, behavior }) => `"${path}" ${behavior};`),
      ]),
      ...map('$cors_path', '$cors_ordered_place', [
        ...ordered.map(({ expression, behavior }) => `"~${i}${expression}" ${behavior};`),
      ]),
      ...map('$cors_known_place', '$cors_place', [
        '"" $cors_ordered_place;',
        'default $cors_known_place;',
      ]),
      '# Who asks. Names in upper case are none, though they would be found.',
      ...map('$http_origin', '$cors_plain_origin', [
        `"~^[a-z0-9.:/\\[\\]+-]{1,${String(LONGEST_ORIGIN)}}$" $http_origin;`,
      ]),
      ...map('$cors_plain_origin', '$cors_origin', [
        '"" "";',
        ...exact.map(([origin, name]) => `"${origin}" ${name};`),
        `"~${DOUBTFUL_ORIGIN}" "";`,
        ...edge.origins.flatMap(({ name, expression }) =>
          expression === undefined ? [] : [`"~${expression}" ${name};`],
        ),
        ...edge.origins.flatMap(({ name, exact, expression }) =>
          exact === undefined && expression === undefined ? [`default ${name};`] : [],
        ),
      ]),
      '# What for. Browsers write methods in upper case.',
      ...map('$http_access_control_request_method', '$cors_method', [
        ...edge.methods.map((method) => `"~^${method}$" ${method};`),
      ]),
      ...map('"$cors_place:$cors_method:$cors_origin"', '$cors_case', keys),
      ...map('$cors_case', '$cors_header_rule', [
        ...[...edge.cases.keys()].map(({ name, headerRule }) => `"${name}" $cors_${headerRule};`),
      ]),
      ...edge.headerRules.flatMap(({ name, variants }) =>
        map('$http_access_control_request_headers', `$cors_${name}`, [
          // Nothing is not compared with expressions.
          ...variants.flatMap(({ expression }, index) =>
            new RegExp(expression).test('') ? [`"" v${String(index + 1)};`] : [],
          ),
          ...variants.map(({ expression }, index) => `"~${expression}" v${String(index + 1)};`),
        ]),
      ),
      ...map('$request_method:$http_access_control_request_private_network', '$cors_is_plain', [
        '"~^OPTIONS:$" 1;',
      ]),
      ...map('"$cors_is_plain:$cors_case$cors_header_rule"', '$cors_answer', [
        ...spelled.map(({ name }) => `"1:${name}" ${name};`),
      ]),
      ...map('$cors_answer', '$cors_status', [
        ...spelled.map(({ name, status }) => `"${name}" ${String(status)};`),
      ]),
      ...names.flatMap((name) =>
        map('$cors_answer', variableOf(name), [
          ...spelled.flatMap((each) => {
            const value = each.headers.get(name);
            return value === undefined ? [] : [`"${each.name}" "${value}";`];
          }),
        ]),
      ),
      ...map('$http_upgrade', '$cors_connection', ['"" "";', 'default upgrade;']),
      '',
      'upstream cors_application {',
      ...indent([`server ${upstream.host}:${String(upstream.port)};`, 'keepalive 64;']),
      '}',
      '',
      'server {',
      ...indent([
        `listen ${host === undefined ? '' : `${host}:`}${String(listen)};`,
        '# Everything as it came in, and back as it came from Node.',
        'underscores_in_headers on;',
        'ignore_invalid_headers off;',
        'merge_slashes off;',
        'client_max_body_size 0;',
        'large_client_header_buffers 4 32k;',
        'proxy_http_version 1.1;',
        'proxy_set_header Host $http_host;',
        'proxy_set_header Connection $cors_connection;',
        'proxy_set_header Upgrade $http_upgrade;',
        'proxy_buffering off;',
        'proxy_request_buffering off;',
        'proxy_redirect off;',
        'proxy_next_upstream off;',
        'proxy_read_timeout 1d;',
        'proxy_send_timeout 1d;',
        'proxy_pass_header Date;',
        'proxy_pass_header Server;',
        ...['Redirect', 'Expires', 'Limit-Rate', 'Buffering', 'Charset'].flatMap((name) => [
          `proxy_pass_header X-Accel-${name};`,
          `proxy_ignore_headers X-Accel-${name};`,
        ]),
        '',
        'location / {',
        ...indent([
          ...statuses.flatMap((status, index) => [
            `error_page ${String(FREE_CODES[index])} = @cors_${String(status)};`,
            `if ($cors_status = ${String(status)}) { return ${String(FREE_CODES[index])}; }`,
          ]),
          'proxy_pass http://cors_application;',
        ]),
        '}',
        ...statuses.flatMap((status) => [
          '',
          `location @cors_${String(status)} {`,
          ...indent([
            ...names.map((name) => `add_header ${name} ${variableOf(name)} always;`),
            // nginx says it of the others by itself.
            ...(status === 204 ? ['add_header Content-Length 0 always;'] : []),
            `return ${String(status)};`,
          ]),
          '}',
        ]),
      ]),
      '}',
    ]),
    '}',
  ].join('\n')}\n`;
}

/** Bytes for a key of a map; paths are longer than origins. */
const LONGEST_KEY = 4_096;

/** Statuses that nothing else has, to leave a location by. */
const FREE_CODES = Array.from({ length: 50 }, (_, index) => 550 + index);

function map(from: string, to: string, lines: readonly string[]): readonly string[] {
  const hasDefault = lines.some((line) => line.startsWith('default '));
  return [
    `map ${from} ${to} {`,
    ...indent([...(hasDefault ? [] : ['default "";']), ...lines]),
    '}',
  ];
}

function nginxQuoted(text: string): string {
  return text.replaceAll('"', '\\"');
}
