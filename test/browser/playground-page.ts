import type { Bookshop } from '../../sample-app/bookshop.js';
import { originOf, type VisitorId } from '../../playground/visitors.js';
import type { BrowserPage } from './engines/browser.js';
import { ExplorerPage } from './explorer-page.js';

export const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };

/** One row of the playground, as `window.playground.runAll()` reports it. */
export interface PlaygroundRow {
  readonly id: string;
  readonly agree: boolean;
  readonly preflight: boolean;
  readonly sees: 'readable' | 'opaque' | 'nothing';
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly disagreements: readonly object[];
}

/** The playground in a browser, used as a person would, as a page of one of the origins. */
export class PlaygroundPage extends ExplorerPage {
  constructor(page: BrowserPage, bookshop: Bookshop, visitor: VisitorId) {
    super(page, originOf(bookshop.visitors, visitor));
  }

  /** Waits until every cell says something. */
  async predicted(): Promise<void> {
    await this.until(
      'document.querySelector("#run-all:enabled") && document.querySelectorAll(".matrix td").length === document.querySelectorAll(".matrix td [data-outcome]").length',
    );
  }

  /** Presses "Run all", and waits until everything has run. */
  async runAll(): Promise<void> {
    await this.predicted();
    await this.page.click('#run-all');
    await this.until('document.querySelector("#standing[aria-busy=true]")');
    await this.until('document.querySelector("#run-all:enabled")');
  }

  /** The cells of a scenario, from left to right; those that are predictions in parentheses. */
  async cells(scenario: string): Promise<readonly string[]> {
    return (await this.page.evaluate(
      `[...document.querySelectorAll('[data-row="${scenario}"] td')].map((cell) => {
        const { outcome } = cell.querySelector('[data-outcome]').dataset;
        return cell.dataset.look === 'predicted' ? '(' + outcome + ')' : outcome;
      })`,
    )) as readonly string[];
  }
}

/** Runs everything from an origin, by the console's way. */
export async function runAll(
  page: Pick<BrowserPage, 'evaluate'> & { goto(url: string): Promise<unknown> },
  origin: string,
): Promise<readonly PlaygroundRow[]> {
  await page.goto(origin);
  return (await page.evaluate(`
    new Promise((resolve) => {
      const wait = () =>
        document.querySelector('#run-all:enabled') && window.playground
          ? resolve(window.playground.runAll())
          : setTimeout(wait, 20);
      wait();
    })`)) as readonly PlaygroundRow[];
}
