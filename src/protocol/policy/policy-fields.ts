import type { ConfigurationProblem } from '../configuration-error.js';
import { readExposedHeaders } from './exposed-headers.js';
import { checkMaxAge, DEFAULT_MAX_AGE } from './max-age.js';
import { readMethods } from './methods.js';
import { checkOriginCache } from '../origin/origin-cache-options.js';
import { checkOriginCallback } from '../origin/origin-callback.js';
import { freezeOriginOption, type OriginRules, readOriginRules } from '../origin/origin-rules.js';
import { checkOriginTimeout, DEFAULT_ORIGIN_TIMEOUT } from '../origin/origin-timeout.js';
import type { CorsPolicy } from './policy-options.js';
import { DEFAULT_ALLOWED_HEADERS, readAllowedHeaders } from './request-headers.js';
import { isWholeNumber } from '../whole-number.js';

/** A field of a policy. */
export type PolicyField = keyof CorsPolicy;

/** What an option says, with everything that is wrong about it; no value where none can be made of it. */
interface ReadOption<Value> {
  readonly value?: Value;
  /** Of `origin` alone: its rules, sorted by kind. */
  readonly originRules?: OriginRules;
  readonly problems: readonly ConfigurationProblem[];
}

interface Option<Value> {
  /** What holds where nobody says anything. */
  readonly default: Value;
  read(value: unknown, name: PolicyField): ReadOption<Value>;
}

/** An option whose value is taken as it is, once nothing is wrong about it. */
function asGiven<Value>(
  check: (value: unknown, name: PolicyField) => readonly ConfigurationProblem[],
): Option<Value>['read'] {
  return (value, name) => ({ value: value as Value, problems: check(value, name) });
}

function flag(whereNobodySays: boolean): Option<boolean> {
  return {
    default: whereNobodySays,
    // Nothing but `true` turns anything on, whatever else is wrong.
    read: (value, name) => ({ value: value === true, problems: checkBoolean(value, name) }),
  };
}

/** Every policy option. A new one is a row here, its types in `policy-options.ts`, and its line in the documentation. */
const OPTIONS: { readonly [Field in PolicyField]: Option<CorsPolicy[Field]> } = {
  origin: { default: false, read: readOrigin },
  methods: { default: '*', read: readMethods },
  allowedHeaders: { default: DEFAULT_ALLOWED_HEADERS, read: readAllowedHeaders },
  exposedHeaders: { default: Object.freeze([]), read: readExposedHeaders },
  credentials: flag(false),
  maxAge: { default: DEFAULT_MAX_AGE, read: asGiven(checkMaxAge) },
  privateNetwork: flag(false),
  preflightContinue: flag(false),
  optionsSuccessStatus: { default: 204, read: asGiven(checkStatus) },
  enforce: flag(true),
  isolate: flag(false),
  originCache: { default: false, read: readOriginCache },
  originTimeout: { default: DEFAULT_ORIGIN_TIMEOUT, read: asGiven(checkOriginTimeout) },
  dangerouslyAllowInsecureOrigins: flag(false),
  dangerouslyAllowPublicSuffixes: flag(false),
};

const POLICY_FIELDS = Object.keys(OPTIONS) as PolicyField[];

/** What holds where nobody said anything: closed. */
export const DEFAULT_POLICY = Object.freeze(
  Object.fromEntries(POLICY_FIELDS.map((field) => [field, OPTIONS[field].default])),
) as unknown as CorsPolicy; // `fromEntries` forgets which value belongs to which name

/** A problem, and the option that has it. */
export interface FieldProblem extends ConfigurationProblem {
  readonly field: string;
}

/** The fields that one place of the configuration sets, checked one by one. */
export interface PolicyFields {
  readonly values: Partial<CorsPolicy>;
  /** The `origin` option sorted by kind of rule; there when `values.origin` is. */
  readonly originRules?: OriginRules;
  readonly problems: readonly FieldProblem[];
}

/** Other people's names for the options, without case, and the names here; but for those that are one slip apart. */
const OTHER_NAMES: Readonly<Record<string, PolicyField>> = {
  alloworigin: 'origin',
  alloworigins: 'origin',
  allowedorigin: 'origin',
  allowedorigins: 'origin',
  allowedoriginpatterns: 'origin',
  allowmethods: 'methods',
  allowedmethods: 'methods',
  headers: 'allowedHeaders',
  allowheaders: 'allowedHeaders',
  allowcredentials: 'credentials',
  allowedcredentials: 'credentials',
  supportscredentials: 'credentials',
  withcredentials: 'credentials',
  maxagesec: 'maxAge',
  maxageseconds: 'maxAge',
  preflightmaxage: 'maxAge',
  allowprivatenetwork: 'privateNetwork',
  successstatus: 'optionsSuccessStatus',
  optionssuccess: 'optionsSuccessStatus',
};

/** The name that was most likely meant by an unknown one. */
export function suggestOption(name: string, known: readonly string[]): string | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  return (
    known.find(
      (candidate) => Object.hasOwn(OTHER_NAMES, plain) && candidate === OTHER_NAMES[plain],
    ) ??
    known.find((candidate) => candidate.toLowerCase() === plain) ??
    known.find((candidate) => isOneSlipApart(candidate.toLowerCase(), plain))
  );
}

/** Whether two words differ by one letter too many, missing, wrong, or by two that changed places. */
function isOneSlipApart(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a.charAt(start) === b.charAt(start)) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA === restB.charAt(1) + restB.charAt(0) + restB.slice(2)
  );
}

/** Reads the fields of an options object. `others` are further names that are allowed in it. */
export function readPolicyFields(options: unknown, others: readonly string[] = []): PolicyFields {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return {
      values: {},
      problems: [
        {
          field: 'policy',
          code: 'invalid-value',
          value: options,
          message: 'This is no policy.',
          hint: "Give an object such as { origin: 'https://app.example.com' }, a policy's name, or false.",
        },
      ],
    };
  }
  const values: Partial<Record<PolicyField, unknown>> = {};
  const problems: FieldProblem[] = [];
  let originRules: OriginRules | undefined;
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (others.includes(name)) continue;
    // A variable that is not set must not close, or open, anything without a word.
    if (value === undefined && name !== 'origin') continue;
    const read: ReadOption<unknown> = isPolicyField(name)
      ? OPTIONS[name].read(value, name)
      : { problems: [unknownOption(name, [...POLICY_FIELDS, ...others])] };
    if (read.value !== undefined) values[name as PolicyField] = read.value;
    originRules = read.originRules ?? originRules;
    problems.push(...read.problems.map((problem) => ({ ...problem, field: name })));
  }
  return {
    values: values as PolicyFields['values'],
    ...(originRules && { originRules }),
    problems,
  };
}

function isPolicyField(name: string): name is PolicyField {
  return Object.hasOwn(OPTIONS, name);
}

function readOrigin(value: unknown): ReadOption<CorsPolicy['origin']> {
  const given = [value].flat(Infinity);
  const rules = given.filter((rule) => rule !== undefined);
  if (rules.length === given.length) {
    const { rules: originRules, problems } = readOriginRules(value);
    return {
      value: freezeOriginOption(value),
      originRules,
      problems: [...problems, ...rules.flatMap(checkOriginCallback)],
    };
  }
  const { rules: originRules, problems } = readOriginRules(rules);
  return { value: false, originRules, problems: [UNDEFINED_ORIGIN, ...problems] };
}

const UNDEFINED_ORIGIN: ConfigurationProblem = {
  code: 'undefined-origin',
  value: undefined,
  message: 'The origin is undefined, perhaps because a variable is not set.',
  hint: 'Set the variable, or give a value for when it is not set (false for nobody), or leave origin out to inherit.',
};

function readOriginCache(value: unknown): ReadOption<CorsPolicy['originCache']> {
  return {
    value: typeof value === 'object' && Object.freeze({ ...value }),
    problems: checkOriginCache(value),
  };
}

/** The problem of an option that does not exist. */
export function unknownOption(name: string, known: readonly string[]): ConfigurationProblem {
  const meant = suggestOption(name, known);
  return {
    code: 'unknown-option',
    value: name,
    message: `There is no option "${name}".`,
    hint:
      meant === undefined
        ? `Remove it; the options are ${known.join(', ')}.`
        : `Write "${meant}" instead.`,
  };
}

function checkStatus(value: unknown): readonly ConfigurationProblem[] {
  return isWholeNumber(value) && value >= 200 && value <= 299
    ? []
    : [
        {
          code: 'invalid-status',
          value,
          message: 'For browsers a preflight has failed unless its status is 200 to 299.',
          hint: 'Write 204, or 200 for very old clients.',
        },
      ];
}

function checkBoolean(value: unknown, name: string): readonly ConfigurationProblem[] {
  return typeof value === 'boolean'
    ? []
    : [
        {
          code: 'invalid-value',
          value,
          message: `${name} must be true or false.`,
          hint: `Write ${name}: ${String(value) === 'true' ? 'true' : 'false'}.`,
        },
      ];
}
