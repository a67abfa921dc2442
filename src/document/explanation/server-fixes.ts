import type { ConfigurationProblem } from '../../protocol/configuration-error.js';
import type { CorsDocument } from '../cors-document.js';
import type { DocumentedApplication } from '../documented-application.js';
import {
  type ChangedDocument,
  changeDocument,
  isModulePlace,
  type Scope,
} from './changed-document.js';
import type { CorsFix } from './cors-explanation.js';
import type { Holder } from './deciding-policy.js';
import { type Fault, faultOf } from './fault.js';
import { traceFetch } from './fetch-trace.js';
import { describeFix } from './fix-code.js';
import { furtherNeeds, type Needs } from './needs.js';
import type { ReadQuestion } from './page-question.js';
import { hasPreempted, startProblems } from './start-problems.js';

/** What is known of a request that does not get what it asks for. */
export interface FailedRequest {
  readonly question: ReadQuestion;
  readonly document: CorsDocument;
  readonly application: DocumentedApplication;
  readonly fault: Fault;
  readonly holders: readonly Holder[];
}

/** Fixes that have been tried, and why others would not start. */
export interface FoundFixes {
  readonly fixes: readonly CorsFix[];
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Looks for changes of policies after which the page gets what it asks for. Each is written into the document, held to
 * the checks of the start, and asked the request again, from the first step of the browser to the last.
 */
export async function findServerFixes(failed: FailedRequest): Promise<FoundFixes> {
  const fixes = new Map<string, CorsFix>();
  const problems = new Map<string, ConfigurationProblem>();
  for (const scope of scopesOf(failed)) {
    if (isTooMuch(scope, [...fixes.values()], failed)) continue;
    for (const needs of firstNeeds(failed, scope)) {
      const found = await repair(failed, scope, needs, problems);
      const fix = found && describeFix(failed, scope, found.needs, found.changed);
      if (fix !== undefined) fixes.set(fix.place + fix.code, fix);
    }
  }
  return {
    fixes: [...fixes.values()].sort((a, b) => a.reach - b.reach),
    problems: [...problems.values()],
  };
}

/**
 * Whether a policy of its own would say nothing more than the line that adds the origin to the policy that is there:
 * where the one as the other lets the origin send cookies, or does not.
 */
function isTooMuch(
  scope: Scope,
  found: readonly CorsFix[],
  { fault, question, document, holders }: FailedRequest,
): boolean {
  if (scope.kind === 'place' || !scope.own || fault.kind !== 'origin') return false;
  const wantsCookies = question.request.credentials === 'include';
  const hasThem = holders
    .flatMap(({ policies }) => policies)
    .some((key) => document.policies[key]?.credentials === true);
  return wantsCookies === hasThem && found.some(({ place }) => place === scope.name);
}

/** Where a change may be written: what reaches least first. */
function scopesOf({ holders, document, fault }: FailedRequest): readonly Scope[] {
  const scopes: Scope[] = [];
  const isAboutOrigin = fault.kind === 'origin' || fault.kind === 'credentials';
  for (const holder of holders) {
    if (holder.kind === 'defaults') continue;
    const { kind, name } =
      holder.kind === 'route'
        ? { kind: 'handler' as const, name: holder.route.handler }
        : { kind: 'entry' as const, name: holder.entry.entry };
    const own: Scope = { kind, name, own: true };
    const refined: Scope = { kind, name, own: false };
    if (!isAboutOrigin) scopes.push(refined);
    // A policy of its own lets one origin send cookies, and leaves the others as they are.
    else scopes.push(...(fault.kind === 'credentials' ? [own, refined] : [refined, own]));
  }
  const places = new Set<string>();
  for (const key of holders.flatMap(({ policies }) => policies)) {
    for (const place of Object.values(document.policies[key]?.said ?? {})) places.add(place);
  }
  places.add([...places].find(isModulePlace) ?? modulePlace(document));
  const handlers = new Set(document.routes.map(({ handler }) => handler));
  for (const name of places) if (!handlers.has(name)) scopes.push({ kind: 'place', name });
  return scopes;
}

/** How the call is named that gave the module its options. */
function modulePlace({ policies, paths }: CorsDocument): string {
  const said = Object.values(policies).flatMap((policy) => Object.values(policy.said));
  const [entry] = paths.map((each) => each.entry);
  const known = said.find((place) => /^[\w.]+\(\)/.test(place)) ?? entry;
  return /^[\w.]+\(\)/.exec(known ?? '')?.[0] ?? 'CorsModule.forRoot()';
}

/** What to begin with at a place. */
function firstNeeds({ question, fault, holders }: FailedRequest, scope: Scope): readonly Needs[] {
  const { origin, request } = question;
  if (scope.kind !== 'place' && scope.own) {
    return [{ origin, credentials: request.credentials === 'include' }];
  }
  const needs = furtherNeeds({}, fault, question);
  const isList = holders.some(({ policies }) => policies.length > 1);
  return [
    ...(needs === undefined ? [] : [needs]),
    // Of several policies, another one may take cookies, if only from others.
    ...(isList && fault.kind === 'credentials' ? [{ origin }] : []),
  ];
}

/** A request has at most one fault of each kind. */
const MOST_ROUNDS = 7;

async function repair(
  { question, application, holders }: FailedRequest,
  scope: Scope,
  first: Needs,
  problems: Map<string, ConfigurationProblem>,
): Promise<{ readonly needs: Needs; readonly changed: ChangedDocument } | undefined> {
  const keys = holders.flatMap(({ policies }) => policies);
  let needs: Needs | undefined = first;
  for (let round = 0; round < MOST_ROUNDS && needs !== undefined; round += 1) {
    const changed = changeDocument(application.document, scope, needs, keys);
    if (changed === undefined || hasPreempted(changed)) return undefined;
    const tried = await application.changed(changed.document);
    const found = await startProblems(changed, tried);
    if (found.length > 0) {
      for (const problem of found) problems.set(problem.code, problem);
      return undefined;
    }
    const left = faultOf(await traceFetch(question, tried), question);
    if (left === undefined) return { needs, changed };
    needs = furtherNeeds(needs, left, question);
  }
  return undefined;
}
