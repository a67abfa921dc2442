import { isSameOrigin } from './origins.js';
import type { WireResponse } from './request.js';
import { isPotentiallyTrustworthy } from './site.js';

const POLICIES = [
  ...(['no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin'] as const),
  ...(['strict-origin', 'origin-when-cross-origin', 'strict-origin-when-cross-origin'] as const),
  'unsafe-url',
] as const;

/** Referrer Policy, section 3. The empty one leaves it to the browser: `strict-origin-when-cross-origin`. */
export type ReferrerPolicy = '' | (typeof POLICIES)[number];

/** Characters of a URL that is told whole. */
const LONGEST = 4096;

/**
 * Referrer Policy, "determine request's referrer".
 *
 * @param source what the request would tell: the URL of the page, or what the request before a redirect told
 * @returns `undefined` for no referrer
 */
export function referrerFor(
  source: string | undefined,
  policy: ReferrerPolicy,
  url: string,
): string | undefined {
  if (source === undefined || !/^https?:/.test(source)) return undefined;
  const { origin, pathname, search } = new URL(source);
  const originOnly = `${origin}/`;
  const stripped = origin + pathname + search;
  const whole = stripped.length > LONGEST ? originOnly : stripped;
  const isOwn = isSameOrigin(origin, url);
  const isDowngrade = isPotentiallyTrustworthy(source) && !isPotentiallyTrustworthy(url);
  switch (policy) {
    case 'no-referrer':
      return undefined;
    case 'origin':
      return originOnly;
    case 'unsafe-url':
      return whole;
    case 'strict-origin':
      return isDowngrade ? undefined : originOnly;
    case 'same-origin':
      return isOwn ? whole : undefined;
    case 'origin-when-cross-origin':
      return isOwn ? whole : originOnly;
    case 'no-referrer-when-downgrade':
      return isDowngrade ? undefined : whole;
    case 'strict-origin-when-cross-origin':
    case '':
      if (isOwn) return whole;
      return isDowngrade ? undefined : originOnly;
  }
}

/** Whether a policy tells other origins more than the default one does. */
export function isLessRestricted(policy: ReferrerPolicy): boolean {
  return ['no-referrer-when-downgrade', 'origin-when-cross-origin', 'unsafe-url'].includes(policy);
}

/** Fetch, "append a request `Origin` header", step 4.1: whether a policy has it say `null` where CORS does not need it. */
export function hidesOrigin(policy: ReferrerPolicy, origin: string, url: string): boolean {
  switch (policy) {
    case 'no-referrer':
      return true;
    case 'same-origin':
      return !isSameOrigin(origin, url);
    case 'no-referrer-when-downgrade':
    case 'strict-origin':
    case 'strict-origin-when-cross-origin':
    case '':
      return origin.startsWith('https:') && !url.startsWith('https:');
    case 'origin':
    case 'origin-when-cross-origin':
    case 'unsafe-url':
      return false;
  }
}

/** Referrer Policy, "parse a referrer policy from a Referrer-Policy header": the last one that is known. */
export function referrerPolicyIn({ headers }: WireResponse): ReferrerPolicy | undefined {
  return (headers['referrer-policy'] ?? '')
    .split(',')
    .map((told) => POLICIES.find((policy) => policy === told.trim().toLowerCase()))
    .findLast((policy) => policy !== undefined);
}
