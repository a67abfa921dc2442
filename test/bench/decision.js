import { createRequire } from 'node:module';
import { measure } from 'mitata';
import { decideActual } from '../../.cache/build/protocol/decision/actual-request.js';
import { decidePreflight } from '../../.cache/build/protocol/decision/preflight-request.js';
import { PreflightTarget } from '../../.cache/build/protocol/decision/preflight-target.js';
import { mergeVary } from '../../.cache/build/protocol/headers/vary.js';
import { OriginMatcher } from '../../.cache/build/protocol/origin/origin-matcher.js';
import { readOriginRules } from '../../.cache/build/protocol/origin/origin-rules.js';
import {
  BUILT_IN_POLICY,
  compilePolicy,
  refine,
} from '../../.cache/build/protocol/policy/policy.js';
import { PolicyList } from '../../.cache/build/protocol/policy/policy-list.js';
import { readPolicyFields } from '../../.cache/build/protocol/policy/policy-fields.js';
import { ACTUAL_GET, PUT_PREFLIGHT, REFUSED_GET } from './cases.js';
import { EXACT_ORIGINS, ORIGIN_LISTS, ORIGIN_PATTERNS } from './origin-lists.js';
import { measureInTurn, median, summarize } from './paired.js';
import { StubReply, StubResponse } from './stub-response.js';

/** @import { Verdict } from '../../.cache/build/protocol/decision/verdict.js' */
/** @import { Case } from './cases.js' */
/** @import { Row } from './table.js' */

/** @typedef {{ method: string, url: string, headers: Record<string, string> }} StubRequest */

/** @typedef {(request: StubRequest) => StubResponse} Decide */

/** @typedef {(request: Partial<StubRequest>, response: StubResponse, next: () => void) => void} CorsHandler of `cors` */

/** @typedef {(request: object, reply: StubReply, next: () => void) => void} CorsHook of `@fastify/cors` */

const { cors, fastifyCors } = loadPeers();

const ROUNDS = 8;
const ORIGINS = ['https://app.example.com', 'https://admin.example.com'];
const OPTIONS = {
  origin: ORIGINS,
  credentials: true,
  methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
  allowedHeaders: ['authorization', 'content-type'],
  maxAge: 600,
};

/**
 * Policy and request in, headers out, without a server: `protocol/` against the functions of `cors` and
 * `@fastify/cors`. Each gets an equal request and writes to an equal response.
 *
 * @returns {Promise<Row[]>}
 */
export async function measureDecision() {
  const policies = new PolicyList([compile(OPTIONS)]);
  const target = new PreflightTarget({
    candidates: [policies],
    served: 'yes',
    methods: new Map(OPTIONS.methods.map((method) => [method, [policies]])),
  });
  /** @type {readonly { peer: string, decide: Decide, target?: number }[]} */
  const peers = [
    { peer: 'cors', decide: corsDecision(), target: 0.5 },
    { peer: '@fastify/cors', decide: fastifyCorsDecision() },
  ];
  /** @type {Decide} */
  const actual = (request) => answer(decideActual(policies, request));
  /** @type {Decide} */
  const preflight = (request) => answer(decidePreflight(request, target));
  const rows = [];
  for (const { case_, decide } of [
    { case_: ACTUAL_GET, decide: actual },
    { case_: PUT_PREFLIGHT, decide: preflight },
    { case_: REFUSED_GET, decide: actual },
  ]) {
    const { name } = case_;
    const request = toRequest(case_);
    for (const { peer, decide: theirs, target: limit } of peers) {
      rows.push({
        group: 'the decision alone',
        name,
        peer,
        unit: 'ns',
        ...(limit !== undefined && case_ !== REFUSED_GET && { target: limit }),
        ...(await compare(
          () => decide(request),
          () => theirs(request),
        )),
      });
    }
    rows.push(allocationRow(name, () => decide(request)));
  }
  return rows;
}

/**
 * Matching one origin against a list of 10,000 exact origins and 1,000 `*.` patterns. `cors` has no patterns
 * and gets an equal expression for each.
 *
 * @returns {Promise<Row[]>}
 */
export async function measureMatching() {
  const { rules } = readOriginRules(ORIGIN_LISTS.many);
  const matcher = new OriginMatcher(rules, []);
  const list = [
    ...EXACT_ORIGINS,
    ...ORIGIN_PATTERNS.map(
      (_, index) => new RegExp(`^https://[^/]+\\.family-${index}\\.example\\.net$`),
    ),
  ];
  const handler = cors({ origin: list });
  const rows = [];
  for (const { name, origin = '' } of [
    { name: 'an exact origin, the last', origin: EXACT_ORIGINS.at(-1) },
    { name: 'an origin of the last pattern', origin: ORIGIN_PATTERNS.at(-1)?.replace('*', 'shop') },
    { name: 'an origin that is not allowed', origin: 'https://evil.example' },
  ]) {
    const request = { method: 'GET', headers: { origin } };
    rows.push({
      group: 'matching, 10,000 origins + 1,000 patterns',
      name,
      peer: 'cors',
      unit: 'ns',
      target: 0.001,
      ...(await compare(
        () => matcher.allows(origin),
        () => handler(request, new StubResponse(), nothing),
      )),
    });
  }
  return rows;
}

/** @param {object} options of a policy */
function compile(options) {
  const resolved = refine(BUILT_IN_POLICY, readPolicyFields(options), {
    where: 'the benchmark',
    name: 'the benchmark',
    depth: 1,
  });
  return compilePolicy(resolved, new OriginMatcher(resolved.originRules, []));
}

/**
 * Writes a decision to a response, as the request path does.
 *
 * @param {Verdict | PromiseLike<Verdict>} verdict
 */
function answer(verdict) {
  if ('then' in verdict) throw new TypeError('Nothing here is asked that answers later.');
  const { kind, headers, vary } = verdict;
  const response = new StubResponse();
  for (const [name, value] of headers) response.setHeader(name, value);
  if (vary.length > 0) response.setHeader('Vary', mergeVary(response.getHeader('Vary'), vary));
  if (kind === 'preflight') {
    response.statusCode = 204;
    response.setHeader('Content-Length', '0');
    response.end();
  }
  return response;
}

/**
 * @param {() => unknown} ours
 * @param {() => unknown} theirs
 */
async function compare(ours, theirs) {
  /** @param {() => unknown} run */
  const timeOf = async (run) => {
    // CPU time, as the machine is shared.
    const { p50 } = await measure(run, { now: cpuTime, min_cpu_time: 50e6 });
    return p50;
  };
  return summarize(
    await measureInTurn(
      ROUNDS,
      () => timeOf(ours),
      () => timeOf(theirs),
    ),
  );
}

/**
 * What a decision allocates, against a response that gets the same headers without any decision.
 *
 * @param {string} name
 * @param {() => StubResponse} decide
 */
function allocationRow(name, decide) {
  const fields = Object.entries(decide().headers).flat();
  const bare = () => {
    const response = new StubResponse();
    for (let index = 0; index < fields.length; index += 2) {
      response.setHeader(fields[index] ?? '', fields[index + 1] ?? '');
    }
    return response;
  };
  // Both as optimized code.
  for (let call = 0; call < 50_000; call += 1) {
    decide();
    bare();
  }
  const [ours, theirs] = [allocatedBy(decide), allocatedBy(bare)];
  return {
    group: 'the decision alone',
    name: `${name}, allocated`,
    peer: 'its headers alone',
    unit: 'B',
    ours,
    theirs,
    ratio: ours / theirs,
  };
}

/**
 * Bytes for each call.
 *
 * @param {() => StubResponse} run
 */
function allocatedBy(run) {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Run node with --expose-gc.');
  const CALLS = 1000;
  const samples = [];
  let last;
  for (let sample = 0; sample < 30; sample += 1) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < CALLS; call += 1) last = run();
    samples.push((process.memoryUsage().heapUsed - before) / CALLS);
  }
  if (last === undefined) throw new Error('Nothing was run.');
  return median(samples);
}

/** Nanoseconds. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/**
 * @param {Case} case_
 * @returns {StubRequest}
 */
function toRequest({ method, headers }) {
  return {
    method,
    url: '/resources-1/42',
    headers: Object.fromEntries(
      Object.entries({ Host: 'api.example.com', ...headers }).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]),
    ),
  };
}

/** @returns {Decide} */
function corsDecision() {
  const handler = cors(OPTIONS);
  return (request) => {
    const response = new StubResponse();
    handler(request, response, nothing);
    return response;
  };
}

/**
 * `@fastify/cors` is a plugin: a stand-in for Fastify takes its hook.
 *
 * @returns {Decide}
 */
function fastifyCorsDecision() {
  /** @type {CorsHook} */
  let hook = nothing;
  const fastify = {
    decorateRequest: nothing,
    options: nothing,
    addHook: (/** @type {string} */ _name, /** @type {CorsHook} */ added) => (hook = added),
  };
  fastifyCors(fastify, OPTIONS, nothing);
  return (request) => {
    const reply = new StubReply();
    hook({ headers: request.headers, raw: request, routeOptions: { config: {} } }, reply, nothing);
    return reply;
  };
}

/**
 * The peers of this very Nest: they come with its platforms.
 *
 * @returns {{ cors: (options: object) => CorsHandler, fastifyCors: (fastify: object, options: object, done: () => void) => void }}
 */
function loadPeers() {
  const { resolve } = createRequire(import.meta.url);
  const express = createRequire(resolve('@nestjs/platform-express'));
  const fastify = createRequire(resolve('@nestjs/platform-fastify'));
  return { cors: express('cors'), fastifyCors: fastify('@fastify/cors').fastifyCors };
}

function nothing() {}
