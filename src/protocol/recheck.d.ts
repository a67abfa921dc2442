// The package declares types for its main entry only, which starts processes; this entry is plain JavaScript.
declare module 'recheck/lib/browser.js' {
  import type { checkSync } from 'recheck';
  const recheck: { readonly checkSync: typeof checkSync };
  export default recheck;
}
