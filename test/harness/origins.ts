/** Whose pages most applications of the tests allow. */
export const APP = 'https://app.example.com';
export const ADMIN = 'https://admin.example.com';
export const SHOP = 'https://shop.example.com';
/** Of another site than the API, and allowed somewhere. */
export const PARTNER = 'https://partner.example';

/** Whose pages nobody allows. */
export const EVIL = 'https://evil.example';
export const STRANGER = 'https://stranger.example';
