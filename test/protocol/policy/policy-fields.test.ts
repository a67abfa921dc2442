import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DEFAULT_POLICY,
  readPolicyFields,
  suggestOption,
  unknownOption,
} from '../../../src/protocol/policy/policy-fields.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../../src/protocol/policy/request-headers.js';
import { anyCharacter, checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

const FIELDS = [
  'origin',
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'credentials',
  'maxAge',
  'privateNetwork',
  'preflightContinue',
  'optionsSuccessStatus',
  'enforce',
  'isolate',
  'originCache',
  'originTimeout',
  'dangerouslyAllowInsecureOrigins',
  'dangerouslyAllowPublicSuffixes',
];

describe('A policy that nobody said anything about', () => {
  test('is closed', () => {
    expect(DEFAULT_POLICY).toStrictEqual({
      origin: false,
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
    });
  });

  test('cannot be changed', () => {
    expect(Object.isFrozen(DEFAULT_POLICY)).toBe(true);
    expect(Object.isFrozen(DEFAULT_POLICY.exposedHeaders)).toBe(true);
  });
});

describe('The fields of a policy', () => {
  const app = { scheme: 'https', host: 'app.test', port: '', subdomains: false };
  const rules = { any: false, opaque: false, patterns: [app], regexps: [], deciders: [] };
  test.each([
    { options: {}, values: {} },
    { options: { methods: 'GET,PUT' }, values: { methods: ['GET', 'PUT'] } },
    { options: { allowedHeaders: 'X-A, X-B' }, values: { allowedHeaders: ['X-A', 'X-B'] } },
    { options: { allowedHeaders: '*' }, values: { allowedHeaders: '*' } },
    { options: { exposedHeaders: 'X-A' }, values: { exposedHeaders: ['X-A'] } },
    // Headers of requests are nothing to it.
    { options: { exposedHeaders: 'Cookie' }, values: { exposedHeaders: ['Cookie'] } },
    { options: { credentials: true }, values: { credentials: true } },
    { options: { credentials: false }, values: { credentials: false } },
    { options: { maxAge: 0 }, values: { maxAge: 0 } },
    { options: { privateNetwork: true }, values: { privateNetwork: true } },
    { options: { preflightContinue: true }, values: { preflightContinue: true } },
    { options: { optionsSuccessStatus: 200 }, values: { optionsSuccessStatus: 200 } },
    { options: { optionsSuccessStatus: 299 }, values: { optionsSuccessStatus: 299 } },
    { options: { enforce: false }, values: { enforce: false } },
    { options: { isolate: true }, values: { isolate: true } },
    { options: { originCache: false }, values: { originCache: false } },
    { options: { originCache: { max: 5 } }, values: { originCache: { max: 5 } } },
    { options: { originTimeout: 100 }, values: { originTimeout: 100 } },
    {
      options: { dangerouslyAllowInsecureOrigins: true },
      values: { dangerouslyAllowInsecureOrigins: true },
    },
    {
      options: { dangerouslyAllowPublicSuffixes: true },
      values: { dangerouslyAllowPublicSuffixes: true },
    },
    // What is undefined was not said; but for the origin, below.
    { options: { maxAge: undefined, credentials: undefined, unknown: undefined }, values: {} },
  ])('of $options are $values', ({ options, values }) => {
    expect(readPolicyFields(options)).toStrictEqual({ values, problems: [] });
  });

  test('have the origin rules with them where there is an origin', () => {
    expect(readPolicyFields({ origin: 'https://app.test' })).toStrictEqual({
      values: { origin: 'https://app.test' },
      originRules: rules,
      problems: [],
    });
    expect(readPolicyFields({ origin: ['https://app.test'] })).toStrictEqual({
      values: { origin: ['https://app.test'] },
      originRules: rules,
      problems: [],
    });
    expect(readPolicyFields({ maxAge: 5 })).not.toHaveProperty('originRules');
  });

  test.each([
    { origin: undefined, patterns: [] },
    { origin: [undefined], patterns: [] },
    { origin: ['https://app.test', [undefined]], patterns: rules.patterns },
  ])('keep $origin closed, and tell of it', ({ origin, patterns }) => {
    expect(readPolicyFields({ origin })).toStrictEqual({
      values: { origin: false },
      originRules: { ...rules, patterns },
      problems: [
        {
          field: 'origin',
          code: 'undefined-origin',
          value: undefined,
          message: 'The origin is undefined, perhaps because a variable is not set.',
          hint: 'Set the variable, or give a value for when it is not set (false for nobody), or leave origin out to inherit.',
        },
      ],
    });
  });

  test('cannot be changed from outside', () => {
    const options = { origin: ['https://app.test'], originCache: { max: 5 } };
    const { values } = readPolicyFields(options);
    options.origin.push('https://evil.test');
    options.originCache.max = 6;
    expect(values).toStrictEqual({ origin: ['https://app.test'], originCache: { max: 5 } });
    expect([values.origin, values.originCache].every(Object.isFrozen)).toBe(true);
  });

  test('leave out what is allowed besides them', () => {
    expect(
      readPolicyFields({ policies: {}, paths: [], maxAge: 1 }, ['policies', 'paths']),
    ).toStrictEqual({
      values: { maxAge: 1 },
      problems: [],
    });
  });

  test.each([undefined, null, 'public', 5, true, [], ['https://app.test'], () => ({})])(
    'are not there in %p',
    (options) => {
      expect(readPolicyFields(options)).toStrictEqual({
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
      });
    },
  );
});

describe('A list that cannot be read', () => {
  test.each(['methods', 'allowedHeaders', 'exposedHeaders'])(
    'leaves the %s of what is refined as they were',
    (name) => {
      expect(Object.keys(readPolicyFields({ [name]: 5 }).values)).toStrictEqual([]);
    },
  );
});

describe('A fault of a field', () => {
  test.each([
    { options: { origin: 'app.test' }, field: 'origin', code: 'invalid-origin' },
    { options: { origin: null }, field: 'origin', code: 'invalid-origin' },
    { options: { methods: 5 }, field: 'methods', code: 'invalid-method' },
    { options: { methods: 'G ET' }, field: 'methods', code: 'invalid-method' },
    { options: { methods: 'TRACE' }, field: 'methods', code: 'forbidden-method' },
    { options: { methods: 'patch' }, field: 'methods', code: 'lower-case-method' },
    { options: { allowedHeaders: 'X A' }, field: 'allowedHeaders', code: 'invalid-header-name' },
    {
      options: { allowedHeaders: 'Cookie' },
      field: 'allowedHeaders',
      code: 'forbidden-header-name',
    },
    { options: { allowedHeaders: 5 }, field: 'allowedHeaders', code: 'invalid-header-name' },
    { options: { exposedHeaders: 'X A' }, field: 'exposedHeaders', code: 'invalid-header-name' },
    {
      options: { exposedHeaders: 'Set-Cookie' },
      field: 'exposedHeaders',
      code: 'forbidden-header-name',
    },
    { options: { exposedHeaders: null }, field: 'exposedHeaders', code: 'invalid-header-name' },
    { options: { maxAge: -1 }, field: 'maxAge', code: 'invalid-max-age' },
    { options: { maxAge: 86_401 }, field: 'maxAge', code: 'max-age-capped' },
    {
      options: { optionsSuccessStatus: 199 },
      field: 'optionsSuccessStatus',
      code: 'invalid-status',
    },
    { options: { originCache: { max: 0 } }, field: 'originCache', code: 'invalid-value' },
    { options: { originCache: true }, field: 'originCache', code: 'invalid-value' },
    { options: { originTimeout: 0 }, field: 'originTimeout', code: 'invalid-value' },
    { options: { credentials: 1 }, field: 'credentials', code: 'invalid-value' },
    { options: { origins: '*' }, field: 'origins', code: 'unknown-option' },
  ])('in $options is reported as $code of $field', ({ options, field, code }) => {
    expect(readPolicyFields(options).problems).toStrictEqual([
      expect.objectContaining({ field, code }),
    ]);
  });

  test('does not hide another one', () => {
    const { problems } = readPolicyFields({
      origin: ['a.test', 'b.test'],
      maxAge: -1,
      origins: [],
    });
    expect(problems.map(({ field, code }) => `${field}: ${code}`)).toStrictEqual([
      'origin: invalid-origin',
      'origin: invalid-origin',
      'maxAge: invalid-max-age',
      'origins: unknown-option',
    ]);
  });

  test.each([199, 300, 404, 0, 204.5, '204', null, NaN])(
    'optionsSuccessStatus %p is refused',
    (value) => {
      expect(readPolicyFields({ optionsSuccessStatus: value }).problems).toStrictEqual([
        {
          field: 'optionsSuccessStatus',
          code: 'invalid-status',
          value,
          message: 'For browsers a preflight has failed unless its status is 200 to 299.',
          hint: 'Write 204, or 200 for very old clients.',
        },
      ]);
    },
  );

  test.each(
    [
      'credentials',
      'privateNetwork',
      'preflightContinue',
      'enforce',
      'isolate',
      'dangerouslyAllowInsecureOrigins',
      'dangerouslyAllowPublicSuffixes',
    ].flatMap((name) => [
      { name, value: 'true', write: 'true' },
      { name, value: 'false', write: 'false' },
      { name, value: 1, write: 'false' },
      { name, value: null, write: 'false' },
      { name, value: ['true'], write: 'true' },
    ]),
  )('$name $value is refused: write $write', ({ name, value, write }) => {
    expect(readPolicyFields({ [name]: value })).toStrictEqual({
      // Nothing opens by mistake.
      values: { [name]: false },
      problems: [
        {
          field: name,
          code: 'invalid-value',
          value,
          message: `${name} must be true or false.`,
          hint: `Write ${name}: ${write}.`,
        },
      ],
    });
  });
});

describe('An option that does not exist', () => {
  test.each([
    { name: 'origins', meant: 'origin' },
    { name: 'allowOrigin', meant: 'origin' },
    { name: 'allowOrigins', meant: 'origin' },
    { name: 'allowedOrigin', meant: 'origin' },
    { name: 'allowedOrigins', meant: 'origin' },
    { name: 'allow_origins', meant: 'origin' },
    { name: 'allowedOriginPatterns', meant: 'origin' },
    { name: 'orgin', meant: 'origin' },
    { name: 'oirgin', meant: 'origin' },
    { name: 'orrigin', meant: 'origin' },
    { name: 'orifin', meant: 'origin' },
    { name: 'Origin', meant: 'origin' },
    { name: 'rigin', meant: 'origin' },
    { name: 'origi', meant: 'origin' },
    { name: 'method', meant: 'methods' },
    { name: 'allowMethods', meant: 'methods' },
    { name: 'allowedMethods', meant: 'methods' },
    { name: 'allowed-methods', meant: 'methods' },
    { name: 'headers', meant: 'allowedHeaders' },
    { name: 'allowHeaders', meant: 'allowedHeaders' },
    { name: 'allowedHeader', meant: 'allowedHeaders' },
    { name: 'allowedheaders', meant: 'allowedHeaders' },
    { name: 'exposeHeaders', meant: 'exposedHeaders' },
    { name: 'exposedHeader', meant: 'exposedHeaders' },
    { name: 'expose_headers', meant: 'exposedHeaders' },
    { name: 'credential', meant: 'credentials' },
    { name: 'allowCredentials', meant: 'credentials' },
    { name: 'allowedCredentials', meant: 'credentials' },
    { name: 'supportsCredentials', meant: 'credentials' },
    { name: 'supports_credentials', meant: 'credentials' },
    { name: 'withCredentials', meant: 'credentials' },
    { name: 'credentails', meant: 'credentials' },
    { name: 'credintials', meant: 'credentials' },
    { name: 'maxage', meant: 'maxAge' },
    { name: 'max_age', meant: 'maxAge' },
    { name: 'maxAgeSec', meant: 'maxAge' },
    { name: 'maxAgeSeconds', meant: 'maxAge' },
    { name: 'preflightMaxAge', meant: 'maxAge' },
    { name: 'maxAgee', meant: 'maxAge' },
    { name: 'allowPrivateNetwork', meant: 'privateNetwork' },
    { name: 'privateNetworks', meant: 'privateNetwork' },
    { name: 'preflightcontinue', meant: 'preflightContinue' },
    { name: 'successStatus', meant: 'optionsSuccessStatus' },
    { name: 'optionsSuccess', meant: 'optionsSuccessStatus' },
    { name: 'optionSuccessStatus', meant: 'optionsSuccessStatus' },
    { name: 'enforced', meant: 'enforce' },
    { name: 'originCaching', meant: undefined },
    { name: 'orggiin', meant: undefined },
    { name: 'oigirn', meant: undefined },
    { name: 'nigiro', meant: undefined },
    { name: 'xyz', meant: undefined },
    { name: '', meant: undefined },
    { name: '1', meant: undefined },
    { name: 'constructor', meant: undefined },
    { name: '__proto__', meant: undefined },
    { name: 'toString', meant: undefined },
    { name: 'policies', meant: undefined },
  ])('$name: $meant was meant', ({ name, meant }) => {
    expect(suggestOption(name, FIELDS)).toBe(meant);
    expect(unknownOption(name, FIELDS)).toStrictEqual({
      code: 'unknown-option',
      value: name,
      message: `There is no option "${name}".`,
      hint:
        meant === undefined
          ? `Remove it; the options are ${FIELDS.join(', ')}.`
          : `Write "${meant}" instead.`,
    });
  });

  test.each([
    { name: 'Policies', known: ['policies', 'paths'], meant: 'policies' },
    { name: 'path', known: ['policies', 'paths'], meant: 'paths' },
    { name: 'polices', known: ['policies', 'paths'], meant: 'policies' },
    { name: 'Paths', known: ['path', 'paths'], meant: 'paths' },
    // The name that was meant has to exist where it was written.
    { name: 'origins', known: ['path', 'policy'], meant: undefined },
    { name: 'methods', known: ['path', 'policy'], meant: undefined },
  ])('$name among $known: $meant was meant', ({ name, known, meant }) => {
    expect(suggestOption(name, known)).toBe(meant);
  });

  test('is told of the options alone where nothing may stand beside them', () => {
    expect(readPolicyFields({ xyz: 1 }).problems[0]?.hint).toBe(
      `Remove it; the options are ${FIELDS.join(', ')}.`,
    );
  });

  test('is told which others there are, those beside the policy included', () => {
    expect(readPolicyFields({ polices: {}, xyz: 1 }, ['policies', 'paths']).problems).toStrictEqual(
      [
        expect.objectContaining({ field: 'polices', hint: 'Write "policies" instead.' }),
        expect.objectContaining({
          field: 'xyz',
          hint: `Remove it; the options are ${[...FIELDS, 'policies', 'paths'].join(', ')}.`,
        }),
      ],
    );
  });

  test(`is found by any one slip of the pen, whatever its case ${SEEDED}`, () => {
    const letter = fc.constantFrom(...'abcxyz');
    checkProperty(
      fc.property(
        fc.constantFrom(...FIELDS),
        fc.nat(),
        fc.constantFrom('drop', 'double', 'replace', 'swap', 'none'),
        letter,
        fc.boolean(),
        (field, place, slip, other, upper) => {
          const at = place % field.length;
          const head = field.slice(0, at);
          const [here = '', next = ''] = field.slice(at);
          const written = {
            drop: head + field.slice(at + 1),
            double: head + here + field.slice(at),
            replace: head + other + field.slice(at + 1),
            swap: head + next + here + field.slice(at + 2),
            none: field,
          }[slip];
          expect(suggestOption(upper ? written.toUpperCase() : written, FIELDS)).toBe(field);
        },
      ),
      2000,
    );
  });

  test(`may have any name ${SEEDED}`, () => {
    checkProperty(
      fc.property(fc.string({ unit: anyCharacter }), (name) => {
        expect([undefined, ...FIELDS]).toContain(suggestOption(name, FIELDS));
      }),
      1000,
    );
  });
});
