import { getDomain } from 'tldts';
import { type AuditAnswer, type AuditQuestion, isAllowed, UNKNOWN_METHOD } from './audit-answer.js';
import { type DeployedServer, isAnswer, valuesOf } from './deployed-server.js';
import { type Finding, findingsOf } from './finding.js';
import { lookAlikesOf, STRANGER } from './look-alikes.js';
import { headerMistakes } from './header-mistakes.js';
import { preflightMistakes } from './preflight-mistakes.js';
import { printableStart } from '../document/printable.js';
import { strangerMistakes } from './stranger-mistakes.js';
import { isIpAddress, splitOrigin } from '../protocol/origin/origin.js';

/** What was found about a server of which nothing is known beforehand. */
export interface Audit {
  readonly findings: readonly Finding[];
  /** Whether every question got an answer. */
  readonly answered: boolean;
  /** What is no mistake, but should be known: that it gave no answer, that it redirects, that a given origin is refused. */
  readonly remarks: readonly string[];
}

/**
 * Asks a server about origins that it should allow, about their look-alikes, and about strangers; by `GET` and by
 * preflights, each without credentials.
 *
 * @param origins that should be allowed, serialized; if there are none, that of the server and that of its domain
 */
export async function auditDeployment(
  server: DeployedServer,
  origins: readonly string[],
): Promise<Audit> {
  const answers: AuditAnswer[] = [];
  const remarks: string[] = [];
  let answered = true;
  for (const question of questionsAbout(origins.length > 0 ? origins : originsOf(server))) {
    const exchange = await server.ask({
      method: question.preflightFor === undefined ? 'GET' : 'OPTIONS',
      path: server.path,
      headers: {
        ...(question.origin !== undefined && { origin: question.origin }),
        ...(question.preflightFor !== undefined && {
          'access-control-request-method': question.preflightFor,
          'access-control-request-headers':
            question.preflightFor === UNKNOWN_METHOD ? 'x-nestjs-cors-audit' : 'content-type',
          'access-control-request-private-network': 'true',
        }),
      },
    });
    const { outcome } = exchange;
    if (isAnswer(outcome)) {
      answers.push({ question, exchange, answer: outcome });
    } else {
      const { code, message } = outcome;
      answered = false;
      remarks.push(`No answer could be read: ${printableStart(`${code}: ${message}`)}.`);
      break;
    }
  }
  const [first] = answers;
  const location = first === undefined ? [] : valuesOf(first.answer, 'location');
  if (first !== undefined && first.answer.status >= 300 && first.answer.status < 400) {
    const to = printableStart(location[0] ?? 'nowhere');
    remarks.push(`GET is redirected to ${to}. That was not followed: audit that URL, too.`);
  }
  for (const origin of origins) {
    const allowed = answers.some((one) => one.question.origin === origin && isAllowed(one));
    if (!allowed && answers.length > 0) remarks.push(`${printableStart(origin)} is not allowed.`);
  }
  const mistakes = [
    ...strangerMistakes(answers),
    ...preflightMistakes(answers),
    ...headerMistakes(answers),
  ];
  return { findings: findingsOf(mistakes), answered, remarks };
}

/** Its own pages, and those of the domain that it is under. */
function originsOf({ origin }: DeployedServer): string[] {
  const { scheme, host } = splitOrigin(origin);
  const domain = isIpAddress(host) ? null : getDomain(host, { allowPrivateDomains: true });
  return domain === null || domain === host ? [origin] : [origin, `${scheme}://${domain}`];
}

function questionsAbout(origins: readonly string[]): AuditQuestion[] {
  const asked = new Map<string, AuditQuestion['who']>();
  for (const origin of origins) asked.set(origin, 'expected');
  for (const origin of origins) {
    for (const { likeness, origin: other } of lookAlikesOf(origin)) {
      if (!asked.has(other)) asked.set(other, likeness);
    }
  }
  asked.set(STRANGER, 'stranger').set('null', 'opaque');
  const questions: AuditQuestion[] = [{ who: 'nobody' }];
  for (const [origin, who] of asked) {
    questions.push({ who, origin }, { who, origin, preflightFor: 'GET' });
  }
  for (const origin of [...origins, STRANGER]) {
    const who = origin === STRANGER ? 'stranger' : 'expected';
    questions.push({ who, origin, preflightFor: UNKNOWN_METHOD });
  }
  return questions;
}
