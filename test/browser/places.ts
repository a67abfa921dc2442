/**
 * The origins of the tests, by name; their ports differ from run to run, so that random applications and requests
 * name them like this.
 *
 * | name | what it is |
 * | --- | --- |
 * | `api` | the application |
 * | `mirror` | the same application on another port, and so of another origin |
 * | `shop`, `partner` | pages on other ports of `localhost` |
 * | `branch` | a page on `shop.localhost`, which is another site |
 */
export const PLACES = ['api', 'mirror', 'shop', 'partner', 'branch'] as const;
export type Place = (typeof PLACES)[number];

/** Where pages call from: a place, or a sandboxed frame on a page of `shop`, whose origin is opaque. */
export type CallerPlace = Place | 'sandbox';

export type Origins = Readonly<Record<Place, string>>;

/** Puts ports in the place of `{shop}` and the like. */
export function withPorts(text: string, origins: Origins): string {
  return text.replace(/\{(\w+)\}/g, (_, place: Place) => new URL(origins[place]).port);
}
