import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

/*
 * What the code host runs, and with which rights.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, '.github/workflows');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const TEMPLATES = join(ROOT, '.github/ISSUE_TEMPLATE');

describe.each(readdirSync(FOLDER))('%s', (name) => {
  test('pins every action, and takes none but those of the code host', () => {
    const actions = [...read(name).matchAll(/uses: *(\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@(?:v\d+|[\da-f]{40})$/);
  });

  test('may write nothing, unless a job says so', () => {
    expect(read(name)).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)$/m);
  });
});

test('no workflow may write but the one that publishes, and that one an identity alone', () => {
  const writes = readdirSync(FOLDER).flatMap((name) =>
    [...read(name).matchAll(/^ *([\w-]+): *write\b/gm)].map(([, right]) => `${name} ${right}`),
  );
  expect(writes).toEqual(['publish.yml id-token']);
});

test('every line of Node that is promised runs all tests', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const lines = [...engines.node.matchAll(/(\d+)(?:\.\d+)?(?: |$)/g)].map(
    ([, line]) => `'${line}'`,
  );
  expect(read('ci.yml')).toContain(`node: [${lines.join(', ')}]`);
  expect(read('ci.yml')).toContain('- run: .ci/run');
});

test('what is published has passed the tests and the release check, and carries provenance', () => {
  const steps = [...read('publish.yml').matchAll(/- run: *(.+)/g)].map(([, step]) => step);
  expect(steps).toEqual([
    '.ci/run',
    'npm ci --no-audit --no-fund',
    'npm run release:check',
    'npm publish --provenance --access public',
  ]);
  expect(read('publish.yml')).toContain('needs: tests');
});

test('whoever reports a request is asked for what `nestjs-cors explain` says', () => {
  const template = readFileSync(join(TEMPLATES, 'request-blocked.yml'), 'utf8');
  expect(template).toMatch(/label: What `nestjs-cors explain` says\n[^]*?required: true/);
});
