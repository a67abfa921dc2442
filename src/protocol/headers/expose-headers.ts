import type { HeaderField } from './header-field.js';

/** `Access-Control-Expose-Headers`: names in any case, or `*`; not sent where there are none. */
export function exposeHeaders(exposed: '*' | readonly string[]): readonly HeaderField[] {
  const value = exposed === '*' ? exposed : exposed.join(',');
  return value === '' ? [] : [['Access-Control-Expose-Headers', value]];
}
