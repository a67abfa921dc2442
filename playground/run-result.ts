import type { AskedRequest } from './asked-request.js';
import type { Prediction, Seen } from './prediction.js';
import type { LoggedRequest } from './request-log.js';

/** What a page got of a request that it sent. */
export interface Observation {
  readonly sees: Seen;
  /** Absent for an event, and where nothing is seen. */
  readonly status?: number;
  readonly redirected?: boolean;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Its beginning. */
  readonly body?: string;
  /** What the page was told instead. */
  readonly error?: string;
}

/** One point on which policy and browser can differ. */
export interface Check {
  readonly what: string;
  readonly expected: string;
  readonly observed: string;
  readonly agree: boolean;
}

/** A request that was really sent, and what came of it. */
export interface RunResult {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly request: AskedRequest;
  readonly predicted: Prediction;
  readonly observed: Observation;
  /** What reached the API. */
  readonly log: readonly LoggedRequest[];
  readonly checks: readonly Check[];
  readonly agree: boolean;
}
