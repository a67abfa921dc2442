/** The origins that look at the API: who they stand for, and the environment variable of their port. */
export const VISITORS = [
  { id: 'shop', name: 'Shop front end', portVariable: 'SHOP_PORT' },
  { id: 'partner', name: 'Partner', portVariable: 'PARTNER_PORT' },
  { id: 'stranger', name: 'Stranger', portVariable: 'STRANGER_PORT' },
] as const;

export type VisitorId = (typeof VISITORS)[number]['id'];
