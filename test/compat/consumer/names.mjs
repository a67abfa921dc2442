// Prints the functions and classes that modules of the installed package export: where, as what, and their own names.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { stdout } from 'node:process';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const dist = resolve('node_modules/nestjs-cors/dist');
const rows = [];
for (const half of ['esm', 'cjs']) {
  for (const file of readdirSync(join(dist, half), { recursive: true, encoding: 'utf8' })) {
    // What is in `cli/` begins to run when it is loaded.
    if (!file.endsWith('.js') || file.startsWith('cli')) continue;
    const path = join(dist, half, file);
    const exported = half === 'esm' ? await import(pathToFileURL(path).href) : require(path);
    for (const [key, value] of Object.entries(exported))
      if (typeof value === 'function') rows.push({ half, file, key, name: value.name });
  }
}
stdout.write(JSON.stringify(rows));
