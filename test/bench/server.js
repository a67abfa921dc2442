// A server under test, in a process of its own. The parent asks for what only this process can tell.
import { startApplication } from './application.js';

/** @type {import('./application.js').ApplicationSetup} */
const setup = JSON.parse(process.argv[2] ?? '');
const before = { cpu: process.cpuUsage(), heap: heapInUse() };
const application = await startApplication(setup);
const startup = {
  milliseconds: microseconds(process.cpuUsage(before.cpu)) / 1000,
  bytes: heapInUse() - before.heap,
};

process.on('message', () => {
  process.send?.({ microseconds: microseconds(process.cpuUsage()) });
});
process.on('disconnect', () => process.exit());
process.send?.({ port: application.getHttpServer().address().port, startup });

/**
 * The CPU time of the whole process: garbage collection and compilation count.
 *
 * @param {NodeJS.CpuUsage} usage
 */
function microseconds({ user, system }) {
  return user + system;
}

function heapInUse() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
