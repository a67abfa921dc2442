import { parse, type Token } from 'path-to-regexp';
import { endOfExpression } from '../routing/path-pattern.js';
import { examplePathPart } from './example-text.js';

/** What parameters are filled with: a number is what most of them are. */
const VALUE = '1';

/**
 * A path that a route or `paths` entry means, percent-encoded, with its parameters, wildcards and optional parts filled
 * in; `undefined` where a parameter's own expression asks for what could not be made up.
 *
 * @param type the router whose syntax it is
 */
export async function examplePath(
  path: string,
  type: 'express' | 'fastify',
): Promise<string | undefined> {
  const filled = type === 'express' ? fillExpress(path) : await fillFastify(path);
  if (filled === undefined) return undefined;
  const absolute = filled.startsWith('/') ? filled : `/${filled}`;
  // What is encoded already stays so, and so does what the URL standard leaves as it is.
  return encodeURI(absolute).replaceAll('%25', '%').replaceAll('?', '%3F').replaceAll('#', '%23');
}

function fillExpress(path: string): string | undefined {
  try {
    return fillTokens(parse(path).tokens);
  } catch {
    return undefined;
  }
}

function fillTokens(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'text') return token.value;
      return token.type === 'group' ? fillTokens(token.tokens) : VALUE;
    })
    .join('');
}

/** As find-my-way reads it: `:name` ends at `-`, `.`, `/` or an expression; `::` is a colon; `*` and `?` are last. */
async function fillFastify(path: string): Promise<string | undefined> {
  let filled = '';
  for (let index = 0; index < path.length;) {
    const rest = path.slice(index);
    const [text = ''] = /^(?:::|[^:*])+/.exec(rest) ?? [];
    if (text !== '') {
      filled += text.replaceAll('::', ':');
      index += text.length;
    } else if (rest.startsWith('*')) {
      filled += VALUE;
      index += 1;
    } else {
      const [parameter = ''] = /^:[^-./(]*/.exec(rest) ?? [];
      const start = index + parameter.length;
      index = endOfExpression(path, start);
      const value = index === start ? VALUE : await fillExpression(path.slice(start, index));
      if (value === undefined) return undefined;
      filled += value;
    }
  }
  return filled;
}

/** find-my-way drops the anchors at both ends, and matches the whole. */
async function fillExpression(parenthesized: string): Promise<string | undefined> {
  const source = parenthesized.replace(/^\(\^/, '(').replace(/\$\)$/, ')');
  try {
    return await examplePathPart(new RegExp(source));
  } catch {
    return undefined;
  }
}
