/** What the rules say of an origin; `failed` where a function or resolver could not say anything. */
export type OriginAnswer = 'allowed' | 'refused' | 'failed';
