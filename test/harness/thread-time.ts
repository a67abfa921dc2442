import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds that the main thread of a process has run, by its id. */
type ThreadTimes = ReadonlyMap<number, number>;

/**
 * What the busiest main thread among the processes that this one has started, and those that they have started, runs
 * while something is done: the time that a page takes, whatever else the machine does. In milliseconds; `undefined`
 * where the system has no /proc.
 */
export async function busiestThread(work: () => Promise<unknown>): Promise<number | undefined> {
  const before = threadTimes();
  await work();
  const added = [...threadTimes()].map(([id, time]) => time - (before.get(id) ?? 0));
  return added.length === 0 ? undefined : Math.max(...added);
}

function threadTimes(): ThreadTimes {
  const parents = new Map<number, number>();
  for (const id of processes()) {
    // After the name, which may hold anything, come the state and the parent (proc_pid_stat(5)).
    const [, parent] = /\) \S (\d+)/.exec(read(id, 'stat')) ?? [];
    parents.set(id, Number(parent));
  }
  const isOurs = (id: number): boolean => {
    const parent = parents.get(id);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  const times = new Map<number, number>();
  for (const id of parents.keys()) {
    if (!isOurs(id)) continue;
    times.set(id, Number(read(id, 'schedstat').split(' ')[0]) / 1e6);
  }
  return times;
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** What the system says of a process; nothing of one that has just ended. */
function read(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
