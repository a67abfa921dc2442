/**
 * The origin of a page, checked.
 *
 * @throws TypeError for what no browser would send as `Origin`
 */
export function requireOrigin(origin: string): string {
  if (origin === 'null') return origin;
  const shown = JSON.stringify(origin.slice(0, 200));
  if (!URL.canParse(origin)) {
    throw new TypeError(
      `${shown} is not the origin of a page: give one such as https://shop.example.com, or null for a sandboxed frame.`,
    );
  }
  const { origin: serialized } = new URL(origin);
  if (serialized === origin) return origin;
  throw new TypeError(
    serialized === 'null'
      ? `Pages of ${shown} have the opaque origin: give null.`
      : `${shown} is not an origin as browsers write it: give ${serialized}.`,
  );
}
