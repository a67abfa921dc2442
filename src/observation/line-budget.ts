const MINUTE = 60_000;

/** A person sees from so many lines what is going on. A client that tries one origin after the other must not fill the disk. */
const MOST_LINES = 100;

/** How many lines of one kind a log gets in a minute. */
export class LineBudget {
  #minuteEnds = 0;
  #spent = 0;
  #left = 0;

  /** @param beginMinute is called when a minute begins, with the number of lines that were left out in the last one */
  constructor(private readonly beginMinute: (left: number) => void) {}

  /** To be called before there is anything to say. */
  keepTime(): void {
    const now = Date.now();
    if (now < this.#minuteEnds) return;
    this.beginMinute(this.#left);
    this.#spent = 0;
    this.#left = 0;
    this.#minuteEnds = now + MINUTE;
  }

  /** Whether there is room for one more line. */
  spend(): boolean {
    if (this.#spent >= MOST_LINES) {
      this.#left += 1;
      return false;
    }
    this.#spent += 1;
    return true;
  }
}
