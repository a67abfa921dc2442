import type {
  CorsExplanation,
  PageQuestion,
} from '../src/document/explanation/cors-explanation.js';

/** What really happened, beside what was said of it. */
export interface RealRequest {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What is not as the application says; each a sentence. */
  readonly differences: readonly string[];
}

/** What CORS puts on an answer. */
const OF_CORS = /^(?:access-control-.*|cross-origin-resource-policy)$/;

/** Why the page cannot send it; `undefined` where it can. */
export function reasonNotToSend({ url, method = 'GET', mode }: PageQuestion): string | undefined {
  if (new URL(url, location.origin).origin !== location.origin) {
    return `It goes to another server, and this page stays with ${location.origin}.`;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return `${method} may change something, and nothing that the explorer sends does.`;
  }
  return mode === 'no-cors' ? 'With mode no-cors there would be nothing to see.' : undefined;
}

/**
 * Sends the request from this page, which is of the application's own origin.
 *
 * @param predicted the explanation of the same request from this origin
 * @throws TypeError where no answer comes
 */
export async function sendIt(
  { url, method = 'GET', headers = {}, credentials = 'same-origin' }: PageQuestion,
  predicted: CorsExplanation,
): Promise<RealRequest> {
  const response = await fetch(new URL(url, location.origin), {
    ...{ method, headers, credentials },
    cache: 'no-store',
  });
  await response.body?.cancel();
  const received = Object.fromEntries(response.headers);
  const expected = predicted.steps.findLast(({ name }) => name === 'request')?.received;
  return {
    status: response.status,
    headers: received,
    differences: differencesOf(expected, response.status, received),
  };
}

function differencesOf(
  expected: CorsExplanation['steps'][number]['received'],
  status: number,
  received: Readonly<Record<string, string>>,
): readonly string[] {
  if (expected === undefined) return [];
  const differences: string[] = [];
  if (expected.status !== null && expected.status !== status) {
    differences.push(`The application answers ${expected.status}, and ${status} came.`);
  }
  const names = new Set([...Object.keys(expected.headers), ...Object.keys(received)]);
  for (const name of [...names].filter((each) => OF_CORS.test(each))) {
    const here = received[name];
    const there = expected.headers[name];
    if (here === there) continue;
    differences.push(
      there === undefined
        ? `${name}: ${here ?? ''} came, which the application does not send. Something in between adds it.`
        : here === undefined
          ? `${name}: ${there} is sent by the application, and did not come. Something in between removes it.`
          : `${name} is ${there} as the application sends it, and ${here} came.`,
    );
  }
  const varied = members(received['vary']);
  const missing = members(expected.headers['vary']).filter((each) => !varied.includes(each));
  if (missing.length > 0 && !varied.includes('*')) {
    differences.push(`vary does not hold ${missing.join(', ')}. Caches between mix answers up.`);
  }
  return differences;
}

function members(list = ''): readonly string[] {
  return list
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}
