/** The least milliseconds of processor time that some work took: what other processes do does not count. */
export async function cpuTime(work: () => unknown, times = 1): Promise<number> {
  let least = Infinity;
  for (let time = 0; time < times; time += 1) {
    const begun = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(begun);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
