import { METHODS } from 'node:http';
import type { DocumentedOrigins, CorsDocument, DocumentedPolicy } from './cors-document.js';
import { DOCUMENT_FORMAT } from './cors-document.js';
import { DEFAULT_POLICY } from '../protocol/policy/policy-fields.js';

/** What was given as a document is none. The message says where it goes wrong. */
export class DocumentError extends Error {
  override name = 'DocumentError';
}

/** Checks a value, which is found at a place of the document. @throws DocumentError */
type Check = (value: unknown, at: string) => void;

/**
 * Reads what `CorsPolicyService.document()` once said, after it went through JSON. Whatever it refers to is there.
 *
 * @throws DocumentError where it is not a document, or one of another format
 */
export function readDocument(value: unknown): CorsDocument {
  const format = isObject(value) ? value['format'] : undefined;
  if (format !== DOCUMENT_FORMAT) {
    const other = typeof format === 'string' && format.startsWith('nestjs-cors/');
    throw new DocumentError(
      other
        ? `The document says that its format is ${quote(format)}, and this version reads ${DOCUMENT_FORMAT}. Write it again with this version.`
        : `This is not a document of nestjs-cors: it has to be an object with format: "${DOCUMENT_FORMAT}". Make one with \`nestjs-cors routes --json\`, or with CorsPolicyService.document().`,
    );
  }
  DOCUMENT(value, 'The document');
  // Every field has just been looked at.
  const document = value as CorsDocument;
  checkReferences(document);
  return document;
}

function checkReferences({
  defaults,
  named,
  paths,
  routes,
  policies,
  origins,
}: CorsDocument): void {
  const refers = (key: string, to: object, at: string) => {
    if (!Object.hasOwn(to, key)) {
      throw new DocumentError(`${at} refers to ${quote(key)}, which the document does not hold.`);
    }
  };
  refers(defaults, policies, 'defaults');
  for (const [name, key] of Object.entries(named)) refers(key, policies, `named ${quote(name)}`);
  for (const { path, policies: keys } of [...paths, ...routes]) {
    for (const key of keys) refers(key, policies, quote(path));
  }
  for (const [name, { origin }] of Object.entries(policies)) {
    refers(origin, origins, `The policy ${quote(name)}`);
  }
}

function fail(at: string, expected: string, value: unknown): never {
  throw new DocumentError(`${at} has to be ${expected}, and is ${describe(value)}.`);
}

const text: Check = (value, at) => {
  if (typeof value !== 'string') fail(at, 'a string', value);
};
const flag: Check = (value, at) => {
  if (typeof value !== 'boolean') fail(at, 'true or false', value);
};
const count: Check = (value, at) => {
  if (typeof value !== 'number' || value < 0) fail(at, 'a number that is not negative', value);
};

function oneOf(...values: readonly unknown[]): Check {
  return (value, at) => {
    if (!values.includes(value)) {
      fail(at, `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`, value);
    }
  };
}

function either(check: Check, ...values: readonly unknown[]): Check {
  return (value, at) => {
    if (!values.includes(value)) check(value, at);
  };
}

function listOf(check: Check, fewest = 0): Check {
  return (value, at) => {
    if (!Array.isArray(value)) fail(at, 'a list', value);
    if (value.length < fewest) fail(at, 'a list that is not empty', value);
    for (const [index, item] of value.entries()) check(item, `${at}[${String(index)}]`);
  };
}

function recordOf(check: Check): Check {
  return (value, at) => {
    if (!isObject(value)) fail(at, 'an object', value);
    for (const [name, item] of Object.entries(value)) check(item, `${at}[${quote(name)}]`);
  };
}

/** An object that has these fields. More are let through: a later version may have written them. */
function objectOf(
  fields: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value, at) => {
    if (!isObject(value)) fail(at, 'an object', value);
    for (const [name, check] of Object.entries(fields)) check(value[name], `${at}.${name}`);
    for (const [name, check] of Object.entries(optional)) {
      if (value[name] !== undefined) check(value[name], `${at}.${name}`);
    }
  };
}

const pattern: Check = (value, at) => {
  if (typeof value !== 'string' || readExpression(value) === undefined) {
    fail(at, 'a regular expression as JavaScript writes it, e.g. "/^https:/"', value);
  }
};

/** An expression as it is written down; `undefined` where it is none. */
export function readExpression(written: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(written) ?? [];
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

const names = either(listOf(text), '*');

const POLICY_FIELDS: { readonly [Field in keyof Omit<DocumentedPolicy, 'said'>]: Check } = {
  origin: text,
  methods: names,
  allowedHeaders: names,
  exposedHeaders: names,
  credentials: flag,
  maxAge: count,
  privateNetwork: flag,
  preflightContinue: flag,
  optionsSuccessStatus: count,
  enforce: flag,
  isolate: flag,
  originCache: either(recordOf(count), false),
  originTimeout: count,
  dangerouslyAllowInsecureOrigins: flag,
  dangerouslyAllowPublicSuffixes: flag,
};

const said = objectOf(
  {},
  Object.fromEntries(Object.keys(DEFAULT_POLICY).map((field) => [field, text])),
);

const ORIGINS: { readonly [Kind in keyof DocumentedOrigins]: Check } = {
  openTo: oneOf('any', 'listed', 'asked', 'nobody'),
  exact: listOf(text),
  patterns: listOf(text),
  expressions: listOf(pattern),
  functions: listOf(text),
  resolvers: listOf(text),
};

const versioning: Check = (value, at) => {
  objectOf({ type: oneOf('uri', 'custom', 'header', 'media-type') })(value, at);
  const { type } = value as { type: string };
  if (type === 'header') objectOf({ header: text })(value, at);
  if (type === 'media-type') objectOf({ key: text })(value, at);
};

const router = objectOf({
  type: oneOf('express', 'fastify'),
  caseSensitive: flag,
  ignoreTrailingSlash: flag,
  ignoreDuplicateSlashes: flag,
  useSemicolonDelimiter: flag,
  maxParamLength: either(count, null),
  servesHead: flag,
  versioning: either(versioning, null),
});

const policies = listOf(text, 1);

const DOCUMENT = objectOf({
  router: either(router, null),
  defaults: text,
  named: recordOf(text),
  paths: listOf(objectOf({ path: text, entry: text, policies })),
  routes: listOf(
    objectOf(
      { method: oneOf('ALL', ...METHODS), path: text, handler: text, policies },
      { hosts: listOf(text), versions: listOf(text), constraints: recordOf(text) },
    ),
  ),
  policies: recordOf(objectOf({ ...POLICY_FIELDS, said })),
  origins: recordOf(objectOf(ORIGINS)),
});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'an object';
}

/** Text of the document on one line, cut where it is longer than any sensible one. */
function quote(given: string): string {
  return JSON.stringify(given.length > 200 ? `${given.slice(0, 200)}…` : given);
}
