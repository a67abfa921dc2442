import type { CorsFault } from './cors-check.js';
import type { UrlFault } from './blocked-url.js';
import type { PreflightFault, PreflightQuestion } from './preflight.js';
import type { RedirectFault } from './redirect.js';
import type { PageRequest, PageResponse, WireRequest, WireResponse } from './request.js';

/** One step of a fetch, as it was taken. A fetch that fails ends with the step that did not pass. */
export type FetchStep =
  | {
      /** Fetch, "Request" constructor: what the page asks for, as it will be sent. */
      readonly name: 'call';
      readonly method: string;
      /** Names of the headers that the page may not set, or not in this mode. */
      readonly droppedHeaders: readonly string[];
      readonly fault?: 'forbidden-method' | 'no-cors-method';
    }
  | {
      /** Fetch, "main fetch": whether the request is a CORS request. */
      readonly name: 'tainting';
      readonly url: string;
      readonly tainting: 'basic' | 'cors' | 'opaque';
      readonly fault?: 'same-origin-mode' | 'no-cors-redirect' | UrlFault;
    }
  | {
      /** Fetch, "HTTP fetch": whether a preflight has to be sent, and why. */
      readonly name: 'preflight-need';
      readonly question: PreflightQuestion;
      readonly needed: boolean;
      /** Whether an earlier preflight's answer still holds. */
      readonly remembered: boolean;
    }
  | {
      /** Fetch, "CORS-preflight fetch". */
      readonly name: 'preflight';
      readonly question: PreflightQuestion;
      readonly request: WireRequest;
      readonly response: WireResponse;
      readonly fault?: PreflightFault;
      /** The CORS-unsafe request-header names that the answer does not list, sorted. */
      readonly unlisted?: readonly string[];
    }
  | {
      /** Fetch, "HTTP-network-or-cache fetch". */
      readonly name: 'request';
      readonly request: WireRequest;
      readonly response: WireResponse;
    }
  | {
      /** Fetch, "CORS check", of the answer to the request itself. */
      readonly name: 'cors-check';
      readonly url: string;
      readonly origin: string;
      readonly credentials: PageRequest['credentials'];
      readonly response: WireResponse;
      readonly fault?: CorsFault;
    }
  | {
      /** Fetch, "HTTP-redirect fetch". */
      readonly name: 'redirect';
      readonly status: number;
      readonly location: string;
      readonly fault?: RedirectFault;
    }
  | {
      /** Fetch, "filtered response": what the page gets. */
      readonly name: 'response';
      readonly response: PageResponse;
    };

/** Is told of every step, in order. */
export type FetchObserver = (step: FetchStep) => void;
