import type { CorsDecision } from '../../decision/cors-decision.js';
import type { CorsDocument } from '../cors-document.js';
import type { Holder } from './deciding-policy.js';
import type { Fault } from './fault.js';
import { type ReadQuestion, serverName, shownUrl } from './page-question.js';
import { normalizeMethod } from '../../fetch/request.js';
import type { FoundFixes } from './server-fixes.js';
import { listed, short } from './short-text.js';

/** What there is to know besides fixes. */
interface Known {
  readonly question: ReadQuestion;
  readonly document: CorsDocument;
  readonly fault: Fault | undefined;
  readonly found: FoundFixes;
  readonly decision: CorsDecision | undefined;
  readonly holders: readonly Holder[];
  readonly on: readonly string[];
}

/** Why there is no fix, or none that is safe, and what else to do. */
export function adviceOn(known: Known): readonly string[] {
  return [...onDependence(known), ...onRoute(known), ...onFault(known), ...onProblems(known)];
}

function onDependence({ on }: Known): readonly string[] {
  return on.length === 0
    ? []
    : [`Ask the running application, or go on from an answer: assume yes or no for ${listed(on)}.`];
}

function onRoute({ question, document, decision, holders }: Known): readonly string[] {
  const isUnserved = holders.some(({ kind }) => kind === 'defaults');
  if (decision === undefined || !isUnserved) return [];
  const method = question.request.method.toUpperCase();
  const known = document.routes.filter(({ path }) => couldBe(path, question));
  const methods = [...new Set(known.map((route) => route.method))];
  const served =
    methods.length === 0
      ? 'No route of a controller is there'
      : `The routes there serve ${listed(methods)}`;
  const { method: written } = question.request;
  if (methods.includes(method) && normalizeMethod(written) !== method) {
    return [
      `No route serves ${written}: methods are case-sensitive, and fetch() makes some of them upper case, but not this one. Write ${method} in the page.`,
    ];
  }
  return [
    `No route serves ${method} ${short(shownUrl(question))}, so the default policy holds, and the application answers 404 unless something else is there. ${served}. Correct method or URL, or add the route; what app.use() or the adapter serves gets its policy by an entry in paths.`,
  ];
}

/** Whether a path of a route has the segments of the URL, parameters aside. */
function couldBe(path: string, { request }: ReadQuestion): boolean {
  const segments = path.split('/').filter((part) => part !== '');
  const asked = new URL(request.url).pathname.split('/').filter((part) => part !== '');
  return (
    segments.length === asked.length &&
    segments.every((part, index) => part.startsWith(':') || part === asked[index])
  );
}

function onFault({ question, fault, decision }: Known): readonly string[] {
  switch (fault?.kind) {
    case 'forbidden-method':
      return ['No browser lets a page send this method, whatever the server says. Use another.'];
    case 'origin':
      return fault.failed
        ? [
            `${decision?.message ?? ''} A request that it cannot answer for gets 503. It is not asked about origins that are listed beside it.`,
          ]
        : [];
    case 'not-exposed':
      return fault.names.some((name) => /^set-cookie2?$/i.test(name))
        ? ['No page may read Set-Cookie, whatever the server says. Send what it needs in the body.']
        : [];
    case 'opaque':
      return [
        'With mode no-cors, no page can read an answer, whatever the server says. Ask with mode cors.',
      ];
    case 'same-origin-mode':
      return [
        `Mode same-origin is for the page's own origin. ${serverName(question)} is another one.`,
      ];
    case 'mixed-content':
      return ['Serve the API from https:. No policy lets a page from https: ask http:.'];
    case 'bad-port':
      return ['Serve the API on another port. No browser asks this one, whatever the server says.'];
    default:
      return [];
  }
}

/** What else to do, where the start would refuse what is asked for. */
const INSTEAD: Readonly<Record<string, string>> = {
  'null-origin-with-credentials':
    'Give the page an origin of its own: serve it from https:, and let its frame have sandbox="… allow-same-origin"; or let it ask without credentials.',
  'insecure-origin-with-credentials':
    'Serve the page from https:, and allow that origin; or let it ask without credentials.',
  'any-origin-with-credentials':
    'Name the origins that may send cookies, in a policy in front of the one for everybody.',
  'any-origin-with-isolate': 'List the origins, or leave isolate out.',
};

function onProblems({ found: { fixes, problems } }: Known): readonly string[] {
  const isFixed = fixes.some(({ side }) => side === 'server');
  if (isFixed) return [];
  return problems.map(
    ({ code, message, hint }) =>
      `No policy may allow this. ${short(message)} ${INSTEAD[code] ?? short(hint)}`,
  );
}
