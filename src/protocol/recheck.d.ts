// The package declares types for its main entry only, which starts processes; this entry is plain JavaScript.
declare module 'recheck/lib/browser.js' {
  import type { checkSync as check } from 'recheck';
  /** Missing where Node itself imports the file, which then has a default export only. */
  export const checkSync: typeof check | undefined;
  const recheck: { readonly checkSync: typeof check };
  export default recheck;
}
