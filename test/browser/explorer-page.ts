import axe from 'axe-core';
import type { BrowserPage } from './engines/browser.js';

/** Milliseconds that anything on the page may take. */
const PATIENCE = 60_000;

/** The explorer in a browser, used as a person would. */
export class ExplorerPage {
  constructor(
    readonly page: BrowserPage,
    private readonly address: string,
  ) {}

  /** Opens a part as a link from elsewhere does. */
  async open(hash = ''): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(this.address + hash);
    await this.until('document.querySelector("main h2")');
  }

  async reload(): Promise<void> {
    await this.page.evaluate('(window.isOld = true, setTimeout(() => location.reload()), 0)');
    await this.until('!window.isOld && document.querySelector("main h2")');
  }

  async back(): Promise<void> {
    await this.page.evaluate('(history.back(), 0)');
  }

  /** @throws Error where an expression of the page has not become true in time */
  async until(expression: string, patience = PATIENCE): Promise<void> {
    const end = Date.now() + patience;
    // A page that is being left answers nothing.
    while ((await this.page.evaluate(`Boolean(${expression})`).catch(() => false)) !== true) {
      if (Date.now() > end) {
        const text = await this.text('main');
        throw new Error(`${expression} has not become true. The page says: ${text.slice(0, 500)}`);
      }
      await this.page
        .evaluate('new Promise((resolve) => setTimeout(resolve, 20, 0))')
        .catch(() => 0);
    }
  }

  /** Waits until an element says something. */
  async says(selector: string, text: string): Promise<void> {
    await this.until(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].some((each) => each.textContent.includes(${JSON.stringify(text)}))`,
    );
  }

  async text(selector: string): Promise<string> {
    return String(
      await this.page.evaluate(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.innerText).join('\\n')`,
      ),
    );
  }

  async count(selector: string): Promise<number> {
    return Number(
      await this.page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`),
    );
  }

  /** Types into a field, in place of what stands there. */
  async fill(selector: string, text: string): Promise<void> {
    await this.page.click(selector);
    await this.page.evaluate(`(document.querySelector(${JSON.stringify(selector)}).select(), 0)`);
    if (text === '') await this.page.press('Backspace');
    else await this.page.type(text);
  }

  /** Goes on with the key of tabs until a selector finds what has the focus. */
  async tabTo(selector: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      await this.page.press('Tab');
      const found = await this.page.evaluate(
        `document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`,
      );
      if (found === true) return;
    }
    throw new Error(`The key of tabs never comes to ${selector}.`);
  }

  /** What axe-core finds wrong, a line each. */
  async faults(): Promise<readonly string[]> {
    return (await this.page.evaluate(`(async () => {
      if (!window.axe) { ${axe.source} }
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ' ' + failureSummary));
    })()`)) as readonly string[];
  }
}
