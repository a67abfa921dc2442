import fc from 'fast-check';
import { anyCharacter } from '../harness/property.js';

const label = fc
  .array(fc.constantFrom(...'abcxyz019'), { minLength: 1, maxLength: 6 })
  .map((characters) => characters.join(''));

// A last label that is a number would make an address of the host.
const lastLabel = fc.constantFrom('com', 'example', 'co', 'localhost', 'xn--p1ai', 'dev2', 'a');

/** A host name as origins have it. */
export const hostName: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(label, label, fc.constantFrom('a-b', 'x_y', 'xn--bcher-kva')), {
      maxLength: 4,
    }),
    lastLabel,
  )
  .map(([labels, last]) => [...labels, last].join('.'));

const byte = fc.nat({ max: 255 });

const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));

const ipv6 = fc.constantFrom('[::1]', '[::]', '[2001:db8::1]', '[fe80::1]', '[::ffff:7f00:1]');

const host = fc.oneof({ weight: 6, arbitrary: hostName }, ipv4, ipv6);

/** An http(s) origin, put together by the rules of serialization. */
export const serializedOrigin: fc.Arbitrary<string> = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    host,
    port: fc.option(
      fc.oneof(fc.constantFrom(1, 3000, 8080, 65_535), fc.integer({ min: 1, max: 65_535 })),
      {
        nil: undefined,
      },
    ),
  })
  .map(({ scheme, host: name, port }) => {
    const standard = scheme === 'https' ? 443 : 80;
    return `${scheme}://${name}${port === undefined || port === standard ? '' : `:${port}`}`;
  });

const piece = fc.constantFrom(
  ...[
    '/',
    '//',
    ':',
    '::',
    '.',
    '..',
    '@',
    '?',
    '#',
    '\\',
    '*',
    '%',
    '%61',
    '%2e',
    ' ',
    '\t',
    '\n',
    '\r',
  ],
  ...[
    '\u0000',
    ',',
    ';',
    '[',
    ']',
    '0',
    '1',
    'x',
    'A',
    'Z',
    '-',
    '_',
    '~',
    'ü',
    'ß',
    '。',
    'İ',
    '\u00ad',
  ],
  ...[
    '\u200d',
    '😀',
    ':80',
    ':443',
    ':0',
    ':00',
    ':65536',
    'user:pw@',
    '0x7f',
    '\ud800',
    'xn--',
    '|',
    '^',
    '<',
  ],
);

/** A serialized origin to which something was done, so that it most likely is none any more. */
export const brokenOrigin: fc.Arbitrary<string> = fc
  .tuple(
    serializedOrigin,
    fc.nat(),
    piece,
    fc.constantFrom('insert', 'replace', 'delete', 'upper', 'append'),
  )
  .map(([origin, place, text, deed]) => {
    const at = place % (origin.length + 1);
    switch (deed) {
      case 'insert':
        return origin.slice(0, at) + text + origin.slice(at);
      case 'replace':
        return origin.slice(0, at) + text + origin.slice(at + 1);
      case 'delete':
        return origin.slice(0, at) + origin.slice(at + 1);
      case 'upper':
        return origin.slice(0, at) + origin.slice(at).toUpperCase();
      default:
        return origin + text;
    }
  });

/** Text of any kind: characters of URLs, any bytes, any Unicode. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.oneof(piece, label), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ maxLength: 60 }),
  fc.webUrl(),
);
