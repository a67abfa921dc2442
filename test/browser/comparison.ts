import { METHODS } from 'node:http';
import type { AppSpec } from './app-spec.js';
import { chromiumReasons } from './chromium-reason.js';
import type { Refusal } from './engines/browser.js';
import { ENGINE_RULES, type EngineRules } from '../../src/fetch/engine-rules.js';
import type { FetchStep } from '../../src/fetch/fetch-step.js';
import { CookieJar } from '../../src/fetch/cookie-jar.js';
import { type Caller, pageFetch } from '../../src/fetch/page-fetch.js';
import { loadPublicSuffixes } from '../../src/fetch/public-suffixes.js';
import { PreflightCache } from '../../src/fetch/preflight-cache.js';
import type {
  PageRequest,
  PageResponse,
  WireRequest,
  WireResponse,
} from '../../src/fetch/request.js';
import { isAccountedFor } from './handler-headers.js';
import { type CallerPlace, type Origins, PLACES } from './places.js';
import { answerPlainly } from './plain-server.js';
import type { RequestSpec } from './random-request.js';
import type { Exchange } from './stage.js';

/** What can be told of one case, predicted or observed. */
export interface Account {
  /** For each time that the page sent it. */
  readonly page: readonly (
    | (Omit<PageResponse, 'headers'> & { readonly headers: string })
    | 'rejects'
  )[];
  readonly wire: readonly WireAccount[];
  /**
   * The reasons of the requests that were refused, in order: of each, those that are predicted, of which the engine gives
   * one. Left out of an engine that does not tell.
   */
  readonly refusals?: { readonly issues: Reasons; readonly loading: Reasons };
}

type Reasons = readonly (readonly string[])[];

interface WireAccount {
  readonly request: string;
  readonly origin: string;
  readonly referrer: string;
  readonly cookie: boolean;
  /** Whether it says that it comes from a page of the same origin; all else that it may say is one to a server. */
  readonly saysSameOrigin: boolean;
  readonly asks: string;
  readonly status: number | undefined;
  readonly cors: string;
}

/** What the model makes of a request, with the README's rules in the place of the server. */
export async function predict(
  spec: AppSpec,
  request: RequestSpec,
  pageRequest: PageRequest,
  origins: Origins,
  rules: EngineRules,
): Promise<Account> {
  await loadPublicSuffixes();
  const wire: WireAccount[] = [];
  const server = (sent: WireRequest): Promise<WireResponse> => {
    // Node's parser answers for itself to what it does not know; `patch` in lower case, for instance.
    if (!METHODS.includes(sent.method)) return Promise.resolve({ status: 400, headers: {} });
    const answer = answerPlainly(spec, origins, sent);
    wire.push(wireAccount(sent, answer.status, answer.headers, origins));
    const cookies = answer.headers['set-cookie'];
    return Promise.resolve({ ...answer, ...(cookies !== undefined && { cookies: [cookies] }) });
  };
  const caller: Caller = {
    origin: request.from === 'sandbox' ? 'null' : origins[request.from],
    pageAround: origins[pageOf(request.from)],
    url: `${origins[pageOf(request.from)]}/__page/`,
    cache: new PreflightCache(rules),
    rules,
    cookies: pageCookies(origins, rules),
  };
  const page: Account['page'][number][] = [];
  const issues: (readonly string[])[] = [];
  const loading: (readonly string[])[] = [];
  for (let time = 0; time < request.times; time += 1) {
    const steps: FetchStep[] = [];
    page.push(
      pageAccount(await pageFetch(caller, pageRequest, server, (step) => steps.push(step))),
    );
    const reasons = steps.flatMap(chromiumReasons);
    if (reasons.length === 0) continue;
    issues.push(reasons);
    // What the page's own process refuses never comes to a loader.
    if (steps.some(({ name }) => name === 'preflight' || name === 'request')) loading.push(reasons);
  }
  return { page, wire, ...(rules === ENGINE_RULES.Chromium && { refusals: { issues, loading } }) };
}

/** What the pages of the stage have set. */
function pageCookies(origins: Origins, rules: EngineRules): CookieJar {
  const cookies = new CookieJar(rules, rules.thirdPartyCookies);
  for (const page of Object.values(origins)) {
    cookies.store(['session=1; Path=/; SameSite=Lax'], { url: page, page });
  }
  return cookies;
}

/** What a page tells of each time that it sent a request. */
export type PageReport = readonly (PageResponse | { readonly rejects: string })[];

/** What happened, in the same words. */
export function observe(
  report: PageReport,
  exchanges: readonly Exchange[],
  origins: Origins,
  refusals?: readonly Refusal[],
): Account {
  const reasons = (said: Refusal['said']) =>
    (refusals ?? []).filter((one) => one.said === said).map(({ reason }) => [reason]);
  return {
    page: report.map((one) => pageAccount('rejects' in one ? undefined : one)),
    wire: exchanges.map(({ method, url, requestHeaders, status, responseHeaders }) => {
      const headers = Object.fromEntries(
        Object.entries(requestHeaders).map(([name, value]) => [name, String(value)]),
      );
      return wireAccount({ method, url, headers }, status, responseHeaders, origins);
    }),
    ...(refusals && { refusals: { issues: reasons('issue'), loading: reasons('loading') } }),
  };
}

/** Whether what happened is what was predicted, word for word but for a reason that may be one of several. */
export function agree(predicted: Account, observed: Account): boolean {
  const { refusals: foreseen, ...foreseenRest } = predicted;
  const { refusals: told, ...observedRest } = observed;
  return (
    JSON.stringify(foreseenRest) === JSON.stringify(observedRest) &&
    areAmong(told?.issues ?? [], foreseen?.issues ?? []) &&
    areAmong(told?.loading ?? [], foreseen?.loading ?? [])
  );
}

function areAmong(told: Reasons, foreseen: Reasons): boolean {
  return (
    told.length === foreseen.length &&
    told.every(([reason = ''], index) => foreseen[index]?.includes(reason) === true)
  );
}

function pageAccount(response: PageResponse | undefined): Account['page'][number] {
  if (response === undefined) return 'rejects';
  const { type, status, redirected, headers } = response;
  const readable = [...new Set(headers)].filter(isAccountedFor).sort().join(' ');
  return { type, status, redirected, headers: readable };
}

function wireAccount(
  { method, url, headers }: WireRequest,
  status: number | undefined,
  responseHeaders: Readonly<Record<string, string>>,
  origins: Origins,
): WireAccount {
  const { origin, pathname } = new URL(url);
  const asked = headers['access-control-request-method'];
  const names = headers['access-control-request-headers'] ?? '';
  return {
    request: `${method} ${nameOf(origin, origins)}${pathname}`,
    origin: nameOf(headers['origin'] ?? '', origins),
    referrer: referrerOf(headers['referer'], origins),
    cookie: headers['cookie'] !== undefined,
    saysSameOrigin: headers['sec-fetch-site'] === 'same-origin',
    asks: asked === undefined ? '' : `${asked} ${names.replaceAll(' ', '')}`,
    status,
    cors: Object.entries(responseHeaders)
      .filter(([name]) => name.startsWith('access-control-'))
      .map(([name, value]) => `${name.replace('access-control-', '')}: ${value}`)
      .sort()
      .join('; '),
  };
}

function referrerOf(referrer: string | undefined, origins: Origins): string {
  if (referrer === undefined) return '';
  const { origin, pathname } = new URL(referrer);
  return nameOf(origin, origins) + pathname;
}

/** The place of an origin, so that what is printed says more than a port does. */
function nameOf(origin: string, origins: Origins): string {
  return PLACES.find((place) => origins[place] === origin) ?? origin;
}

/** The page that has to send it. */
export function pageOf(from: CallerPlace): Exclude<CallerPlace, 'sandbox'> {
  return from === 'sandbox' ? 'shop' : from;
}
