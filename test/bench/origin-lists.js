import { ALLOWED_ORIGIN } from './cases.js';

/** 10,000 exact origins. */
export const EXACT_ORIGINS = Array.from(
  { length: 10_000 },
  (_, index) => `https://tenant-${index}.example.com`,
);

/** 1,000 families of origins. */
export const ORIGIN_PATTERNS = Array.from(
  { length: 1_000 },
  (_, index) => `https://*.family-${index}.example.net`,
);

/** Lists of origins by name. Both have the one that is used in requests; it is the last to be looked at in a list. */
export const ORIGIN_LISTS = {
  few: ['https://admin.example.com', ALLOWED_ORIGIN],
  many: [...EXACT_ORIGINS, ...ORIGIN_PATTERNS, ALLOWED_ORIGIN],
};
