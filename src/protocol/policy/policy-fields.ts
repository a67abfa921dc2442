import type { ConfigurationProblem } from '../configuration-error.js';
import { readExposedHeaders } from './exposed-headers.js';
import { checkMaxAge, DEFAULT_MAX_AGE } from './max-age.js';
import { readMethods } from './methods.js';
import { checkOriginCache } from '../origin/origin-cache-options.js';
import { freezeOriginOption, type OriginRules, readOriginRules } from '../origin/origin-rules.js';
import { checkOriginTimeout, DEFAULT_ORIGIN_TIMEOUT } from '../origin/origin-timeout.js';
import type { CorsPolicy } from './policy-options.js';
import { DEFAULT_ALLOWED_HEADERS, readAllowedHeaders } from './request-headers.js';

/** What holds where nobody said anything: closed. */
export const DEFAULT_POLICY: CorsPolicy = Object.freeze({
  origin: false,
  methods: '*',
  allowedHeaders: DEFAULT_ALLOWED_HEADERS,
  exposedHeaders: Object.freeze([]),
  credentials: false,
  maxAge: DEFAULT_MAX_AGE,
  privateNetwork: false,
  preflightContinue: false,
  optionsSuccessStatus: 204,
  enforce: true,
  originCache: false,
  originTimeout: DEFAULT_ORIGIN_TIMEOUT,
  dangerouslyAllowInsecureOrigins: false,
  dangerouslyAllowPublicSuffixes: false,
});

/** A field of a policy. */
export type PolicyField = keyof CorsPolicy;

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

const POLICY_FIELDS = Object.keys(DEFAULT_POLICY) as PolicyField[];

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
  const values: { -readonly [Field in PolicyField]?: CorsPolicy[Field] } = {};
  const problems: FieldProblem[] = [];
  let originRules: OriginRules | undefined;
  const note = (field: string, found: readonly ConfigurationProblem[]) => {
    problems.push(...found.map((problem) => ({ ...problem, field })));
  };

  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || others.includes(name)) continue;
    switch (name) {
      case 'origin': {
        const read = readOriginRules(value);
        values.origin = freezeOriginOption(value);
        originRules = read.rules;
        note(name, read.problems);
        break;
      }
      case 'methods': {
        const read = readMethods(value);
        if (read.methods !== undefined) values.methods = read.methods;
        note(name, read.problems);
        break;
      }
      case 'allowedHeaders':
      case 'exposedHeaders': {
        const read =
          name === 'allowedHeaders' ? readAllowedHeaders(value) : readExposedHeaders(value);
        if (read.headers !== undefined) values[name] = read.headers;
        note(name, read.problems);
        break;
      }
      case 'maxAge':
        values.maxAge = value as number;
        note(name, checkMaxAge(value));
        break;
      case 'optionsSuccessStatus':
        values.optionsSuccessStatus = value as number;
        note(name, checkStatus(value));
        break;
      case 'originCache':
        values.originCache = typeof value === 'object' && Object.freeze({ ...value });
        note(name, checkOriginCache(value));
        break;
      case 'originTimeout':
        values.originTimeout = value as number;
        note(name, checkOriginTimeout(value));
        break;
      case 'credentials':
      case 'privateNetwork':
      case 'preflightContinue':
      case 'enforce':
      case 'dangerouslyAllowInsecureOrigins':
      case 'dangerouslyAllowPublicSuffixes':
        values[name] = value === true;
        note(name, checkBoolean(name, value));
        break;
      default:
        note(name, [unknownOption(name, [...POLICY_FIELDS, ...others])]);
    }
  }
  return { values, ...(originRules && { originRules }), problems };
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
  return typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 299
    ? []
    : [
        {
          code: 'invalid-status',
          value,
          message: 'Browsers take a preflight for failed unless its status is 200 to 299.',
          hint: 'Write 204, or 200 for very old clients.',
        },
      ];
}

function checkBoolean(name: string, value: unknown): readonly ConfigurationProblem[] {
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
