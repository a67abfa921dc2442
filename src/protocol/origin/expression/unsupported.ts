/** Thrown while an automaton is made of an expression that has none, or too large a one; the message says why. */
export class UnsupportedExpression extends Error {}

/**
 * How much work an expression may make when the application starts. Work is counted, not timed, so that the
 * verdict is the same on every machine.
 */
export class WorkBudget {
  #left: number;

  constructor(amount: number) {
    this.#left = amount;
  }

  /** @throws UnsupportedExpression when it is used up */
  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new UnsupportedExpression('its automaton would be too large');
  }
}
