const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** Snowflakes: ascending, unique, and dated by the clock, as clients read the time out of them. */
export function createIds(clock: () => number): () => string {
  let last = 0n;
  return () => {
    const dated = BigInt(Math.max(0, clock() - DISCORD_EPOCH_MS)) << 22n;
    last = dated > last ? dated : last + 1n;
    return last.toString();
  };
}
