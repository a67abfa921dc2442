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

const ORIGIN = '{http.request.header.Origin}';
const ASKED = '{http.request.header.Access-Control-Request-Headers}';

/** A Caddyfile for Caddy 2.6 and later. */
export function caddyConfiguration(document: CorsDocument, addresses: EdgeAddresses): string {
  const { upstream, listen, host } = addresses;
  const edge = edgePreflights(document);
  // Its maps are read line by line, so that nothing is gained by a look-up.
  const { ordered } = sortPlaces(edge, 'none');
  const answers = spellAnswers(edge);
  const i = edge.caseSensitive ? '' : '(?i)';

  return `${[
    ...headOf(edge, document, [
      'X-Forwarded-* are taken off: what Caddy would add, and what clients send in their place.',
    ]),
    '{',
    ...indent(['admin off', 'auto_https off']),
    '}',
    '',
    `http://:${String(listen)} {`,
    ...indent([
      ...(host === undefined ? [] : [`bind ${host}`]),
      '# Answers have the headers that Node gives them.',
      'header -Server',
      ...(answers.length === 0
        ? []
        : [
            '',
            '@cors_preflight {',
            ...indent([
              'method OPTIONS',
              'header Origin *',
              'header Access-Control-Request-Method *',
              'header !Access-Control-Request-Private-Network',
            ]),
            '}',
            'route @cors_preflight {',
            ...indent([
              '# The path, where it is nothing but plain segments, and what holds at it.',
              ...map('{http.request.orig_uri}', '{cors_path}', [
                `\`~^(${plainPath(edge)})${QUERY}$\` "\${1}"`,
              ]),
              ...map('{cors_path}', '{cors_place}', [
                ...ordered.map(({ expression, behavior }) => `\`~${i}${expression}\` ${behavior}`),
              ]),
              ...keep('place'),
              '# Who asks. Several headers come as one, with commas.',
              ...map(ORIGIN, '{cors_plain_origin}', [
                `\`~^([a-z0-9.:/\\[\\]+-]{1,${String(LONGEST_ORIGIN)}})$\` "\${1}"`,
              ]),
              ...map('{cors_plain_origin}', '{cors_origin}', [
                'none none',
                ...exactOrigins(edge).map(([origin, name]) => `${origin} ${name}`),
                `\`~${DOUBTFUL_ORIGIN}\` none`,
                ...edge.origins.flatMap(({ name, exact, expression }) => {
                  if (exact !== undefined) return [];
                  return [
                    expression === undefined ? `default ${name}` : `\`~${expression}\` ${name}`,
                  ];
                }),
              ]),
              ...keep('origin'),
              '# What for.',
              ...map(
                `"${kept('place')}:{http.request.header.Access-Control-Request-Method}:${kept('origin')}"`,
                '{cors_case} {cors_header_rule}',
                [...edge.cases].flatMap(([{ name, headerRule }, cases]) =>
                  cases.map((each) => `${each} ${name} ${headerRule}`),
                ),
                'none none',
              ),
              ...map(
                `"{cors_header_rule}:${ASKED}"`,
                '{cors_headers}',
                edge.headerRules.flatMap(({ name, variants }) =>
                  variants.map(
                    ({ expression }, index) =>
                      `\`~${behind(`${name}:`, expression)}\` v${String(index + 1)}`,
                  ),
                ),
              ),
              ...map('"{cors_case}{cors_headers}"', '{cors_answer}', [
                `\`~^(a[0-9]+v[0-9]+)$\` "\${1}"`,
              ]),
              ...keep('answer'),
              ...answers.flatMap((spelled) => [
                `@cors_${spelled.name} vars cors_answer ${spelled.name}`,
                `handle @cors_${spelled.name} {`,
                ...indent([
                  ...headersOf(spelled, { origin: ORIGIN, asked: ASKED }).map(
                    ([name, value]) => `header ${name} "${value}"`,
                  ),
                  'header Content-Length 0',
                  `respond ${String(spelled.answer.status)}`,
                ]),
                '}',
              ]),
            ]),
            '}',
          ]),
      '',
      `reverse_proxy ${upstream.host}:${String(upstream.port)} {`,
      ...indent([
        'flush_interval -1',
        'header_up -X-Forwarded-For',
        'header_up -X-Forwarded-Host',
        'header_up -X-Forwarded-Proto',
        'transport http {',
        ...indent(['compression off', 'versions 1.1']),
        '}',
      ]),
      '}',
    ]),
    '}',
  ].join('\n')}\n`;
}

function map(
  from: string,
  to: string,
  lines: readonly string[],
  otherwise = 'none',
): readonly string[] {
  const hasDefault = lines.some((line) => line.startsWith('default '));
  return [
    `map ${from} ${to} {`,
    ...indent([...lines, ...(hasDefault ? [] : [`default ${otherwise}`])]),
    '}',
  ];
}

/** A map is looked up each time it is named, so that what it says is kept. */
function keep(name: string): readonly string[] {
  return [`vars cors_${name} {cors_${name}}`];
}

function kept(name: string): string {
  return `{http.vars.cors_${name}}`;
}
