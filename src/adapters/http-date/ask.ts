import type { Log } from '../../log.ts';

/** Somewhere that answers by HTTP; its name is for people. */
export interface DatedAddress {
  readonly name: string;
  readonly url: string;
}

const TIMEOUT_MS = 10_000;

/**
 * What time it is by the `Date` of whoever answers first, in the order given; null where nobody does. Whatever else it says,
 * and that nobody is logged in, is of no interest.
 */
export async function askDate(
  addresses: readonly DatedAddress[],
  { signal, log }: { readonly signal: AbortSignal; readonly log: Pick<Log, 'debug'> },
): Promise<{ readonly from: string; readonly at: number } | null> {
  for (const { name, url } of addresses) {
    if (signal.aborted) return null;
    try {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: inTime });
      await response.body?.cancel();
      const at = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(at)) return { from: name, at };
    } catch (error) {
      log.debug(`${name} does not say what time it is`, { error });
    }
  }
  return null;
}
