import type { DocumentedPolicy } from './cors-document.js';

/** One thing that a page may do besides, or no longer; both empty where nothing changed. */
export interface PermissionChange {
  /** What a page may do now and could not, as what follows "may". */
  readonly wider: readonly string[];
  /** What it could do. */
  readonly narrower: readonly string[];
  /** Whether cookies are among what it may do now. */
  readonly credentials: boolean;
}

/** Whether a policy lets a page use a method at all; `undefined` stands for any. */
export function permitsMethod({ methods }: DocumentedPolicy, method: string | undefined): boolean {
  if (methods === '*' || method === undefined) return methods.length > 0;
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
}

/** Compares what two policies let the pages do that they allow, with requests of a method. */
export function comparePermissions(
  before: DocumentedPolicy,
  after: DocumentedPolicy,
  method: string | undefined,
): PermissionChange {
  const wider: string[] = [];
  const narrower: string[] = [];
  const note = (change: { more: readonly string[]; less: readonly string[] }, verb: string) => {
    if (change.more.length > 0) wider.push(`${verb} ${change.more.join(', ')}`);
    if (change.less.length > 0) narrower.push(`${verb} ${change.less.join(', ')}`);
  };
  const flag = (was: boolean, is: boolean, verb: string) => {
    if (is && !was) wider.push(verb);
    if (was && !is) narrower.push(verb);
  };
  flag(before.credentials, after.credentials, 'send cookies');
  // A route has one method, which is permitted or not.
  if (method === undefined) {
    note(compareNames(withHead(before.methods), withHead(after.methods), 'any method'), 'use');
  }
  note(
    compareNames(lowerCased(before.allowedHeaders), lowerCased(after.allowedHeaders), 'any header'),
    'send',
  );
  note(
    compareNames(lowerCased(before.exposedHeaders), lowerCased(after.exposedHeaders), 'any header'),
    'read',
  );
  flag(before.privateNetwork, after.privateNetwork, 'call from outside of the private network');
  return { wider, narrower, credentials: after.credentials };
}

type Names = '*' | readonly string[];

function withHead(methods: Names): Names {
  return methods !== '*' && methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function lowerCased(names: Names): Names {
  return names === '*' ? names : names.map((name) => name.toLowerCase());
}

function compareNames(
  before: Names,
  after: Names,
  any: string,
): { more: readonly string[]; less: readonly string[] } {
  if (before === '*' || after === '*') {
    return {
      more: after === '*' && before !== '*' ? [any] : [],
      less: before === '*' && after !== '*' ? [any] : [],
    };
  }
  const [was, is] = [new Set(before), new Set(after)];
  return {
    more: [...is].filter((name) => !was.has(name)),
    less: [...was].filter((name) => !is.has(name)),
  };
}

/** Fields that open nothing and close nothing. */
const NEUTRAL = [
  'maxAge',
  'preflightContinue',
  'optionsSuccessStatus',
  'originCache',
  'originTimeout',
  'dangerouslyAllowInsecureOrigins',
  'dangerouslyAllowPublicSuffixes',
] as const;

/** What else changed, e.g. `maxAge 600 → 7200`. */
export function compareOtherFields(
  before: DocumentedPolicy,
  after: DocumentedPolicy,
): readonly string[] {
  return NEUTRAL.flatMap((field) => {
    const [was, is] = [JSON.stringify(before[field]), JSON.stringify(after[field])];
    return was === is ? [] : [`${field} ${was} → ${is}`];
  });
}
