import {
  ALLOW_ORIGIN,
  type AuditAnswer,
  isAllowed,
  linesIn,
  UNKNOWN_METHOD,
} from './audit-answer.js';
import { membersOf, valuesOf } from './deployed-server.js';
import type { Observation } from './finding.js';

/** What is wrong with how a server answers preflights. */
export function preflightMistakes(answers: readonly AuditAnswer[]): Observation[] {
  const readers = new Set(
    answers
      .filter((one) => one.question.preflightFor === undefined && isAllowed(one))
      .map(({ question }) => question.origin),
  );
  return answers
    .filter(({ question }) => question.preflightFor !== undefined)
    .flatMap((one) => [
      ...failure(one, readers.has(one.question.origin)),
      ...anyMethod(one),
      ...privateNetwork(one),
    ]);
}

/** An origin that is allowed gets a preflight that no browser takes for a yes. */
function failure(one: AuditAnswer, mayRead: boolean): Observation[] {
  const { question, answer, exchange } = one;
  const { status } = answer;
  if (question.preflightFor === UNKNOWN_METHOD || (status >= 200 && status <= 299)) return [];
  const isRedirect = status >= 300 && status <= 399;
  const asksForCredentials = status === 401 || status === 407;
  // Other servers refuse a preflight by its status, and there is nothing wrong with that.
  if (!isAllowed(one) && !(mayRead && (isRedirect || asksForCredentials))) return [];
  return [
    {
      kind: isRedirect
        ? 'preflight-redirected'
        : asksForCredentials
          ? 'preflight-needs-authentication'
          : 'preflight-fails',
      severity: 'medium',
      what: `The preflight of an origin that is allowed gets the status ${status}.`,
      means:
        'Only 200 to 299 will do (Fetch, "ok status"): pages get a CORS error where a preflight is needed.',
      change: [
        'Let what answers CORS come before redirects, authentication and routes, and answer preflights with 204.',
      ],
      seen: `status ${status}; ${linesIn(answer, [ALLOW_ORIGIN, 'location', 'www-authenticate'])}`,
      exchange,
    },
  ];
}

function anyMethod(one: AuditAnswer): Observation[] {
  const { question, answer, exchange } = one;
  const methods = membersOf(answer, 'access-control-allow-methods');
  const isUnknownAllowed = methods.includes(UNKNOWN_METHOD.toLowerCase()) || methods.includes('*');
  if (question.preflightFor !== UNKNOWN_METHOD || !isAllowed(one) || !isUnknownAllowed) return [];
  if (answer.status > 299) return [];
  return [
    {
      kind: 'any-method-allowed',
      severity: 'low',
      what: 'Preflights allow anything, even a method that does not exist.',
      means: 'A preflight then holds nothing back: every method that some route has is open.',
      change: ['List the methods, and the headers, that pages need.'],
      seen: linesIn(answer, ['access-control-allow-methods', 'access-control-allow-headers']),
      exchange,
    },
  ];
}

function privateNetwork(one: AuditAnswer): Observation[] {
  const { question, answer, exchange } = one;
  const name = 'access-control-allow-private-network';
  if (question.who !== 'stranger' || !isAllowed(one)) return [];
  if (valuesOf(answer, name)[0] !== 'true') return [];
  return [
    {
      kind: 'private-network-open',
      severity: 'medium',
      what: 'Pages of any site may reach this server in a private network.',
      means: 'Every page that is opened inside this network may talk to it.',
      change: ['Answer Access-Control-Request-Private-Network for listed origins only.'],
      seen: linesIn(answer, [ALLOW_ORIGIN, name]),
      exchange,
    },
  ];
}
