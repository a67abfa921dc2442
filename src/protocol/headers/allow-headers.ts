import type { HeaderField } from './header-field.js';

/** `Access-Control-Allow-Headers`: names in any case, or `*`; not sent where there are none. */
export function allowHeaders(names: Iterable<string>): readonly HeaderField[] {
  const value = [...names].join(',');
  return value === '' ? [] : [['Access-Control-Allow-Headers', value]];
}
