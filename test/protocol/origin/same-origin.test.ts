import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSameOrigin } from '../../../src/protocol/origin/same-origin.js';
import { requestOf } from '../compiled-policy.js';
import { APP } from '../../harness/origins.js';
import { anyCharacter, checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

describe('A request is same-origin', () => {
  test.each([
    { why: 'Sec-Fetch-Site says so', origin: APP, headers: { 'sec-fetch-site': 'same-origin' } },
    {
      why: 'Sec-Fetch-Site says so, though a proxy rewrote Host',
      origin: APP,
      headers: { 'sec-fetch-site': 'same-origin', host: 'internal:8080' },
    },
    { why: 'Host is the host of the origin', origin: APP, headers: { host: 'app.example.com' } },
    {
      why: 'Host is the host of the origin in other case',
      origin: APP,
      headers: { host: 'App.Example.COM' },
    },
    {
      why: 'Host and port are those of the origin',
      origin: 'http://localhost:3000',
      headers: { host: 'localhost:3000' },
    },
    {
      why: 'Host spells out port 443 of https',
      origin: APP,
      headers: { host: 'app.example.com:443' },
    },
    {
      why: 'Host spells out port 80 of http',
      origin: 'http://app.example.com',
      headers: { host: 'app.example.com:80' },
    },
    {
      why: 'TLS ends before the server, which sees the same host',
      origin: 'http://app.example.com',
      headers: { host: 'app.example.com' },
    },
    {
      why: ':authority is the host of the origin',
      origin: APP,
      headers: { ':authority': 'app.example.com' },
    },
    {
      why: ':authority goes before Host',
      origin: APP,
      headers: { ':authority': 'app.example.com', host: 'other.example.com' },
    },
    {
      why: 'an IPv6 host is the same',
      origin: 'http://[::1]:3000',
      headers: { host: '[::1]:3000' },
    },
    {
      why: 'an IPv6 host without port is the same',
      origin: 'http://[::1]',
      headers: { host: '[::1]' },
    },
  ])('if $why', ({ origin, headers }) => {
    expect(isSameOrigin(requestOf(headers), origin)).toBe(true);
  });
});

describe('A request is not same-origin', () => {
  test.each([
    {
      why: 'Sec-Fetch-Site says same-site',
      origin: APP,
      headers: { 'sec-fetch-site': 'same-site', host: 'app.example.com' },
    },
    {
      why: 'Sec-Fetch-Site says cross-site',
      origin: APP,
      headers: { 'sec-fetch-site': 'cross-site', host: 'app.example.com' },
    },
    {
      why: 'Sec-Fetch-Site says none',
      origin: APP,
      headers: { 'sec-fetch-site': 'none', host: 'app.example.com' },
    },
    {
      why: 'Sec-Fetch-Site is empty',
      origin: APP,
      headers: { 'sec-fetch-site': '', host: 'app.example.com' },
    },
    { why: 'the host is another', origin: APP, headers: { host: 'api.example.com' } },
    {
      why: 'the host is a longer one',
      origin: APP,
      headers: { host: 'app.example.com.evil.test' },
    },
    { why: 'the host only ends like it', origin: APP, headers: { host: 'x.app.example.com' } },
    {
      why: 'the port is another',
      origin: 'http://localhost:3000',
      headers: { host: 'localhost:3001' },
    },
    {
      why: 'only the origin has a port',
      origin: 'http://localhost:3000',
      headers: { host: 'localhost' },
    },
    { why: 'only Host has a port', origin: APP, headers: { host: 'app.example.com:8443' } },
    {
      why: 'Host has the default port of another scheme',
      origin: APP,
      headers: { host: 'app.example.com:80' },
    },
    {
      why: 'Host has the default port of https for http',
      origin: 'http://app.example.com',
      headers: { host: 'app.example.com:443' },
    },
    { why: 'the IPv6 host is another', origin: 'http://[::1]', headers: { host: '[::2]' } },
    {
      why: 'the IPv6 port is another',
      origin: 'http://[::1]:3000',
      headers: { host: '[::1]:3001' },
    },
    {
      why: ':authority is another, whatever Host says',
      origin: APP,
      headers: { ':authority': 'api.example.com', host: 'app.example.com' },
    },
    { why: 'there is no host', origin: APP, headers: {} },
    { why: 'Host is empty', origin: APP, headers: { host: '' } },
    {
      why: 'only X-Forwarded-Host names the origin',
      origin: APP,
      headers: { host: 'internal', 'x-forwarded-host': 'app.example.com' },
    },
    { why: 'the origin is opaque', origin: 'null', headers: { host: 'null' } },
    {
      why: 'the origin is opaque, and Host is what is left of it',
      origin: 'null',
      headers: { host: 'll' },
    },
    { why: 'the origin is opaque, and Host empty', origin: 'null', headers: { host: '' } },
    {
      why: 'the origin is an app shell with the name of the server',
      origin: 'capacitor://api.example.com',
      headers: { host: 'api.example.com' },
    },
    {
      why: 'the origin is a browser extension',
      origin: 'chrome-extension://abcdefghijklmnop',
      headers: { host: 'abcdefghijklmnop' },
    },
    {
      why: 'the origin is no origin',
      origin: 'app.example.com',
      headers: { host: 'app.example.com' },
    },
    {
      why: 'the origin has a path',
      origin: 'https://app.example.com/',
      headers: { host: 'app.example.com/' },
    },
    { why: 'the origin is empty', origin: '', headers: { host: '' } },
  ])('if $why', ({ origin, headers }) => {
    expect(isSameOrigin(requestOf(headers), origin)).toBe(false);
  });
});

test.each([
  { scheme: 'http', encrypted: true, is: false },
  { scheme: 'http', encrypted: false, is: true },
  { scheme: 'https', encrypted: true, is: true },
  // A proxy ends the TLS connection.
  { scheme: 'https', encrypted: false, is: true },
])(
  'A page of $scheme is of the same origin, TLS being $encrypted: $is',
  ({ scheme, encrypted, is }) => {
    const request = { ...requestOf({ host: 'app.example.com' }), socket: { encrypted } };
    expect(isSameOrigin(request, `${scheme}://app.example.com`)).toBe(is);
  },
);

test(`Whether a request is same-origin can be told for any two texts ${SEEDED}`, () => {
  const text = fc.string({ unit: anyCharacter });
  checkProperty(
    fc.property(text, text, (origin, host) => {
      for (const value of [origin, `https://${origin}`]) {
        expect(typeof isSameOrigin(requestOf({ host }), value)).toBe('boolean');
      }
    }),
    1000,
  );
});
