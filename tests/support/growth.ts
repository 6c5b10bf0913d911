import process from 'node:process';

const ATTEMPTS = 3;
/** Shorter work is done several times: what is measured must outweigh what the measuring costs. */
const LEAST_US = 4_000;

/**
 * How many times the CPU time that the work at `from` takes the work at `to` takes. It is the same on every machine, however
 * busy: neither a clock nor a speed is in it. Of some attempts the cheapest count, as others pay for compiling and collecting.
 */
export async function growth(
  work: (size: number) => unknown,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const cost = async (size: number): Promise<number> => {
    let cheapest = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = process.cpuUsage();
      let spent = 0;
      let times = 0;
      for (; spent < LEAST_US; times += 1) {
        await work(size);
        const { user, system } = process.cpuUsage(before);
        spent = user + system;
      }
      cheapest = Math.min(cheapest, spent / times);
    }
    return cheapest;
  };
  const short = await cost(from);
  return (await cost(to)) / short;
}
