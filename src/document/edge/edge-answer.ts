import { isLeftToApplication, preflightStatus } from '../../decision/preflight-status.js';
import { ANY_ORIGIN } from '../../protocol/headers/allow-origin.js';
import type { PreflightVerdict } from '../../protocol/decision/preflight-request.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../protocol/policy/request-headers.js';

/** The answer to allowed preflights. */
export interface EdgeAnswer {
  readonly name: string;
  readonly status: number;
  /** `false` for the origin that asks. */
  readonly anyOrigin: boolean;
  /** The name of the {@link HeaderRule} that says which request headers are allowed, and answered. */
  readonly headerRule: string;
  /** Every other header, in order; `Access-Control-Allow-Headers` belongs between `before` and `after`. */
  readonly before: readonly (readonly [name: string, value: string])[];
  readonly after: readonly (readonly [name: string, value: string])[];
}

/** What may be asked for in `Access-Control-Request-Headers`. */
export interface HeaderRule {
  readonly name: string;
  /** The first one whose expression matches counts; where none does, Node answers. */
  readonly variants: readonly HeaderVariant[];
}

export interface HeaderVariant {
  /** Over the whole value, which is empty where the header is not there. */
  readonly expression: string;
  /** `Access-Control-Allow-Headers`; empty: not sent. */
  readonly value: string;
  /** Whether what was asked for follows it. */
  readonly echo: boolean;
}

/** What can stand in every configuration without a meaning of its own; nginx takes no word of 4,096 characters. */
const SAFE_VALUE = /^[A-Za-z0-9*_, -]{0,500}$/;
/** Of all names of a list, each with what stands around it in an expression. */
const LONGEST_NAMES = 1_500;
const SEPARATOR = '(?:(?:,|$))?'.length;
const NAME = /^[A-Za-z0-9_-]+$/;

/** The rules for request headers, each once. */
export class HeaderRules {
  readonly #rules = new Map<string, HeaderRule>();

  get all(): readonly HeaderRule[] {
    return [...this.#rules.values()];
  }

  /** `undefined` where names cannot be spelled. */
  for(allowed: '*' | readonly string[], credentials: boolean): HeaderRule | undefined {
    if (allowed !== '*' && !areSpelled(allowed)) return undefined;
    const variants = allowed === '*' ? anyNames(credentials) : [listed(allowed)];
    const key = JSON.stringify(variants);
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      rule = { name: `h${String(this.#rules.size + 1)}`, variants };
      this.#rules.set(key, rule);
    }
    return rule;
  }
}

function areSpelled(names: readonly string[]): boolean {
  const length = names.reduce((sum, name) => sum + name.length + SEPARATOR, 0);
  return length <= LONGEST_NAMES && names.every((name) => NAME.test(name));
}

/** Names as browsers send them: lower case, sorted, none twice. */
function listed(allowed: readonly string[]): HeaderVariant {
  const names = [...new Set(allowed.map((name) => name.toLowerCase()))].sort();
  const expression = `^${names.map((name) => `(?:${name}(?:,|$))?`).join('')}$`;
  return { expression, value: allowed.join(','), echo: false };
}

/**
 * What was asked for is repeated, so that it has to be known to hold no name twice: one name, or some of those that
 * nearly all pages send. `authorization` is not repeated behind the star, which goes with it.
 */
function anyNames(credentials: boolean): readonly HeaderVariant[] {
  const usual = DEFAULT_ALLOWED_HEADERS.filter((name) => name !== 'authorization');
  const one = '[a-z0-9-]+';
  const sorted = (names: readonly string[]) =>
    names.map(
      (name, index) =>
        name +
        names
          .slice(index + 1)
          .map((next) => `(?:,${next})?`)
          .join(''),
    );
  if (credentials) {
    const some = sorted([...DEFAULT_ALLOWED_HEADERS].sort()).join('|');
    return [
      { expression: '^$', value: '', echo: false },
      { expression: `^(?:${one}|${some})$`, value: '', echo: true },
    ];
  }
  const some = sorted(usual.sort()).join('|');
  const behind = usual.filter((name) => name > 'authorization');
  return [
    { expression: '^(?:authorization)?$', value: '*,authorization', echo: false },
    { expression: `^authorization,(?:${sorted(behind).join('|')})$`, value: '*,', echo: true },
    { expression: `^(?:${one}|${some})$`, value: '*,authorization,', echo: true },
  ];
}

/** The answer of a verdict about a preflight that asks for no header; `undefined` where only Node can give it. */
export function readAnswer(
  verdict: PreflightVerdict,
  rules: HeaderRules,
): Omit<EdgeAnswer, 'name'> | undefined {
  if (verdict.reason !== undefined || isLeftToApplication(verdict)) return undefined;
  const { credentials, allowedHeaders } = verdict.policy.policy;
  const status = preflightStatus(verdict);
  const fields = verdict.headers.filter(([name]) => name !== 'Access-Control-Allow-Origin');
  const others = fields.filter(([name]) => name !== 'Access-Control-Allow-Headers');
  const isSpelled = others.every(([, value]) => SAFE_VALUE.test(value));
  if (!isSpelled || !Number.isInteger(status) || status < 200 || status > 299) return undefined;
  const rule = rules.for(allowedHeaders, credentials);
  if (rule === undefined) return undefined;
  const isBefore = ([name]: (typeof others)[number]) => name !== 'Access-Control-Max-Age';
  const [, origin] = verdict.headers.find(([name]) => name === 'Access-Control-Allow-Origin') ?? [];
  return {
    status,
    anyOrigin: origin === ANY_ORIGIN,
    headerRule: rule.name,
    before: others.filter(isBefore),
    after: [...others.filter((each) => !isBefore(each)), ['Vary', verdict.vary.join(', ')]],
  };
}
