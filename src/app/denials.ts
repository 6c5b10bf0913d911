const WINDOW_MS = 60_000;
/** Of one person, token or address in a window. */
const MOST = 5;
const MOST_KNOWN = 1_000;

/**
 * Whoever may not can try it all day: what is recorded of that must not push out the records of what was done.
 * Returns how many were left out since the last one that is recorded, or null for one that is left out, too.
 */
export function createDenials(clock: () => number): (by: string) => number | null {
  /** The longest known first. */
  const known = new Map<string, { until: number; recorded: number; leftOut: number }>();
  return (by) => {
    const before = known.get(by);
    const leftMs = (before?.until ?? 0) - clock();
    const isOver = before === undefined || leftMs <= 0 || leftMs > WINDOW_MS;
    const current = isOver ? { until: clock() + WINDOW_MS, recorded: 0, leftOut: before?.leftOut ?? 0 } : before;
    if (isOver) known.delete(by);
    known.set(by, current);
    const [oldest] = known.size > MOST_KNOWN ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    if (current.recorded >= MOST) {
      current.leftOut += 1;
      return null;
    }
    const { leftOut } = current;
    current.recorded += 1;
    current.leftOut = 0;
    return leftOut;
  };
}
