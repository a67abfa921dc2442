import { inspect } from 'node:util';

import { afterAll, expect, test } from '@jest/globals';

import { PathEntries } from '../../src/routing/path-entries.js';
import { PathPattern } from '../../src/routing/path-pattern.js';
import { SEED, SEEDED } from '../harness/seed.js';
import { Random } from '../harness/random.js';
import { type AppSpec, FILES, randomApp, removeFiles, setupOf } from './random-routes.js';
import { randomRequest, type RequestSpec } from './random-request.js';
import { label, NONE, type RoutedApp, startRoutedApp, TableFault } from './routed-app.js';

/*
 * The real router is the oracle: a request is sent, and the handler it reaches must be the one that the table names.
 * Where something answers that is no controller, an entry for its place must hold on the URL.
 * `SEED=… npm test -- routing/oracle` repeats a run.
 */

const LOOKUPS = Number(process.env['LOOKUPS'] ?? 5_000);
const LOOKUPS_PER_APP = 250;

interface Disagreement {
  readonly request: RequestSpec;
  readonly reached: string;
  readonly found: string;
  readonly foundByDescription: string;
  readonly foundInMiddleware: string | undefined;
  readonly candidates: readonly string[];
}

test.each(['express', 'fastify'] as const)(
  `every request reaches the handler that the table names, on %s ${SEEDED}`,
  async (adapter) => {
    const random = new Random(SEED + (adapter === 'express' ? 0 : 1));
    let lookups = 0;
    let served = 0;
    let servedOtherwise = 0;
    let refused = 0;
    let compared = 0;
    while (lookups < LOOKUPS) {
      const spec = randomApp(random, adapter);
      const app = await start(spec);
      if (app === undefined) {
        if (++refused > 50 + compared) throw new Error('Most applications are refused.');
        continue;
      }
      const disagreements: Disagreement[] = [];
      try {
        // Requests are made for what is in the table, so what is missing there would never be asked for.
        const described = app.table.routes.map(label);
        expect([...new Set(described)].sort()).toEqual(reachableOf(spec).sort());
        if (described.length === 0) continue;
        if (++compared > (4 * LOOKUPS) / LOOKUPS_PER_APP + 10)
          throw new Error('Most requests never arrive.');
        const requests = random.many(LOOKUPS_PER_APP, LOOKUPS_PER_APP, () =>
          randomRequest(random, app.table.routes, placesOf(spec)),
        );
        for (let i = 0; i < requests.length; i += 8) {
          await Promise.all(
            requests.slice(i, i + 8).map(async (request) => {
              const result = await compare(app, spec, request);
              if (result === undefined) return;
              lookups++;
              if (result.reached !== NONE) served++;
              if (result.isOther) servedOtherwise++;
              if (result.disagreement) disagreements.push(result.disagreement);
            }),
          );
        }
      } finally {
        await app.close();
      }
      if (disagreements.length > 0) throw new Error(await describeSmallest(spec, disagreements));
    }
    console.log(
      `${adapter}: ${lookups} look-ups in ${compared} applications, ${served} of them served, ${servedOtherwise} by no controller, ${refused} applications refused, SEED=${SEED}`,
    );
    // A table that finds nothing would agree with a router that is asked for nothing.
    expect(served / lookups).toBeGreaterThan(0.2);
    expect(servedOtherwise / lookups).toBeGreaterThan(0.02);
  },
  600_000,
);

afterAll(removeFiles);

/** Every handler, but those for no version at all: a URL without a version has no place among URIs with one. */
function reachableOf({ controllers, versioning, defaultVersion }: AppSpec): string[] {
  return controllers.flatMap((controller, index) =>
    controller.handlers.flatMap((handler, number) => {
      const version = handler.version ?? controller.version ?? defaultVersion;
      const isNowhere = versioning === 'uri' && Array.isArray(version) && version.length === 0;
      return isNowhere ? [] : [`C${index}.h${number}`];
    }),
  );
}

/** The paths of what is served without a controller. */
function placesOf({ others }: AppSpec): readonly string[] {
  return others.flatMap(({ kind, path }) =>
    kind === 'files'
      ? FILES.map((file) => `${path === '/' ? '' : path}/${file}`)
      : [path, `${path}/more`],
  );
}

function holdsAt(pattern: string, target: string): boolean {
  const entry = { pattern: new PathPattern(pattern), payload: pattern };
  return new PathEntries([entry], 'path-to-regexp').holdersAt(target).entries.includes(entry);
}

/** `undefined` for a random application that the framework itself refuses, as Fastify does two routes alike. */
async function start(spec: AppSpec): Promise<RoutedApp | undefined> {
  try {
    return await startRoutedApp(setupOf(spec));
  } catch (error) {
    if (error instanceof TableFault) throw error;
    if (process.env['VERBOSE']) console.log(String(error));
    return undefined;
  }
}

/** `undefined` for a request that Node's parser does not let through. */
async function compare(
  app: RoutedApp,
  spec: AppSpec,
  request: RequestSpec,
): Promise<{ reached: string; isOther: boolean; disagreement?: Disagreement } | undefined> {
  const { method, target, headers } = request;
  const {
    handler: reached = NONE,
    served,
    foundInMiddleware,
    arrived,
  } = await app.reach(method, target, headers);
  if (!arrived) return undefined;
  const isOther = served !== undefined;
  if (isOther) {
    if (holdsAt(served, target)) return { reached, isOther };
    const disagreement = {
      request,
      reached: served,
      found: NONE,
      foundByDescription: NONE,
      foundInMiddleware,
      candidates: [],
    };
    return { reached, isOther, disagreement };
  }
  // Mounts that pass on may have left another URL.
  if (headers['x-other'] !== undefined) return { reached, isOther };

  const found = label(app.table.find({ method, url: target, headers }));
  // What code reads off a request is not described, nor how Nest's Fastify adapter reads odd URLs a second time.
  const isOdd = spec.adapter === 'fastify' && !/^(?:\/[\w.~-]+)*(?:\?.*)?$/.test(target);
  const foundByDescription =
    isOdd || spec.versioning === 'custom' || hasSecrets(spec)
      ? found
      : label(app.described.find({ method, url: target, headers }));
  const { host } = headers;
  const preflight = app.table.at({ method: 'OPTIONS', url: target, headers: { host } }, method);
  const candidates = preflight.candidates.map(label);
  const isAmbiguous =
    ['header', 'media-type', 'custom'].includes(spec.versioning) || hasSecrets(spec);
  // Fastify runs no middleware for a URL that its router refuses.
  const foundByRequest = foundInMiddleware ?? (spec.adapter === 'fastify' ? NONE : undefined);
  const agrees =
    found === reached &&
    foundByDescription === reached &&
    foundByRequest === reached &&
    (reached === NONE || candidates.includes(reached)) &&
    (isAmbiguous || (candidates[0] ?? NONE) === reached);
  return agrees
    ? { reached, isOther }
    : {
        reached,
        isOther,
        disagreement: {
          request,
          reached,
          found,
          foundByDescription,
          foundInMiddleware,
          candidates,
        },
      };
}

function hasSecrets(spec: AppSpec): boolean {
  return spec.controllers.some(({ handlers }) =>
    handlers.some(({ secret }) => secret !== undefined),
  );
}

/** The simplest of the disagreements, and as little of the application as shows it. */
async function describeSmallest(
  spec: AppSpec,
  disagreements: readonly Disagreement[],
): Promise<string> {
  const { request } = disagreements.reduce((a, b) =>
    b.request.target.length < a.request.target.length ? b : a,
  );
  const disagreementOf = async (smaller: AppSpec): Promise<Disagreement | undefined> => {
    const app = await start(smaller);
    const result = app && (await compare(app, smaller, request));
    await app?.close();
    return result?.disagreement;
  };
  let smallest = spec;
  let disagreement = await disagreementOf(spec);
  const attempt = async (smaller: AppSpec): Promise<void> => {
    const still = await disagreementOf(smaller);
    if (still) [smallest, disagreement] = [smaller, still];
  };
  for (const controller of spec.controllers) {
    await attempt({
      ...smallest,
      controllers: smallest.controllers.filter((one) => one !== controller),
    });
  }
  for (let i = 0; i < smallest.controllers.length; i++) {
    for (const handler of smallest.controllers[i]!.handlers) {
      await attempt({
        ...smallest,
        controllers: smallest.controllers.map((one, index) =>
          index === i ? { ...one, handlers: one.handlers.filter((h) => h !== handler) } : one,
        ),
      });
    }
  }
  return `SEED=${SEED}: ${disagreements.length} disagreements\n${inspect({ disagreement, app: smallest }, { depth: 9 })}`;
}
