import { readableHeaders } from '../../src/fetch/readable-headers.js';
import { listIn } from '../../src/fetch/header-values.js';
import type { AskedRequest } from '../asked-request.js';
import type { PredictedAnswer, Prediction } from '../prediction.js';
import type { LoggedRequest } from '../request-log.js';
import type { Check, Observation } from '../run-result.js';

const SEES = {
  readable: 'the answer',
  opaque: 'an opaque response',
  nothing: 'no answer',
} as const;

/**
 * Every point on which policy and browser can differ, with what was expected and what was observed.
 *
 * @param status what the application answers to whoever is let through, where that is known
 */
export function checksOf(
  request: AskedRequest,
  predicted: Prediction,
  observed: Observation,
  log: readonly LoggedRequest[],
  status?: number,
): readonly Check[] {
  const preflight = log.find((each) => each.preflight);
  const arrived = log.find((each) => !each.preflight);
  const { answer } = predicted;
  const checks = [
    check('Preflight', ...sent(predicted.preflight, preflight, 'sent', 'not sent')),
    check('Request at the API', ...sent(answer, arrived, 'arrived', 'never sent')),
    check('The page got', SEES[predicted.sees], SEES[observed.sees]),
  ];
  if (predicted.preflight) {
    const { status: promised } = predicted.preflight;
    if (promised !== null) {
      checks.push(check('Status of the preflight', promised, preflight?.status));
    }
    checks.push(checkHeaders('Headers of the preflight', predicted.preflight, preflight));
  }
  if (answer) {
    checks.push(checkHeaders('Headers of the answer', answer, arrived));
    // What the application answers is not the policy's to say; what refuses it is.
    const due = answer.status ?? status;
    if (due !== undefined) checks.push(check('Status at the API', due, arrived?.status));
  }
  // A redirect's second request has no probe in its URL, so there is nothing to compare its answer with.
  if (predicted.sees === 'readable' && observed.status !== undefined && !observed.redirected) {
    checks.push(check('Status in the page', arrived?.status ?? 'nothing', observed.status));
    const names = arrived?.answerHeaders.map((name) => [name.toLowerCase(), ''] as const) ?? [];
    const headers = { ...Object.fromEntries(names), ...arrived?.corsHeaders };
    const readable = readableHeaders({ status: 200, headers }, 'cors', request.credentials);
    const seen = (observed.headers ?? []).map(([name]) => name);
    checks.push(check('Readable headers', withoutLength(readable), withoutLength(seen)));
  }
  return checks;
}

function sent(
  expected: object | undefined,
  observed: object | undefined,
  yes: string,
  no: string,
): [expected: string, observed: string] {
  return [expected ? yes : no, observed ? yes : no];
}

/** Those about CORS are the policy's alone; to `Vary` others may add. */
function checkHeaders(
  what: string,
  { headers: decided }: PredictedAnswer,
  logged: LoggedRequest | undefined,
): Check {
  const came = logged?.corsHeaders ?? {};
  const due = listIn(decided, 'vary').map((name) => name.toLowerCase());
  const text = (headers: Readonly<Record<string, string>>) => {
    const lines = Object.entries(headers)
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .filter((line) => line.startsWith('access-control-'));
    const varies = listIn(headers, 'vary')
      .map((name) => name.toLowerCase())
      .filter((name) => due.includes(name))
      .map((name) => `vary: ${name}`);
    return [...lines.sort(), ...varies.sort()].join('\n') || 'none';
  };
  return check(what, text(decided), text(came));
}

/** Node adds `Content-Length` itself where nobody set it, after the log has looked. */
function withoutLength(names: readonly string[]): string {
  const others = names.filter((name) => name !== 'content-length').sort();
  return others.join(', ') || 'none';
}

function check(
  what: string,
  expected: string | number,
  observed: string | number | undefined = 'nothing',
): Check {
  return {
    what,
    expected: String(expected),
    observed: String(observed),
    agree: expected === observed,
  };
}
