import 'reflect-metadata';

import { openBookshop } from './bookshop.js';
import { RefusalSummary } from './refusal-summary.js';
import { Database } from './tenants/database/database.js';

try {
  const logger = new RefusalSummary('/cors#/live of the API');
  const bookshop = await openBookshop(process.env, { logger });
  const lines = [
    ['The bookshop', bookshop.api, 'start here'],
    ['CORS explorer', `${bookshop.api}/cors`, 'its policies'],
    ...bookshop.visitors.map(({ name, origin }) => [name, origin, 'the playground']),
  ].map(([name = '', address = '', about = '']) => {
    return `  ${name.padEnd(16)}${address.padEnd(30)}${about}`;
  });
  console.log(['', ...lines, ''].join('\n'));

  // The embedded database takes seconds to start, and starts when it is needed: better before somebody waits for it.
  bookshop.app
    .get(Database)
    .query('SELECT 1')
    .catch(() => {});

  const stop = () => {
    void bookshop.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  // What is wrong is a port or a setting, and its message says which; a stack trace would only hide it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
