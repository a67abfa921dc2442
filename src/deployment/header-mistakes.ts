import { isSerializedOrigin } from '../protocol/origin/origin.js';
import {
  ALLOW_CREDENTIALS,
  ALLOW_ORIGIN,
  type AuditAnswer,
  isWithCredentials,
  linesIn,
} from './audit-answer.js';
import { membersOf, valuesOf } from './deployed-server.js';
import type { Observation } from './finding.js';

/** Seconds: Firefox keeps no preflight for longer, Chromium for 7200. */
const LONGEST_MAX_AGE = 86_400;

/** RFC 9110, "token". */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;

const SINGLE = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-allow-private-network',
];

const LISTS = [
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
];

const REMEDY: Readonly<Record<string, string>> = {
  'access-control-allow-origin':
    'Send exactly one origin: the one that asks, if it is on the list; no list, no path, no slash at its end, no pattern.',
  'access-control-allow-credentials': 'Send true, in lower case, or leave the header out.',
  'access-control-max-age': 'Send whole seconds.',
  'access-control-allow-private-network': 'Send true, in lower case, or leave the header out.',
};

/** What is wrong with the headers, whoever asked. */
export function headerMistakes(answers: readonly AuditAnswer[]): Observation[] {
  return [
    ...answers.flatMap(wildcardMistakes),
    ...varyMistakes(answers),
    ...answers.flatMap(valueMistakes),
  ];
}

/** `*` where credentials make it mean nothing (Fetch, "CORS check" and "CORS-preflight fetch"). */
function wildcardMistakes({ answer, exchange }: AuditAnswer): Observation[] {
  if (!isWithCredentials(answer) || valuesOf(answer, ALLOW_ORIGIN).length === 0) return [];
  const starred = LISTS.filter((name) => membersOf(answer, name).includes('*'));
  if (valuesOf(answer, ALLOW_ORIGIN).includes('*')) {
    return [
      {
        kind: 'any-origin-with-credentials',
        severity: 'medium',
        what: 'Access-Control-Allow-Origin is *, and Access-Control-Allow-Credentials is true.',
        means: 'Browsers refuse every request with cookies; without them any page may read.',
        change: [
          'Leave credentials out if the data are public; otherwise list the origins, and send back the one that asks.',
        ],
        seen: linesIn(answer, [ALLOW_ORIGIN, ALLOW_CREDENTIALS]),
        exchange,
      },
    ];
  }
  if (starred.length === 0) return [];
  return [
    {
      kind: 'wildcard-with-credentials',
      severity: 'medium',
      what: `* stands in ${starred.join(' and ')}, together with credentials.`,
      means: 'For requests with cookies browsers take * for a name, which covers nothing.',
      change: ['Write the names out.'],
      seen: linesIn(answer, [...starred, ALLOW_CREDENTIALS]),
      exchange,
    },
  ];
}

/** Where answers differ by `Origin`, each of them has to say so, or a cache hands out the wrong one. */
function varyMistakes(answers: readonly AuditAnswer[]): Observation[] {
  const reads = answers.filter(({ question }) => question.preflightFor === undefined);
  const values = new Set(reads.map(({ answer }) => valuesOf(answer, ALLOW_ORIGIN).join()));
  if (values.size < 2) return [];
  return reads
    .filter(({ answer }) => {
      const vary = membersOf(answer, 'vary');
      const isStored = !membersOf(answer, 'cache-control').includes('no-store');
      return isStored && !vary.includes('origin') && !vary.includes('*');
    })
    .map(({ answer, exchange }) => ({
      kind: 'vary-missing',
      severity: 'medium',
      what: 'Answers differ by Origin, and do not all say so: Vary: Origin is missing.',
      means: 'A cache may give one origin the answer that was made for another, or for none.',
      change: ['Send Vary: Origin with every answer of the URL, also where there is no Origin.'],
      seen: linesIn(answer, [ALLOW_ORIGIN, 'vary']),
      exchange,
    }));
}

/** Values that no browser takes, and headers that are there twice. */
function valueMistakes({ answer, exchange }: AuditAnswer): Observation[] {
  const found: Observation[] = [];
  const add = (name: string, mistake: Omit<Observation, 'seen' | 'exchange'>): void => {
    found.push({ ...mistake, seen: linesIn(answer, [name]), exchange });
  };
  for (const name of SINGLE) {
    const values = valuesOf(answer, name);
    const [value] = values;
    if (value === undefined) continue;
    if (values.length > 1) {
      add(name, {
        kind: 'doubled-header',
        severity: 'medium',
        what: 'A header that may appear once appears twice.',
        means: 'Browsers join both values, and the result is neither.',
        change: ['Let one of the two write it: the application, or the proxy before it.'],
      });
    } else if (!isValid(name, value)) {
      add(name, {
        kind: `invalid-${name.slice('access-control-'.length)}`,
        severity: 'medium',
        what: `${name} has a value that no browser accepts.`,
        means: 'Browsers take it as if it were not there, and pages get a CORS error.',
        change: [REMEDY[name] ?? ''],
      });
    } else if (name === 'access-control-max-age' && Number(value) > LONGEST_MAX_AGE) {
      add(name, {
        kind: 'max-age-too-long',
        severity: 'low',
        what: 'Access-Control-Max-Age is longer than a day.',
        means:
          'Chromium keeps a preflight for 7200 seconds, Firefox for 86400; elsewhere a mistake stays as long as this.',
        change: ['Send 7200.'],
      });
    }
  }
  for (const name of LISTS) {
    const invalid = membersOf(answer, name).find((member) => !TOKEN.test(member));
    if (invalid === undefined) continue;
    add(name, {
      kind: `invalid-${name.slice('access-control-'.length)}`,
      severity: 'medium',
      what: `${name} is not a list of names.`,
      means: 'Browsers take it as if it were not there.',
      change: ['Write the names with commas between them, without quotes or brackets.'],
    });
  }
  return found;
}

function isValid(name: string, value: string): boolean {
  switch (name) {
    case 'access-control-allow-origin':
      return (
        value === '*' ||
        value === 'file://' ||
        // Nobody's host has a star, though URLs may.
        (isSerializedOrigin(value) && !value.includes('*'))
      );
    case 'access-control-max-age':
      return /^\d+$/.test(value);
    default:
      return value === 'true' || value === 'false';
  }
}
