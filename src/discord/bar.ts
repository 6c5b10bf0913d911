const CELLS = 8;

/** How far something is, in eight cells. */
export function bar(done: number, total: number): string {
  const share = total <= 0 ? 0 : Math.min(1, Math.max(0, done / total));
  return '▰'.repeat(Math.round(CELLS * share)).padEnd(CELLS, '▱');
}
