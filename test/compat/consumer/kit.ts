import type { INestApplication } from '@nestjs/common';
import {
  type BlockedFetch,
  openPage,
  openTo,
  type Page,
  type PageExchange,
} from '../../../src/testing/index.js';

/** The kit's types, as a project's own tests use them. */
export async function explainRefusal(app: INestApplication): Promise<string> {
  const page: Page = await openPage(app, 'https://evil.example', { engine: 'Firefox' });
  try {
    const answer: Response = await page.fetch('/account', { credentials: 'include' });
    return answer.statusText;
  } catch (error) {
    const { exchanges, decision } = (error as TypeError).cause as BlockedFetch;
    const [first]: readonly PageExchange[] = exchanges;
    const open = await openTo(app, page.origin);
    return [first?.status, decision?.reason, ...open.map(({ path }) => path)].join(' ');
  }
}
