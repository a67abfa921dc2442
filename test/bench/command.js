// Times the command on large documents, and its own start: node test/bench/command.js, after npm run build.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './paired.js';

const MAIN = join(import.meta.dirname, '../../dist/esm/cli/main.js');
const ROUTES = 5_000;
const ORIGINS = 10_000;
const TIMES = 5;

/** @import { CorsDocument, DocumentedOrigins, DocumentedPolicy } from '../../.cache/build/document/cors-document.js' */

/** @typedef {Pick<DocumentedOrigins, 'exact' | 'patterns' | 'expressions'>} Extra besides the list that all share */

/**
 * A document of many routes with a policy of their own each, that share a list of origins.
 *
 * @param {Extra} extra
 * @returns {CorsDocument}
 */
function largeDocument(extra) {
  const list = Array.from({ length: ORIGINS }, (_, index) => `https://shop-${index}.example`);
  /** @type {Record<string, DocumentedPolicy>} */
  const policies = { 'CorsModule.forRoot()': policy('CorsModule.forRoot()', 7200) };
  /** @type {CorsDocument['routes']} */
  const routes = Array.from({ length: ROUTES }, (_, index) => {
    const handler = `Shop${index >> 3}Controller.handler${index}`;
    // A part of them refines what it inherits.
    const own = index % 5 === 0;
    if (own) policies[handler] = policy('CorsModule.forRoot()', index);
    return {
      method: 'GET',
      path: `/shops/${index}/:id`,
      handler,
      policies: [own ? handler : 'CorsModule.forRoot()'],
    };
  });
  return {
    format: 'nestjs-cors/1',
    router: null,
    defaults: 'CorsModule.forRoot()',
    named: {},
    paths: [],
    routes,
    policies,
    origins: {
      'CorsModule.forRoot()': {
        openTo: 'listed',
        exact: [...list, ...extra.exact],
        patterns: extra.patterns,
        expressions: extra.expressions,
        functions: [],
        resolvers: [],
      },
    },
  };
}

/**
 * @param {string} origin
 * @param {number} maxAge in seconds
 * @returns {DocumentedPolicy}
 */
function policy(origin, maxAge) {
  return {
    origin,
    methods: '*',
    allowedHeaders: ['accept', 'authorization', 'content-type'],
    exposedHeaders: [],
    credentials: true,
    maxAge,
    privateNetwork: false,
    preflightContinue: false,
    optionsSuccessStatus: 204,
    enforce: true,
    isolate: false,
    originCache: false,
    originTimeout: 5000,
    dangerouslyAllowInsecureOrigins: false,
    dangerouslyAllowPublicSuffixes: false,
    said: { maxAge: origin },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-bench-'));
/**
 * @param {string} name
 * @param {Extra} extra
 */
const write = (name, extra) => {
  writeFileSync(join(folder, name), JSON.stringify(largeDocument(extra)));
};
const NOTHING = { exact: [], patterns: [], expressions: [] };
write('old.json', NOTHING);
write('origin.json', { ...NOTHING, exact: ['https://new.example'] });
write('pattern.json', {
  exact: [],
  patterns: ['https://*.new.example', 'http://localhost:*'],
  expressions: ['/^https:\\/\\/pr-\\d{1,5}\\.new\\.example$/'],
});

/** @type {readonly [name: string, args: string[]][]} */
const CASES = [
  ['--version', ['--version']],
  ['routes', ['routes', '--from', 'old.json']],
  ['routes --all', ['routes', '--from', 'old.json', '--all']],
  ['diff, the same', ['diff', 'old.json', 'old.json']],
  ['diff, an origin more', ['diff', 'old.json', 'origin.json']],
  ['diff, patterns and an expression more', ['diff', 'old.json', 'pattern.json']],
];
try {
  for (const [name, args] of CASES) {
    const times = Array.from({ length: TIMES }, () => {
      const begun = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder });
      if (status === 2) throw new Error(String(stderr));
      return performance.now() - begun;
    });
    console.log(`${name.padEnd(40)} ${median(times).toFixed(0).padStart(6)} ms`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
