/** An origin function or resolver that threw, rejected, took too long, or answered what is no answer. */
export interface OriginFailure {
  /** The name of the function or class; empty where it has none. */
  readonly rule: string;
  readonly origin: string;
  readonly error: unknown;
}

/** Who hears of origin rules that fail; the log, in an application. */
export abstract class OriginFailures {
  abstract report(failure: OriginFailure): void;
}
