import { describe, expect, test } from '@jest/globals';
import type { CorsDocument, DocumentedRoute } from '../../src/document/cors-document.js';
import { placeQuestion } from '../../src/explorer/place-question.js';
import { written } from '../document/written-document.js';

const SERVER = 'https://api.example.com';
type Router = NonNullable<CorsDocument['router']>;
type Versioning = Router['versioning'];

const PLAIN = written({
  routes: { 'GET /books/:id': {} },
  handlers: { 'GET /books/:id': 'B.get' },
});

/** The document of one route and one `paths` entry. */
function documentWith(route: Partial<DocumentedRoute>, router: Partial<Router> | null = {}) {
  const [plain] = PLAIN.routes;
  const [path] = written({ paths: { '/files/*rest': {} } }).paths;
  return {
    ...PLAIN,
    router: router === null ? null : ({ ...PLAIN.router, ...router } as Router),
    routes: [{ ...plain, ...route } as DocumentedRoute],
    paths: path === undefined ? [] : [path],
  };
}

const asked = (url: string, method = 'GET', headers: object = {}) => ({
  question: { url: SERVER + url, method, headers },
  handler: 'B.get',
});

const JSON_BODY = { 'content-type': 'application/json' };
const versioned = (versioning: Versioning, versions = ['2']) =>
  [{ versions }, { versioning }] as const;

describe('What a page would ask of a route', () => {
  test.each<[route: Partial<DocumentedRoute>, router: Partial<Router>, asked: object | undefined]>([
    [{}, {}, asked('/books/1')],
    [{ method: 'ALL' }, {}, asked('/books/1')],
    [{ method: 'HEAD' }, {}, asked('/books/1', 'HEAD')],
    [{ method: 'DELETE' }, {}, asked('/books/1', 'DELETE')],
    [{ method: 'POST' }, {}, asked('/books/1', 'POST', JSON_BODY)],
    [{ method: 'PUT' }, {}, asked('/books/1', 'PUT', JSON_BODY)],
    [{ method: 'PATCH' }, {}, asked('/books/1', 'PATCH', JSON_BODY)],
    // Each router has its own syntax.
    [{ path: '/a{/:b}' }, {}, asked('/a/1')],
    [{ path: '/a::b' }, { type: 'fastify' }, asked('/a:b')],
    [{ path: '/a::b' }, {}, undefined],
    // What no path could be made up for.
    [{ path: '/{a' }, {}, undefined],
    [
      { hosts: ['(a|b).example', 'books.example'] },
      {},
      {
        ...asked(''),
        question: { url: 'https://books.example/books/1', method: 'GET', headers: {} },
      },
    ],
    [{ hosts: ['^a$', 'a!'] }, {}, undefined],
    [...versioned(null), asked('/books/1')],
    [...versioned({ type: 'uri' }), asked('/books/1')],
    [
      ...versioned({ type: 'header', header: 'X-Version' }),
      asked('/books/1', 'GET', { 'x-version': '2' }),
    ],
    [...versioned({ type: 'header', header: 'X-Version' }, ['neutral']), asked('/books/1')],
    [{}, { versioning: { type: 'header', header: 'X-Version' } }, asked('/books/1')],
    [
      ...versioned({ type: 'media-type', key: 'v=' }),
      asked('/books/1', 'GET', { accept: 'application/json;v=2' }),
    ],
    [...versioned({ type: 'custom' }), undefined],
  ])('%j, with the router %j', async (route, router, expected) => {
    expect(await placeQuestion(documentWith(route, router), 0, SERVER)).toStrictEqual(expected);
  });

  test('is GET of a paths entry, whose handler nobody knows', async () => {
    const document = documentWith({ hosts: ['a.example'] }, { type: 'fastify' });
    expect(await placeQuestion(document, 1, SERVER)).toStrictEqual({
      question: { url: `${SERVER}/files/1`, method: 'GET', headers: {} },
      handler: undefined,
    });
  });

  test('is nothing where there is no such place, or no router that is known', async () => {
    expect(await placeQuestion(documentWith({}), 2, SERVER)).toBeUndefined();
    expect(await placeQuestion(documentWith({}, null), 0, SERVER)).toBeUndefined();
  });
});
