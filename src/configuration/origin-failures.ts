/** An origin function or resolver that threw, rejected, took too long, or answered what is no answer. */
export interface OriginFailure {
  readonly origin: string;
  readonly error: unknown;
}

/** Who hears of origin rules that fail; the log, in an application. */
export abstract class OriginFailures {
  abstract report(failure: OriginFailure): void;
}
