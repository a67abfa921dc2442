/** The origins that look at the API: who they stand for, and the environment variable of their port. */
export const VISITORS = [
  { id: 'shop', name: 'Shop', portVariable: 'SHOP_PORT' },
  { id: 'partner', name: 'Partner', portVariable: 'PARTNER_PORT' },
  { id: 'stranger', name: 'Stranger', portVariable: 'STRANGER_PORT' },
] as const;

export type VisitorId = (typeof VISITORS)[number]['id'];

/** One of them, with the origin that its page really has. */
export interface Visitor {
  readonly id: VisitorId;
  readonly name: string;
  readonly origin: string;
}

/** @throws RangeError if there is no such visitor */
export function originOf(visitors: readonly Visitor[], id: string | null): string {
  const found = visitors.find((visitor) => visitor.id === id);
  if (found === undefined) throw new RangeError('There is no such visitor.');
  return found.origin;
}

export function isVisitorId(text: unknown): text is VisitorId {
  return VISITORS.some(({ id }) => id === text);
}
