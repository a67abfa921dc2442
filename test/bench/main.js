// Measures what this module costs, next to what it replaces:
// npm run bench -- [--json] [--only <part>]... [--adapter <name>]...
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureDecision, measureMatching } from './decision.js';
import { measureGrowth, measureStartup } from './growth.js';
import { formatTable } from './table.js';
import { measureWholeProcess } from './whole-process.js';

const PARTS = {
  'whole-process': measureWholeProcess,
  decision: measureDecision,
  matching: measureMatching,
  growth: measureGrowth,
  startup: measureStartup,
};
const ADAPTERS = ['express', 'fastify'];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** One part, several times for several. */
    only: { type: 'string', multiple: true, default: Object.keys(PARTS) },
    adapter: { type: 'string', multiple: true, default: ADAPTERS },
  },
});
const unknown = values.only.filter((part) => !(part in PARTS));
if (unknown.length > 0) {
  throw new RangeError(
    `No part is called ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`,
  );
}

const rows = [];
for (const part of values.only) {
  process.stderr.write(`${part} …\n`);
  rows.push(...(await PARTS[part]({ adapters: values.adapter })));
}
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg()[0],
};
console.log(
  values.json
    ? JSON.stringify({ machine, rows }, undefined, 2)
    : `${formatTable(rows)}\n\n${Object.values(machine).join(', ')} (load average)`,
);
