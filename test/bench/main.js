// Measures what this module costs, next to what it replaces:
// npm run bench -- [--json] [--only <part>]... [--adapter <name>]...
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureDecision, measureMatching } from './decision.js';
import { measureGrowth, measureStartup } from './growth.js';
import { formatTable } from './table.js';
import { measureWholeProcess } from './whole-process.js';

/** @import { ApplicationSetup } from './application.js' */
/** @import { Row } from './table.js' */

/** @type {Readonly<Record<string, (of: { adapters: readonly ApplicationSetup['adapter'][] }) => Promise<Row[]>>>} */
const PARTS = {
  'whole-process': measureWholeProcess,
  decision: measureDecision,
  matching: measureMatching,
  growth: measureGrowth,
  startup: measureStartup,
};
/** @type {readonly ApplicationSetup['adapter'][]} */
const ADAPTERS = ['express', 'fastify'];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** One part, several times for several. */
    only: { type: 'string', multiple: true, default: Object.keys(PARTS) },
    adapter: { type: 'string', multiple: true, default: [...ADAPTERS] },
  },
});
const adapters = values.adapter.map((name) => {
  const adapter = ADAPTERS.find((each) => each === name);
  if (adapter === undefined) {
    throw new RangeError(`No adapter is called ${name}: ${ADAPTERS.join(', ')}.`);
  }
  return adapter;
});
const parts = values.only.map((part) => {
  const measure = PARTS[part];
  if (measure === undefined) {
    throw new RangeError(`No part is called ${part}: ${Object.keys(PARTS).join(', ')}.`);
  }
  return { part, measure };
});

const rows = [];
for (const { part, measure } of parts) {
  process.stderr.write(`${part} …\n`);
  rows.push(...(await measure({ adapters })));
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
