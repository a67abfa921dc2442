import type { HeaderField } from './header-field.js';

const NAME = 'Cross-Origin-Resource-Policy';

/**
 * `Cross-Origin-Resource-Policy` (Fetch, "cross-origin resource policy check"): pages of other sites get nothing of the
 * answer unless they ask with CORS, which the check leaves alone. Not `same-origin`: what other origins of the site
 * embed is answered.
 */
export const RESOURCE_POLICY: HeaderField = [NAME, 'same-site'];

/** Whether this is the header's name. */
export function isResourcePolicy(name: string): boolean {
  return name.length === NAME.length && name.toLowerCase() === NAME.toLowerCase();
}

/** The stricter of what is there, from whoever set it, and the header of a decision. Anything but a known value counts for nothing. */
export function mergeResourcePolicy(current: unknown): string {
  return current === 'same-origin' ? current : RESOURCE_POLICY[1];
}
