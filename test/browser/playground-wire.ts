import type { Bookshop } from '../../sample-app/bookshop.js';
import type { RunResult } from '../../playground/run-result.js';
import { originOf, type VisitorId } from '../../playground/visitors.js';

/** What CORS is about in the requests of a scenario and in their answers, a line each; by the scenario's name. */
export type Wire = Readonly<Record<string, readonly string[]>>;

/**
 * What went over the wire when everything was run from an origin last. Without `Vary: Accept`, which Express says of its
 * redirects, as it writes them as text or as HTML.
 */
export async function wireOf(bookshop: Bookshop, visitor: VisitorId): Promise<Wire> {
  const recorded = await fetch(`${originOf(bookshop.visitors, visitor)}/results`);
  const results = ((await recorded.json()) as Record<VisitorId, Record<string, RunResult>>)[
    visitor
  ];
  const named = (value: string) =>
    bookshop.visitors.reduce((text, { id, origin }) => text.replaceAll(origin, id), value);
  return Object.fromEntries(
    Object.entries(results).map(([scenario, { log }]) => [
      scenario,
      log.map(({ method, preflight, origin, cookie, status, corsHeaders }) => {
        const headers = Object.entries(corsHeaders).map(([name, value]) =>
          status === 302 && name === 'vary'
            ? `${name}: ${value.replace(/^Accept, /, '')}`
            : `${name}: ${value}`,
        );
        return named(
          JSON.stringify([method, { preflight, origin, cookie, status }, ...headers.sort()]),
        );
      }),
    ]),
  );
}
