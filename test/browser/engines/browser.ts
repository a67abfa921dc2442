/** A browser under control, whichever it is: no more than these tests need of one. */
export interface Browser {
  /** As the browser tells it, e.g. `Firefox/153.0`. */
  readonly version: string;
  /** A page of its own; all pages of one browser share their cookies. */
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
}

export interface BrowserPage {
  goto(url: string): Promise<void>;
  /** The value of a JavaScript expression in the page, awaited where it is a promise; it has to be JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses the mouse on the first element that a CSS selector finds. */
  click(selector: string): Promise<void>;
  /** Types on the keyboard, into whatever has the focus. */
  type(text: string): Promise<void>;
  press(key: Key): Promise<void>;
  /** What the console says of errors since the page was opened; `undefined` of a browser that does not tell. */
  consoleErrors(): readonly string[] | undefined;
  /** Has the browser note from now on why it refuses requests of the page and of the frames that are in it. */
  watchRefusals(): Promise<void>;
  /** What it noted, once no request is under way any more; `undefined` of a browser that does not tell. */
  refusals(): Promise<readonly Refusal[] | undefined>;
  /** Sizes what the page sees as its window; to the next size that the browser can do. */
  resize(width: number, height: number): Promise<void>;
  /** What the window shows, as PNG. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Why a request was refused, in the browser's own words. */
export interface Refusal {
  /** Of the request, as the page sent it or as it was redirected. */
  readonly url: string;
  /** Who says so: the loader about a request, or an issue that developers are shown. */
  readonly said: 'loading' | 'issue';
  readonly reason: string;
}

/** Keys that type no text. */
export type Key = 'Tab' | 'Enter' | 'Space' | 'Backspace';

export type ColorScheme = 'light' | 'dark';

export interface LaunchOptions {
  /** What `prefers-color-scheme` says. Default: `light`. */
  readonly colorScheme?: ColorScheme;
}
