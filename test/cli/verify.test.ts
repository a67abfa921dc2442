import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bookshop, openBookshop } from '../../sample-app/bookshop.js';
import { audit } from '../../src/cli/audit.js';
import { verify } from '../../src/cli/verify.js';
import type { CorsDocument } from '../../src/document/cors-document.js';
import { CorsPolicyService } from '../../src/index.js';
import { ADAPTERS } from '../harness/start-app.js';
import { type } from './typed-command.js';

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };

describe.each(ADAPTERS)('the bookshop as it is, on %s', (adapter) => {
  let shop: Bookshop;
  let document: CorsDocument;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-verify-'));
    shop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, { logger: false });
    document = shop.app.get(CorsPolicyService).document();
  });
  afterAll(async () => {
    await shop.close();
    await rm(folder, { recursive: true });
  });

  const verifyBy = async (given: CorsDocument, ...args: string[]) => {
    const file = join(folder, 'cors.json');
    await writeFile(file, JSON.stringify(given));
    return type(verify, ...args, `--from=${file}`, '--rate=1000');
  };

  test.each([{ args: [] }, { args: ['--read'] }])(
    'answers as promised: verify $args',
    async ({ args }) => {
      const { status, printed, remarks } = await verifyBy(document, shop.api, ...args);
      expect(printed).toMatch(/^\d+ answers are as promised\.$/);
      expect(status).toBe(0);
      expect(remarks.join('\n')).toContain(
        'nothing is promised about the origins that PartnerOrigins decides about',
      );
    },
  );

  test('another policy than that of the document is a difference', async () => {
    const rule = Object.entries(document.origins).find(([, { openTo }]) => openTo === 'listed');
    const changed = {
      ...document,
      origins: {
        ...document.origins,
        [rule?.[0] ?? '']: { ...rule?.[1], exact: ['https://elsewhere.example.com'] },
      },
    } as CorsDocument;
    const { status, printed } = await verifyBy(changed, shop.api);
    expect(status).toBe(1);
    expect(printed).toContain('nestjs-cors answers, but by another policy than the document says.');
    expect(printed).toMatch(/curl -sS -i -X OPTIONS -H 'origin: https:\/\/elsewhere.example.com'/);
  });

  test('as JSON', async () => {
    const { status, printed } = await verifyBy(document, shop.api, '--json', '--most=5');
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      url: `${shop.api}/`,
      requests: 5,
      compared: 5,
      findings: [],
    });
  });

  test('an audit finds nothing but what is so', async () => {
    const origin = shop.visitors.find(({ id }) => id === 'shop')?.origin ?? '';
    for (const path of ['/catalog/books', '/account', '/orders', '/covers/1.svg']) {
      const { printed, status } = await type(
        audit,
        shop.api + path,
        `--origin=${origin}`,
        '--rate=1000',
      );
      expect([path, printed, status]).toEqual([
        path,
        expect.stringMatching(/^Nothing found in \d+ answers\.$/),
        0,
      ]);
    }
  });
});

describe('what is typed wrongly', () => {
  test.each([
    { args: [], says: 'Give one URL, such as https://api.example.com.' },
    { args: ['http://localhost', 'http://localhost'], says: 'Give one URL' },
    { args: ['api.example.com'], says: '"api.example.com" is not a URL that can be asked.' },
    { args: ['file:///etc/passwd'], says: '"file:///etc/passwd" is not a URL that can be asked.' },
    { args: ['http://ann:secret@localhost'], says: 'Leave user and password out of the URL' },
    { args: ['http://localhost', '--rate=0'], says: '--rate takes a whole number from 1 to 1000' },
    { args: ['http://localhost', '--rate=1e3'], says: '--rate takes a whole number' },
  ])('$args', async ({ args, says }) => {
    for (const command of [verify, audit]) {
      expect((await type(command, ...args)).status).toContain(says);
    }
  });

  test('verify --most=0', async () => {
    const { status } = await type(verify, 'http://localhost', '--most=0');
    expect(status).toContain('--most takes a whole number from 1 to 1000000');
  });

  test.each([
    'app.example.com',
    'https://app.example.com/',
    'null',
    'https://app.example.com/\u001b',
  ])('audit --origin %j', async (origin) => {
    const { status } = await type(audit, 'http://localhost', `--origin=${origin}`);
    expect(status).toContain(`--origin ${JSON.stringify(origin)} is not an origin.`);
  });
});
