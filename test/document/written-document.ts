import {
  type CorsDocument,
  DOCUMENT_FORMAT,
  type DocumentedOrigins,
  type DocumentedPath,
  type DocumentedPolicy,
  type DocumentedRoute,
} from '../../src/document/cors-document.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../src/protocol/policy/request-headers.js';

/** A policy as a row writes it: what it says besides the built-in defaults. */
export interface WrittenPolicy extends Partial<Omit<DocumentedPolicy, 'origin'>> {
  /** `*` is any origin; `/…/` an expression, `fn:name` a function and `ask:Name` a resolver. */
  readonly origin?: readonly string[] | string;
}

export interface WrittenDocument {
  /** By `METHOD /path`, with `@host` and `#version`; a list in order, where there are several. */
  readonly routes?: Readonly<Record<string, WrittenPolicy | readonly WrittenPolicy[]>>;
  /** Handlers of routes, where they are not called after them. */
  readonly handlers?: Readonly<Record<string, string>>;
  readonly paths?: Readonly<Record<string, WrittenPolicy>>;
  readonly defaults?: WrittenPolicy;
  readonly named?: Readonly<Record<string, WrittenPolicy>>;
}

const DEFAULTS: Omit<DocumentedPolicy, 'origin'> = {
  methods: '*',
  allowedHeaders: DEFAULT_ALLOWED_HEADERS,
  exposedHeaders: [],
  credentials: false,
  maxAge: 7200,
  privateNetwork: false,
  preflightContinue: false,
  optionsSuccessStatus: 204,
  enforce: true,
  isolate: false,
  originCache: false,
  originTimeout: 5000,
  dangerouslyAllowInsecureOrigins: false,
  dangerouslyAllowPublicSuffixes: false,
  said: {},
};

/** A document as an application with these policies would have it, written by hand. */
export function written({
  routes = {},
  handlers = {},
  paths = {},
  defaults = {},
  named = {},
}: WrittenDocument): CorsDocument {
  const policies: Record<string, DocumentedPolicy> = {};
  const origins: Record<string, DocumentedOrigins> = {};
  const add = (place: string, { origin = [], ...fields }: WrittenPolicy): string => {
    policies[place] = { ...DEFAULTS, ...fields, origin: place };
    origins[place] = originsOf([origin].flat());
    return place;
  };
  const lists = ([name, policy]: [string, WrittenPolicy | readonly WrittenPolicy[]]) =>
    [policy].flat().map((each, index) => add(index === 0 ? name : `${name} [${index}]`, each)) as [
      string,
      ...string[],
    ];
  const isSet = <Value>(value: Value | undefined) => value !== undefined;
  return {
    format: DOCUMENT_FORMAT,
    router: {
      type: 'express',
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: false,
      useSemicolonDelimiter: false,
      maxParamLength: null,
      servesHead: true,
      versioning: null,
    },
    defaults: add('CorsModule.forRoot()', defaults),
    named: Object.fromEntries(
      Object.entries(named).map(([name, policy]) => [name, add(`policies.${name}`, policy)]),
    ),
    paths: Object.entries(paths).map(([path, policy], index): DocumentedPath => {
      const entry = `CorsModule.forRoot() paths[${index}]`;
      return { path, entry, policies: [add(entry, policy)] };
    }),
    routes: Object.entries(routes).map((entry): DocumentedRoute => {
      const [, method = '', path = '', host, version] =
        /^(\S+) ([^@#]*)(?:@([^#]*))?(?:#(.*))?$/s.exec(entry[0]) ?? [];
      return {
        method,
        path,
        ...(isSet(host) && { hosts: [host] }),
        ...(isSet(version) && { versions: [version] }),
        handler: handlers[entry[0]] ?? `Handler of ${entry[0]}`,
        policies: lists(entry),
      };
    }),
    policies,
    origins,
  };
}

function originsOf(rules: readonly string[]): DocumentedOrigins {
  const named = (prefix: string) =>
    rules.filter((rule) => rule.startsWith(prefix)).map((rule) => rule.slice(prefix.length));
  const functions = named('fn:');
  const resolvers = named('ask:');
  const expressions = rules.filter((rule) => rule.startsWith('/'));
  const strings = rules.filter((rule) => !/^(?:fn:|ask:|\/|\*$)/.test(rule));
  const openTo = rules.includes('*')
    ? 'any'
    : functions.length + resolvers.length > 0
      ? 'asked'
      : rules.length > 0
        ? 'listed'
        : 'nobody';
  return {
    openTo,
    exact: strings.filter((rule) => !rule.includes('*')),
    patterns: strings.filter((rule) => rule.includes('*')),
    expressions,
    functions,
    resolvers,
  };
}
