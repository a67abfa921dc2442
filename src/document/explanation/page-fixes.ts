import { quoted } from '../../protocol/origin/origin-pattern.js';
import { normalizeMethod, type PageRequest } from '../../fetch/request.js';
import type { CorsFix } from './cors-explanation.js';
import { type Fault, faultOf } from './fault.js';
import { type Evaluator, traceFetch } from './fetch-trace.js';
import { type ReadQuestion, shownUrl } from './page-question.js';
import { listed } from './short-text.js';

/** A request as the page could make it instead, and in words what is different. */
interface OtherRequest {
  readonly request: PageRequest;
  readonly changes: readonly string[];
}

/** What the page can do by itself, tried with the application as it is. */
export async function findPageFixes(
  question: ReadQuestion,
  fault: Fault,
  evaluator: Evaluator,
): Promise<readonly CorsFix[]> {
  let other: OtherRequest | undefined = { request: question.request, changes: [] };
  let left: Fault | undefined = fault;
  while (left !== undefined) {
    other = otherRequest(other, left);
    if (other === undefined) return [];
    const asked: ReadQuestion = { ...question, request: other.request };
    left = faultOf(await traceFetch(asked, evaluator), asked);
  }
  return [describe(question, other)];
}

function otherRequest({ request, changes }: OtherRequest, fault: Fault): OtherRequest | undefined {
  const change = (what: string, fields: Partial<PageRequest>): OtherRequest | undefined =>
    // Each change is made once.
    changes.includes(what)
      ? undefined
      : { request: { ...request, ...fields }, changes: [...changes, what] };
  switch (fault.kind) {
    case 'credentials':
      return change('leave cookies out', { credentials: 'omit' });
    case 'no-cors-method':
    case 'same-origin-mode':
    case 'opaque':
    case 'not-isolated':
      return change('ask with CORS', { mode: 'cors' });
    case 'method': {
      const method = normalizeMethod(request.method).toUpperCase();
      return method === request.method
        ? undefined
        : change('write the method in upper case', { method });
    }
    case 'headers': {
      const headers = request.headers.filter(([name]) => !fault.names.includes(name.toLowerCase()));
      return headers.length === request.headers.length
        ? undefined
        : change(`send no ${listed(fault.names)}`, { headers });
    }
    default:
      return undefined;
  }
}

function describe(question: ReadQuestion, { request, changes }: OtherRequest): CorsFix {
  return {
    side: 'page',
    kind: 'call',
    place: question.origin,
    code: callOf(request, shownUrl(question)),
    reach: 0,
    sentence: `Or change the page: ${listed(changes)}, if that is enough for it.`,
  };
}

/** A call of `fetch()`, as TypeScript; what is as it is by default is left out. */
export function callOf({ method, headers, mode, credentials }: PageRequest, url: string): string {
  const fields = [
    ...(method === 'GET' ? [] : [`method: ${quoted(method)}`]),
    ...(mode === 'cors' ? [] : [`mode: ${quoted(mode)}`]),
    ...(credentials === 'same-origin' ? [] : [`credentials: ${quoted(credentials)}`]),
    ...(headers.length === 0
      ? []
      : [
          `headers: { ${headers.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`).join(', ')} }`,
        ]),
  ];
  return `fetch(${[quoted(url), ...(fields.length === 0 ? [] : [`{ ${fields.join(', ')} }`])].join(', ')})`;
}
