import { Controller, Get, Header, Param, Put } from '@nestjs/common';
import type { CorsDocument, DocumentedPolicy } from '../../src/document/cors-document.js';
import { Cors, CorsModule, DEFAULT_ALLOWED_HEADERS } from '../../src/index.js';
import { SHOP } from '../harness/origins.js';
import { type RunningApp, startApp } from '../harness/start-app.js';

/** What the application serves that deployments are verified with. */
@Controller('books')
class BooksController {
  /** Public for a minute, so that caches have something to keep. */
  @Get() @Header('Cache-Control', 'public, max-age=60') list() {
    return ['Mrs Dalloway'];
  }
  @Put(':id') update(@Param('id') id: string) {
    return { id };
  }
}

@Cors({ origin: '*', credentials: false, exposedHeaders: [], maxAge: 60 })
@Controller('catalog')
class CatalogController {
  @Get() list() {
    return [];
  }
}

export function startPromisingApp(): Promise<RunningApp> {
  return startApp({
    adapter: 'express',
    imports: [
      CorsModule.forRoot({
        origin: [SHOP, 'https://*.preview.example.com'],
        credentials: true,
        exposedHeaders: ['X-Total-Count'],
      }),
    ],
    controllers: [BooksController, CatalogController],
  });
}

const POLICY: Omit<DocumentedPolicy, 'origin'> = {
  methods: '*',
  allowedHeaders: DEFAULT_ALLOWED_HEADERS,
  exposedHeaders: ['X-Total-Count'],
  credentials: true,
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

const NOBODY = { exact: [], patterns: [], expressions: [], functions: [], resolvers: [] };

/** The document of that application, written by hand. */
export const PROMISING_DOCUMENT: CorsDocument = {
  format: 'nestjs-cors/1',
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
  defaults: 'shop',
  named: {},
  paths: [],
  routes: [
    { method: 'GET', path: '/books', handler: 'BooksController.list', policies: ['shop'] },
    { method: 'PUT', path: '/books/:id', handler: 'BooksController.update', policies: ['shop'] },
    { method: 'GET', path: '/catalog', handler: 'CatalogController.list', policies: ['public'] },
  ],
  policies: {
    shop: { ...POLICY, origin: 'shop' },
    public: { ...POLICY, origin: 'any', credentials: false, exposedHeaders: [], maxAge: 60 },
  },
  origins: {
    shop: {
      ...NOBODY,
      openTo: 'listed',
      exact: [SHOP],
      patterns: ['https://*.preview.example.com'],
    },
    any: { ...NOBODY, openTo: 'any' },
  },
};
