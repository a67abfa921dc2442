/* `scripts/build-page.js` makes the module of `explorer-page/`. */

/** What the page runs; one file, without source map. */
export const PAGE_SCRIPT: string;
export const PAGE_STYLE: string;
export const PAGE_ICON: string;
