import { describe, expect, test } from '@jest/globals';
import { type Files, Project } from './migrated.js';

/*
 * Bootstraps as people write them, and the same files as they have to be afterward.
 */

/** A `main.ts` around the lines of its function. */
function main(lines: string, { head = '', create = 'AppModule' } = {}): string {
  return `import { NestFactory } from '@nestjs/core';
${head}import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(${create});
${lines}  await app.listen(3000);
}
void bootstrap();
`;
}

/** The root module with what its imports say, and with what comes of it. */
function root(imports: string, head = ''): string {
  return `import { Module } from '@nestjs/common';
${head}import { BooksModule } from './books.module';

@Module({
  imports: ${imports},
})
export class AppModule {}
`;
}

const BEFORE = root('[BooksModule]');
const CORS = `import { CorsModule } from 'nestjs-cors';\n`;
const ANY = `[BooksModule, CorsModule.forRoot({ origin: '*', allowedHeaders: '*' })]`;

/** The imports with the options in lines of their own. */
const lines = (...options: string[]) =>
  `[\n    BooksModule,\n    CorsModule.forRoot({\n${options.map((line) => `      ${line}\n`).join('')}    }),\n  ]`;
const late = (options: string) =>
  `[\n    BooksModule,\n    CorsModule.forRootAsync({\n      useFactory: () => (${options}),\n    }),\n  ]`;

const FASTIFY = `import { FastifyAdapter } from '@nestjs/platform-fastify';\n`;
const ON_FASTIFY = 'AppModule, new FastifyAdapter()';

interface Row {
  readonly shape: string;
  readonly main: string;
  readonly after: string;
  readonly module?: string;
  readonly moduleAfter: string;
  readonly checks?: RegExp;
  readonly others?: Files;
}

const MOVED: readonly Row[] = [
  {
    shape: 'enableCors() without options',
    main: main('  app.enableCors();\n'),
    after: main(''),
    moduleAfter: root(ANY, CORS),
    checks: /src\/main\.ts:6 {2}No origin was given[^]*src\/main\.ts:6 {2}No allowedHeaders/,
  },
  {
    shape: 'cors: true as the only option',
    main: main('', { create: 'AppModule, { cors: true }' }),
    after: main('', { create: 'AppModule' }),
    moduleAfter: root(ANY, CORS),
  },
  {
    shape: 'cors: true among other options',
    main: main('', { create: 'AppModule, { bufferLogs: true, cors: true }' }),
    after: main('', { create: 'AppModule, { bufferLogs: true }' }),
    moduleAfter: root(ANY, CORS),
  },
  {
    shape: 'cors: with options, in a line of its own',
    main: main('', {
      create: `AppModule, {\n    cors: { origin: 'https://a.example', allowedHeaders: [] },\n    bufferLogs: true,\n  }`,
    }),
    after: main('', { create: `AppModule, {\n    bufferLogs: true,\n  }` }),
    moduleAfter: root(
      `[BooksModule, CorsModule.forRoot({ origin: 'https://a.example', allowedHeaders: [] })]`,
      CORS,
    ).replace(/\[BooksModule, (.*)\]/, '[\n    BooksModule,\n    $1,\n  ]'),
  },
  {
    shape: 'options in lines, with comments',
    main: main(`
  app.setGlobalPrefix('api');

  // The shop, and previews of it.
  app.enableCors({
    origin: [
      'https://a.example', // the shop
      /^https:\\/\\/pr-\\d+\\.example\\.com$/,
    ],
    credentials: true,
    allowedHeaders: 'Content-Type, X-Trace',
  });

`),
    after: main(`
  app.setGlobalPrefix('api');

`),
    moduleAfter: root(
      lines(
        'origin: [',
        "  'https://a.example', // the shop",
        '  /^https:\\/\\/pr-\\d+\\.example\\.com$/,',
        '],',
        'credentials: true,',
        "allowedHeaders: 'Content-Type, X-Trace',",
      ).replace('    CorsModule', '    // The shop, and previews of it.\n    CorsModule'),
      CORS,
    ),
  },
  {
    shape: 'options and a list in variables, with types that go, too',
    main: main(
      `  const isLive = process.env.NODE_ENV === 'production';
  const options: CorsOptions = {
    origin: isLive ? shops : '*',
    maxAge: 60 * 60,
  };
  app.enableCors(options);
`,
      {
        head: `import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface';\nconst shops = ['https://a.example', 'https://b.example'];\n`,
      },
    )
      .replace(/import .* from '.\/app.module';\n/, '')
      .replace('const shops', `import { AppModule } from './app.module';\n\nconst shops`),
    after: main(''),
    moduleAfter: root(
      lines(
        "origin: (process.env.NODE_ENV === 'production') ? ['https://a.example', 'https://b.example'] : '*',",
        'maxAge: 60 * 60,',
        "allowedHeaders: '*',",
      ),
      CORS,
    ),
  },
  {
    shape: 'an origin in the environment',
    main: main('  app.enableCors({ origin: process.env.FRONT_END });\n'),
    after: main(''),
    moduleAfter: root(
      late(`{ origin: process.env.FRONT_END ?? false, allowedHeaders: '*' }`),
      CORS,
    ),
    checks: /src\/main\.ts:6 {2}origin: The start now checks the value from the environment/,
  },
  {
    shape: 'a list in the environment, beside one that is known',
    main: main(
      `  app.enableCors({ origin: ['https://a.example', process.env.PREVIEW!, ...(process.env.MORE?.split(',') ?? [])] });\n`,
    ),
    after: main(''),
    moduleAfter: root(
      late(
        `{ origin: ['https://a.example', process.env.PREVIEW ?? false, ...(process.env.MORE?.split(',') ?? [])], allowedHeaders: '*' }`,
      ),
      CORS,
    ),
  },
  {
    shape: 'options that another file exports',
    main: main('  app.enableCors(corsOptions);\n', {
      head: `import { corsOptions } from './config/cors';\n`,
    }),
    after: main(''),
    moduleAfter: root(
      `[\n    BooksModule,\n    CorsModule.forRoot({ ...corsOptions, allowedHeaders: '*' }),\n  ]`
        .replace(/\n {4}|\n {2}|,(?=\n)/g, (text) => (text.startsWith(',') ? ',' : ' '))
        .replace('[ ', '[')
        .replace(', ]', ']'),
      `${CORS}import { corsOptions } from './config/cors';\n`,
    ),
    others: {
      'src/config/cors.ts': `export const corsOptions = { origin: ['https://a.example'], credentials: true };\n`,
    },
  },
  {
    shape: 'a list that another file exports, which the module imports, too',
    main: main('  app.enableCors({ origin: shops });\n', {
      head: `import { shops, sites } from './shops';\n`,
    }).replace('app.listen(3000)', 'app.listen(sites)'),
    after: main('', { head: `import { sites } from './shops';\n` }).replace('3000', 'sites'),
    module: root('[BooksModule]', `import { shops } from './shops';\n`),
    moduleAfter: root(
      `[BooksModule, CorsModule.forRoot({ origin: shops, allowedHeaders: '*' })]`,
      `${CORS}import { shops } from './shops';\n`,
    ).replace(/(import .* from '.\/shops';\n)/, '$1'),
    others: {
      'src/shops.ts': `export const sites = 1;\nexport const shops = ['https://a.example'];\n`,
    },
  },
  {
    shape: 'the register(cors) of Fastify, whose own options go',
    main: main(
      `  await app.register(fastifyCors, {\n    hook: 'onRequest',\n    origin: 'https://a.example',\n    methods: ['GET', 'PUT', 'POST'],\n    strictPreflight: false,\n  });\n`,
      { head: `import fastifyCors from '@fastify/cors';\n${FASTIFY}`, create: ON_FASTIFY },
    ),
    after: main('', { head: FASTIFY, create: ON_FASTIFY }),
    moduleAfter: root(
      lines(
        "origin: 'https://a.example',",
        "methods: ['GET', 'PUT', 'POST'],",
        "allowedHeaders: '*',",
      ),
      CORS,
    ),
  },
  {
    shape: 'the enableCors() of Fastify, which allows fewer methods',
    main: main(`  app.enableCors({ origin: 'https://a.example', allowedHeaders: ['X-A'] });\n`, {
      head: FASTIFY,
      create: ON_FASTIFY,
    }),
    after: main('', { head: FASTIFY, create: ON_FASTIFY }),
    moduleAfter: root(
      `[\n    BooksModule,\n    CorsModule.forRoot({ origin: 'https://a.example', allowedHeaders: ['X-A'], methods: ['GET', 'HEAD', 'POST'] }),\n  ]`,
      CORS,
    ),
    checks: /No methods were given, and @fastify\/cors then allows GET, HEAD and POST\./,
  },
  {
    shape: 'app.use(cors()) of Express',
    main: main(`  app.use(cors({ origin: true, optionsSuccessStatus: 200 }));\n`, {
      head: `import cors from 'cors';\n`,
      create: 'AppModule',
    }).replace('create(', 'create<NestExpressApplication>('),
    after: main('').replace('create(', 'create<NestExpressApplication>('),
    moduleAfter: root(
      `[\n    BooksModule,\n    CorsModule.forRoot({ origin: true, optionsSuccessStatus: 200, allowedHeaders: '*' }),\n  ]`,
      CORS,
    ),
  },
];

describe('migrate moves', () => {
  test.each(MOVED)('$shape', async (row) => {
    const { main: before, after, module = BEFORE, moduleAfter, checks = /Written:/, others } = row;
    const project = await Project.with({
      'src/main.ts': before,
      'src/app.module.ts': module,
      ...others,
    });
    const { status, files, remarks } = await project.migrate();
    expect(files['src/app.module.ts']).toBe(moduleAfter);
    expect(files).toEqual({ 'src/main.ts': after, 'src/app.module.ts': moduleAfter, ...others });
    expect(status).toBe(0);
    expect(remarks).toMatch(checks);
    expect(await project.migrate()).toEqual({
      status: 0,
      diff: '',
      remarks: 'src/main.ts does not turn CORS on: there is nothing to move.',
      files,
    });
    await project.remove();
  });
});
