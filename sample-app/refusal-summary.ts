import { ConsoleLogger } from '@nestjs/common';

/** Milliseconds without a refusal after which their number is told. */
const QUIET = 3_000;

/**
 * A logger for a terminal on which somebody plays: the library warns of each refusal, and the playground is refused a
 * hundred times on purpose. It writes the first of them, and how many more came in the same go. In production each line
 * counts, and Nest's own logger is right.
 */
export class RefusalSummary extends ConsoleLogger {
  #more = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly where: string) {
    super({ logLevels: ['error', 'warn'] });
  }

  override warn(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== 'CorsModule') {
      super.warn(message, ...rest);
      return;
    }
    if (this.#timer === undefined) super.warn(message, ...rest);
    else this.#more += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tell();
    }, QUIET).unref();
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#more === 0) return;
    const were = this.#more === 1 ? 'request was' : 'requests were';
    super.warn(
      `${this.#more} more ${were} refused just now. Watch them at ${this.where}`,
      'CorsModule',
    );
    this.#more = 0;
  }
}
