/** The origins that look at the API: who they stand for, and the environment variable of their port. */
export const VISITORS = [
  { id: 'shop', name: 'Shop', portVariable: 'SHOP_PORT' },
  { id: 'partner', name: 'Partner', portVariable: 'PARTNER_PORT' },
  { id: 'stranger', name: 'Stranger', portVariable: 'STRANGER_PORT' },
] as const;

export type VisitorId = (typeof VISITORS)[number]['id'];

export function isVisitorId(text: unknown): text is VisitorId {
  return VISITORS.some(({ id }) => id === text);
}
