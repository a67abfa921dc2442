import type { HeaderField } from './header-field.js';

const ORDER = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function rank(method: string): number {
  const index = ORDER.indexOf(method);
  return index === -1 ? ORDER.length : index;
}

/** `Access-Control-Allow-Methods`: the usual methods first, the rest by name; not sent where there are none. */
export function allowMethods(methods: Iterable<string>): readonly HeaderField[] {
  const names = [...new Set(methods)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return names.length === 0 ? [] : [['Access-Control-Allow-Methods', names.join(',')]];
}
