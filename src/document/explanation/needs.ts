import type { Fault } from './fault.js';
import type { ReadQuestion } from './page-question.js';

/** What policies have to say so that a page gets its answer. */
export interface Needs {
  readonly origin?: string;
  readonly credentials?: boolean;
  /** To be added, as all the lists here. */
  readonly methods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposedHeaders?: readonly string[];
  readonly isolate?: false;
}

/** Response headers that no page may read (Fetch, "forbidden response-header name"). */
const FORBIDDEN = /^set-cookie2?$/i;

/** What a policy has to say besides because of a fault; `undefined` where no policy helps, or it says so already. */
export function furtherNeeds(
  needs: Needs,
  fault: Fault,
  { origin }: ReadQuestion,
): Needs | undefined {
  switch (fault.kind) {
    case 'origin':
      return needs.origin === undefined ? { ...needs, origin } : undefined;
    case 'credentials':
      return needs.credentials === undefined ? { ...needs, credentials: true } : undefined;
    case 'method':
      return fault.narrowed && needs.methods === undefined
        ? { ...needs, methods: [fault.method] }
        : undefined;
    case 'headers':
      return fault.names.length > 0 && needs.allowedHeaders === undefined
        ? { ...needs, allowedHeaders: fault.names }
        : undefined;
    case 'not-exposed':
      return fault.names.some((name) => FORBIDDEN.test(name)) || needs.exposedHeaders !== undefined
        ? undefined
        : { ...needs, exposedHeaders: fault.names };
    case 'not-isolated':
      return needs.isolate === undefined ? { ...needs, isolate: false } : undefined;
    default:
      return undefined;
  }
}
