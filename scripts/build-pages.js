// Builds what tests and `npm start` serve: the explorer's page and the playground's.
import { fileURLToPath } from 'node:url';
import buildPageOfSources from './build-page.js';
import buildPlayground from './build-playground.js';

export default async function buildPages() {
  await Promise.all([buildPageOfSources(), buildPlayground()]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPages();
