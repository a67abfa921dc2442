import {
  ALLOW_CREDENTIALS,
  ALLOW_ORIGIN,
  type AuditAnswer,
  type AuditQuestion,
  isNamed,
  isWithCredentials,
  linesIn,
  UNKNOWN_METHOD,
} from './audit-answer.js';
import type { Observation, Severity } from './finding.js';

/** What it is to allow one who should not be. */
interface Stranger {
  readonly kind: string;
  readonly what: string;
  readonly means: string;
  readonly change: string;
  /** Severity without and with credentials; `undefined` where it is not worth a word. */
  readonly severity: readonly [without: Severity | undefined, withCredentials: Severity];
}

const STRANGERS: Readonly<Record<Exclude<AuditQuestion['who'], 'nobody' | 'expected'>, Stranger>> =
  {
    stranger: {
      kind: 'any-origin-reflected',
      what: 'Any origin is allowed: what Origin says is sent back',
      means: 'Any page may read the answers.',
      change: 'Compare Origin with a list. If the data are public, send * and no credentials.',
      severity: ['low', 'high'],
    },
    opaque: {
      kind: 'null-allowed',
      what: 'The origin "null" is allowed',
      means: 'Any page can have it, by a sandboxed frame, and may read the answers.',
      change: 'Take "null" off the list.',
      severity: ['low', 'high'],
    },
    'longer-before': {
      kind: 'longer-name-before-allowed',
      what: 'Origins whose host only ends like an allowed one are allowed',
      means: 'Whoever registers such a name may read the answers.',
      change:
        'Compare whole origins; begin an expression with ^https:\\/\\/, and put a dot before the domain.',
      severity: ['medium', 'high'],
    },
    'longer-behind': {
      kind: 'longer-name-behind-allowed',
      what: 'Origins whose host only begins like an allowed one are allowed',
      means: 'Anybody can have such a name, below a domain of their own, and may read the answers.',
      change: 'Compare whole origins; end an expression with $.',
      severity: ['medium', 'high'],
    },
    'unescaped-dot': {
      kind: 'unescaped-dot-allowed',
      what: 'Origins with another character in place of a dot are allowed',
      means: 'Whoever registers such a name may read the answers.',
      change: 'Write \\. for a dot in an expression.',
      severity: ['medium', 'high'],
    },
    'other-scheme': {
      kind: 'insecure-scheme-allowed',
      what: 'The same host is allowed over http:, too',
      means: 'Anybody on the way can put a page there, which may read the answers.',
      change: 'Compare the scheme, too.',
      severity: [undefined, 'high'],
    },
    'other-port': {
      kind: 'any-port-allowed',
      what: 'The same host is allowed on other ports, too',
      means: 'Whatever else runs on that host may read the answers.',
      change: 'Compare the port, too.',
      severity: [undefined, 'medium'],
    },
    subdomain: {
      kind: 'any-subdomain-allowed',
      what: 'Any subdomain is allowed',
      means: 'A forgotten one, or one that a customer has, may read the answers.',
      change: 'List the subdomains that need it.',
      severity: [undefined, 'medium'],
    },
  };

/** The strangers that a server allows. If it allows everybody, only that is reported. */
export function strangerMistakes(answers: readonly AuditAnswer[]): Observation[] {
  const allowsAnybody = answers.some((one) => one.question.who === 'stranger' && isNamed(one));
  return answers.flatMap((one): Observation[] => {
    const { question, answer, exchange } = one;
    const { who, origin, preflightFor } = question;
    if (who === 'nobody' || who === 'expected' || !isNamed(one)) return [];
    if (preflightFor === UNKNOWN_METHOD || (allowsAnybody && who !== 'stranger')) return [];
    // A page over https: instead of http: is no worse.
    if (who === 'other-scheme' && origin?.startsWith('https:') === true) return [];
    const withCredentials = isWithCredentials(answer);
    const { kind, what, means, change, severity: severities } = STRANGERS[who];
    const severity = severities[withCredentials ? 1 : 0];
    if (severity === undefined) return [];
    return [
      {
        kind: withCredentials ? `${kind}-with-credentials` : kind,
        severity,
        what: withCredentials ? `${what}, with credentials.` : `${what}.`,
        means: withCredentials ? `${means} They are those of the user who is signed in.` : means,
        change: [change],
        seen: linesIn(answer, [ALLOW_ORIGIN, ALLOW_CREDENTIALS]),
        exchange,
      },
    ];
  });
}
