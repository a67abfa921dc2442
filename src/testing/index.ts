export { openPage, type PageOptions } from './open-page.js';
export { openTo, type OpenResource } from './open-to.js';
export type { Page } from './page.js';
export type { PageCookies } from './page-cookies.js';
export type { HeaderLines, PageExchange } from './page-exchange.js';
export type { BlockedFetch } from './blocked-fetch.js';
export type { Cookie } from '../fetch/cookie.js';
export type { ThirdPartyCookies } from '../fetch/cookie-jar.js';
export type { EngineName } from '../fetch/engine-rules.js';
