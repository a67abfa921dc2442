import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultPort,
  isIpAddress,
  isLoopbackHost,
  isSerializedOrigin,
  isWebScheme,
  OPAQUE_ORIGIN,
  splitOrigin,
} from '../../../src/protocol/origin/origin.js';
import { anyText, brokenOrigin, serializedOrigin } from '../origins.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

/** An https origin of so many characters. */
function originOfLength(length: number): string {
  const labels = 'a.'.repeat(length);
  return `https://${labels.slice(0, length - 'https://'.length - 1)}z`;
}

describe('A serialized origin', () => {
  test.each([
    'https://app.example.com',
    'http://app.example.com',
    'https://localhost',
    'http://localhost:3000',
    'https://app.example.com:8443',
    'https://app.example.com:80',
    'http://app.example.com:443',
    'https://app.example.com:65535',
    'https://a_b.example.com',
    'https://-.-a-.1x.x1',
    'https://*',
    'https://xn--bcher-kva.example',
    'https://example.com.',
    'http://127.0.0.1',
    'http://127.0.0.1:8080',
    'http://[::1]',
    'https://[2001:db8::1]:8443',
    'null',
    'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn',
    'moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc',
    'safari-web-extension://2C127FA4-62C7-4E4F-90E5-472B45EECFDC',
    'capacitor://localhost',
    'ionic://localhost:8100',
    'app://obsidian.md',
    'tauri://localhost',
    'web+app.1-x://host_~',
  ])('%s is one', (origin) => {
    expect(isSerializedOrigin(origin)).toBe(true);
  });

  test.each([
    { because: 'it is empty', text: '' },
    { because: 'it has no scheme', text: 'app.example.com' },
    { because: 'it has no scheme but a port', text: 'localhost:3000' },
    { because: 'its scheme is relative', text: '//app.example.com' },
    { because: 'its scheme ends without slashes', text: 'https:app.example.com' },
    { because: 'its scheme ends with one slash', text: 'https:/app.example.com' },
    { because: 'its scheme ends with three slashes', text: 'https:///app.example.com' },
    { because: 'its scheme is upper case', text: 'HTTPS://app.example.com' },
    { because: 'its scheme begins in upper case', text: 'Https://app.example.com' },
    { because: 'its host is upper case', text: 'https://App.example.com' },
    { because: 'it ends with a slash', text: 'https://app.example.com/' },
    { because: 'it has a path', text: 'https://app.example.com/x' },
    { because: 'it has a backslash', text: 'https://app.example.com\\' },
    { because: 'it has a query', text: 'https://app.example.com?x' },
    { because: 'it has an empty query', text: 'https://app.example.com?' },
    { because: 'it has a fragment', text: 'https://app.example.com#x' },
    { because: 'it has a user', text: 'https://user@app.example.com' },
    { because: 'it has a user and a password', text: 'https://user:pass@app.example.com' },
    { because: 'it has an empty user', text: 'https://@app.example.com' },
    { because: 'it spells out the default port of https', text: 'https://app.example.com:443' },
    { because: 'it spells out the default port of http', text: 'http://app.example.com:80' },
    { because: 'its port is empty', text: 'https://app.example.com:' },
    { because: 'its port begins with 0', text: 'https://app.example.com:08443' },
    { because: 'its port is too large', text: 'https://app.example.com:65536' },
    { because: 'its port is no number', text: 'https://app.example.com:x' },
    { because: 'its port is a star', text: 'https://app.example.com:*' },
    { because: 'it has no host', text: 'https://' },
    { because: 'it has a port and no host', text: 'https://:3000' },
    { because: 'its host is not ASCII', text: 'https://bücher.example' },
    { because: 'its host is escaped', text: 'https://%61pp.example.com' },
    { because: 'its host is no punycode', text: 'https://xn--a' },
    { because: 'its IPv4 address is short', text: 'http://127.1' },
    { because: 'its IPv4 address is hexadecimal', text: 'http://0x7f.0.0.1' },
    { because: 'its IPv4 address is a number', text: 'http://2130706433' },
    { because: 'its IPv4 address is too large', text: 'http://256.0.0.1' },
    {
      because: 'its last label is a number, so that it would be an address',
      text: 'https://app.1',
    },
    { because: 'its last label is a hexadecimal number', text: 'https://app.0x7f' },
    { because: 'its IPv6 address is long', text: 'http://[0:0:0:0:0:0:0:1]' },
    { because: 'its IPv6 address is upper case', text: 'http://[2001:DB8::1]' },
    { because: 'its IPv6 address is not closed', text: 'http://[::1' },
    { because: 'its IPv6 address has no brackets', text: 'http://::1' },
    { because: 'there is a space before it', text: ' https://app.example.com' },
    { because: 'there is a space after it', text: 'https://app.example.com ' },
    { because: 'there is a space in it', text: 'https://app .example.com' },
    { because: 'there is a tab in it', text: 'https://app\t.example.com' },
    { because: 'there is a line break after it', text: 'https://app.example.com\n' },
    { because: 'there is a line break before it', text: '\nhttps://app.example.com' },
    { because: 'there is a NUL in it', text: 'https://app\u0000.example.com' },
    { because: 'it is two', text: 'https://a.example.com,https://b.example.com' },
    {
      because: 'it is two, as an intermediary joins them',
      text: 'https://a.example.com, https://b.example.com',
    },
    {
      because: 'it is two, as RFC 6454 has it',
      text: 'https://a.example.com https://b.example.com',
    },
    { because: 'it is any', text: '*' },
    { because: 'it is the opaque one in upper case', text: 'NULL' },
    { because: 'it is the opaque one and a space', text: 'null ' },
    { because: 'it begins like the opaque one', text: 'nullx' },
    { because: 'it is no text of an origin', text: 'undefined' },
    { because: 'files have none', text: 'file://' },
    { because: 'files on a host have none', text: 'file://host' },
    { because: 'a blob has none of its own', text: 'blob:https://app.example.com/1' },
    { because: 'data has none', text: 'data:text/html,x' },
    { because: 'a custom scheme has no host', text: 'app://' },
    { because: 'a custom scheme has a path', text: 'app://host/' },
    { because: 'a custom scheme has a user', text: 'app://user@host' },
    { because: 'a custom scheme has a query', text: 'app://host?' },
    { because: 'a custom scheme has a fragment', text: 'app://host#' },
    { because: 'a custom scheme has a star', text: 'app://*' },
    { because: 'a custom scheme has an empty port', text: 'app://host:' },
    { because: 'a custom scheme has a port of six digits', text: 'app://host:123456' },
    { because: 'a custom scheme has a port that is no number', text: 'app://host:1x' },
    { because: 'a custom scheme has two ports', text: 'app://host:1:2' },
    { because: 'a custom scheme is upper case', text: 'App://host' },
    { because: 'a custom scheme begins with a digit', text: '1app://host' },
    { because: 'a custom scheme is empty', text: '://host' },
    { because: 'something stands before a custom scheme', text: '!app://host' },
    { because: 'a custom scheme has a line break after it', text: 'app://host\n' },
    { because: 'a custom scheme has a host that is not ASCII', text: 'app://hóst' },
  ])('$text is none: $because', ({ text }) => {
    expect(isSerializedOrigin(text)).toBe(false);
  });

  test('may have 512 characters', () => {
    expect(originOfLength(512)).toHaveLength(512);
    expect(isSerializedOrigin(originOfLength(512))).toBe(true);
  });

  test('has no more than 512 characters', () => {
    expect(isSerializedOrigin(originOfLength(513))).toBe(false);
    expect(isSerializedOrigin(`app://${'a'.repeat(507)}`)).toBe(false);
    expect(isSerializedOrigin(`app://${'a'.repeat(506)}`)).toBe(true);
  });

  test('that is opaque is null', () => {
    expect(OPAQUE_ORIGIN).toBe('null');
  });
});

describe(`The origin parser against WHATWG URL ${SEEDED}`, () => {
  const agrees = (text: string) => {
    fc.pre(text.length <= 512);
    const isWeb = text.startsWith('http://') || text.startsWith('https://');
    if (!isWeb) return;
    let serialized: string | undefined;
    try {
      serialized = new URL(text).origin;
    } catch {
      serialized = undefined;
    }
    expect([text, isSerializedOrigin(text)]).toStrictEqual([text, serialized === text]);
  };

  test('accepts every origin that is put together by the rules', () => {
    checkProperty(
      fc.property(serializedOrigin, (origin) => {
        expect([origin, isSerializedOrigin(origin)]).toStrictEqual([origin, true]);
        agrees(origin);
      }),
      2000,
    );
  });

  test('accepts and refuses what URL does, on origins with a fault', () => {
    let accepted = 0;
    let refused = 0;
    checkProperty(
      fc.property(brokenOrigin, (text) => {
        agrees(text);
        if (isSerializedOrigin(text)) accepted += 1;
        else refused += 1;
      }),
      5000,
    );
    // A generator that only ever makes one kind would prove nothing.
    expect(accepted).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  test('accepts and refuses what URL does, on any text behind a scheme', () => {
    checkProperty(
      fc.property(anyText, fc.constantFrom('http://', 'https://'), (text, scheme) => {
        agrees(scheme + text);
      }),
      3000,
    );
  });

  test('throws on no text at all', () => {
    checkProperty(
      fc.property(anyText, (text) => {
        expect(typeof isSerializedOrigin(text)).toBe('boolean');
        expect(typeof splitOrigin(text).host).toBe('string');
        expect(typeof isLoopbackHost(text)).toBe('boolean');
        expect(typeof isIpAddress(text)).toBe('boolean');
      }),
      3000,
    );
  });

  test('takes every origin apart as URL does', () => {
    checkProperty(
      fc.property(serializedOrigin, (origin) => {
        const { protocol, hostname, port } = new URL(origin);
        expect(splitOrigin(origin)).toStrictEqual({
          scheme: protocol.slice(0, -1),
          host: hostname,
          port,
        });
      }),
      2000,
    );
  });
});

describe('An origin is taken apart', () => {
  test.each([
    { origin: 'https://app.example.com', scheme: 'https', host: 'app.example.com', port: '' },
    { origin: 'http://localhost:3000', scheme: 'http', host: 'localhost', port: '3000' },
    { origin: 'http://[::1]', scheme: 'http', host: '[::1]', port: '' },
    { origin: 'http://[::1]:3000', scheme: 'http', host: '[::1]', port: '3000' },
    { origin: 'app://Host:1', scheme: 'app', host: 'Host', port: '1' },
  ])('$origin', ({ origin, ...parts }) => {
    expect(splitOrigin(origin)).toStrictEqual(parts);
  });
});

describe('A scheme', () => {
  test.each([
    { scheme: 'http', web: true, port: '80' },
    { scheme: 'https', web: true, port: '443' },
    { scheme: 'app', web: false, port: '' },
    { scheme: 'httpx', web: false, port: '' },
    { scheme: 'ws', web: false, port: '' },
    { scheme: '', web: false, port: '' },
  ])('$scheme is of the web: $web, and its default port is "$port"', ({ scheme, web, port }) => {
    expect(isWebScheme(scheme)).toBe(web);
    expect(defaultPort(scheme)).toBe(port);
  });
});

describe('A host', () => {
  test.each([
    'localhost',
    'app.localhost',
    'a.b.localhost',
    'localhost.',
    'app.localhost.',
    '[::1]',
    '127.0.0.1',
    '127.255.255.254',
    '127.0.1.1',
  ])('%s is this very machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  test.each([
    ...[
      'example.com',
      'localhost.example.com',
      'notlocalhost',
      'notlocalhost.',
      'localhost..',
      '128.0.0.1',
    ],
    ...['127.0.0.1.example.com', '127.0.0', '127.0.0.1.1', '1127.0.0.1', 'x127.0.0.1', '127x0x0x1'],
    ...[
      '127.0.0.1234',
      '127.0.0.x',
      '[::2]',
      '[::1',
      '::1',
      '[::ffff:7f00:1]',
      '10.0.0.1',
      '0.0.0.0',
      '',
    ],
  ])('%s is another machine', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });

  test.each(['127.0.0.1', '10.0.0.255', '[::1]', '[2001:db8::1]'])(
    '%s is an IP address',
    (host) => {
      expect(isIpAddress(host)).toBe(true);
    },
  );

  test.each([
    ...['example.com', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.example', 'a1.2.3.4', '1.2.3.4a'],
    ...['1234.2.3.4', '1.2.3.4567', '1x2x3x4', ''],
  ])('%s is a name', (host) => {
    expect(isIpAddress(host)).toBe(false);
  });
});
