export { CorsExplorerModule } from './cors-explorer.module.js';
export type { CorsExplorerOptions } from './explorer-options.js';
