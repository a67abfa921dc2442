import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserPage } from './engines/browser.js';

/** Milliseconds that anything on the page may take. */
const PATIENCE = 60_000;

/** What defines `window.axe`; minified, for an engine reads it anew in each document. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The explorer in a browser, used as a person would. */
export class ExplorerPage {
  #opened = 0;

  constructor(
    readonly page: BrowserPage,
    private readonly address: string,
  ) {}

  /** Opens a part as a link from elsewhere does, in a new document: no other address differs in what follows `#` alone. */
  async open(hash = ''): Promise<void> {
    this.#opened += 1;
    await this.page.goto(`${this.address}?opened=${this.#opened}${hash}`);
    await this.until('document.querySelector("main h2")');
  }

  /** Goes to a part as a link of the page itself does, in the document that is there. */
  async goTo(hash: `#/${string}`): Promise<void> {
    await this.page.evaluate(`(location.hash = ${JSON.stringify(hash)}, 0)`);
    const part = hash.split(/[/?]/)[1] ?? '';
    await this.until(`document.querySelector('[data-part="${part}"] h2')`);
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
    while ((await this.page.evaluate(becomes(expression)).catch(() => false)) !== true) {
      if (Date.now() > end) {
        const text = await this.text('main');
        throw new Error(`${expression} has not become true. The page says: ${text.slice(0, 500)}`);
      }
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

  /** Puts a text into a field at once, in place of what stands there. */
  async insert(selector: string, text: string): Promise<void> {
    await this.page.click(selector);
    await this.page.evaluate(`(() => {
      document.querySelector(${JSON.stringify(selector)}).select();
      document.execCommand('insertText', false, ${JSON.stringify(text)});
      return 0;
    })()`);
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
    const isThere = await this.page.evaluate('window.axe !== undefined');
    if (isThere !== true) await this.page.evaluate(`(() => { ${AXE} })()`);
    return (await this.page.evaluate(`(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ' ' + failureSummary));
    })()`)) as readonly string[];
  }
}

/** Whether an expression is true within a second, asked in the page, where asking costs next to nothing. */
function becomes(expression: string): string {
  return `new Promise((resolve) => {
    const end = performance.now() + 1_000;
    const isTrue = () => {
      try {
        return Boolean(${expression});
      } catch {
        return false;
      }
    };
    const ask = () => {
      const answer = isTrue();
      if (answer || performance.now() > end) resolve(answer);
      else setTimeout(ask, 10);
    };
    ask();
  })`;
}
