import { compilePolicies } from '../../configuration/policy-compiler.js';
import type { CorsModuleOptions } from '../../cors-options.js';
import { type CorsConfigurationIssue, isWarning } from '../../protocol/configuration-error.js';
import { toList } from '../../protocol/policy/name-lists.js';
import { ENVIRONMENT } from './possible-values.js';

/** The options that both sides know, by the same names. */
export const MOVED_OPTIONS = [
  'origin',
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'credentials',
  'maxAge',
  'preflightContinue',
  'optionsSuccessStatus',
] as const;

export type MovedOption = (typeof MOVED_OPTIONS)[number];

/** Every value that each option may have, of those that are given. */
export type PossibleOptions = ReadonlyMap<MovedOption, readonly unknown[]>;

/** What is wrong, or worth a look, about an option. */
export interface OptionFault {
  readonly option: MovedOption;
  readonly says: string;
}

/** Stands for an origin that is not known yet. */
const SOME_ORIGIN = 'https://origin.example';

/**
 * Why options cannot be moved as they are: the module would not start with them, or would allow more than they did.
 */
export async function faultOf(options: PossibleOptions): Promise<OptionFault | undefined> {
  const meaning = (options.get('origin') ?? []).map(originFault).find((says) => says !== undefined);
  if (meaning !== undefined) return { option: 'origin', says: meaning };
  const star = starFault(options);
  if (star !== undefined) return star;
  for (const each of combinations(options)) {
    const error = (await issuesOf(each)).find(
      (issue) => !isWarning(issue) || issue.code === 'lower-case-method',
    );
    if (error !== undefined) return told(error);
  }
  return undefined;
}

/** What the module would warn of, once for each option. */
export async function warningsOf(options: PossibleOptions): Promise<readonly OptionFault[]> {
  const found = new Map<string, OptionFault>();
  for (const each of combinations(options)) {
    for (const issue of await issuesOf(each)) found.set(issue.message, told(issue));
  }
  return [...found.values()];
}

function told({ field, message, hint }: CorsConfigurationIssue): OptionFault {
  const option = MOVED_OPTIONS.find((name) => name === field) ?? 'origin';
  return { option, says: `${message} ${hint}` };
}

/** Origins that allowed nobody, or everybody, for what they are to `enableCors()`, and something else here. */
function originFault(origin: unknown): string | undefined {
  const list: unknown[] | undefined = Array.isArray(origin) ? origin.flat(Infinity) : undefined;
  if (list?.includes('*') === true) {
    return "In a list, '*' allows nobody with the cors package. Here it allows every origin. Write origin: '*' if that is meant; otherwise remove it.";
  }
  if (list?.includes('') === true) {
    return 'Where the variable is not set, this gives an empty origin, with which the application does not start. Write .filter(Boolean) behind it, and run migrate again.';
  }
  const pattern = [list ?? origin]
    .flat()
    .find((rule) => typeof rule === 'string' && rule !== '*' && rule.includes('*'));
  if (pattern !== undefined) {
    return `${JSON.stringify(pattern)} is not a pattern to enableCors(), so it allowed nobody. Here it allows every name or port that the star may stand for. If that is meant, write it in CorsModule.forRoot() yourself; otherwise remove it.`;
  }
  return undefined;
}

/** With credentials, browsers take `*` in an answer for a name; here it stands for any. */
function starFault(options: PossibleOptions): OptionFault | undefined {
  const credentials = options.get('credentials') ?? [];
  if (!credentials.some((value) => value !== false && value !== undefined)) return undefined;
  for (const option of ['methods', 'allowedHeaders'] as const) {
    const star = (options.get(option) ?? []).some((value) => toList(value)?.includes('*') === true);
    if (star) {
      return {
        option,
        says: `With credentials, browsers take the "*" of ${option} for a name, so it allowed nothing. Here it allows any. List what pages need, or write ${option}: '*' in CorsModule.forRoot() yourself.`,
      };
    }
  }
  return undefined;
}

/** Every combination of origin and credentials, with each value of the other options. */
function combinations(options: PossibleOptions): readonly Record<string, unknown>[] {
  const origins = (options.get('origin') ?? [undefined]).map(withSomeOrigin);
  const credentials = (options.get('credentials') ?? [undefined]).flatMap((value) =>
    value === ENVIRONMENT ? [true, false] : [value],
  );
  const others = MOVED_OPTIONS.filter((name) => name !== 'origin' && name !== 'credentials');
  const most = Math.max(1, ...others.map((name) => options.get(name)?.length ?? 0));
  const rest = Array.from({ length: most }, (_, index) =>
    others.flatMap((name) => {
      const values = options.get(name);
      const value = values?.[Math.min(index, values.length - 1)];
      return value === undefined || holdsEnvironment(value) ? [] : [[name, value] as const];
    }),
  );
  return origins.flatMap((origin) =>
    credentials.flatMap((credential) =>
      rest.map((entries) => ({
        ...Object.fromEntries(entries),
        ...(options.has('origin') && { origin }),
        ...(credential !== undefined && { credentials: credential }),
      })),
    ),
  );
}

function holdsEnvironment(value: unknown): boolean {
  return value === ENVIRONMENT || (Array.isArray(value) && value.some(holdsEnvironment));
}

function withSomeOrigin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSomeOrigin);
  return value === ENVIRONMENT ? SOME_ORIGIN : value;
}

async function issuesOf(
  options: Readonly<Record<string, unknown>>,
): Promise<readonly CorsConfigurationIssue[]> {
  // What is no value of an option is one of the issues.
  const given = options as CorsModuleOptions;
  const { issues } = await compilePolicies(given, {
    where: 'CorsModule.forRoot()',
    routes: [],
    handlers: [],
    routeSyntax: 'path-to-regexp',
    resolve: () => Promise.reject(new Error('There are no providers here.')),
    report: () => undefined,
    memories: undefined,
  });
  return issues;
}
