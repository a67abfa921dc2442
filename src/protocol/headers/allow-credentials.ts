import type { HeaderField } from './header-field.js';

const YES: readonly HeaderField[] = [['Access-Control-Allow-Credentials', 'true']];
const NO: readonly HeaderField[] = [];

/** `Access-Control-Allow-Credentials`: `true`, or not sent at all (Fetch, "CORS check"). */
export function allowCredentials(credentials: boolean): readonly HeaderField[] {
  return credentials ? YES : NO;
}
