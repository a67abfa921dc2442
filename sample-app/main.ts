import 'reflect-metadata';

import { openBookshop } from './bookshop.js';
import { Database } from './tenants/database/database.js';

try {
  const bookshop = await openBookshop();
  const lines = [
    ['Bookshop API', bookshop.api],
    ...bookshop.visitors.map(({ name, origin }) => [name, origin]),
  ].map(([name = '', address = '']) => `  ${name.padEnd(16)}${address}`);
  const [api = '', ...pages] = lines;
  console.log(
    ['', api, '', 'The playground, from each of three other origins:', ...pages, ''].join('\n'),
  );

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
