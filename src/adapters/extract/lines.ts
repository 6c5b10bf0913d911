export interface Lines {
  readonly count: number;
  /** The source of lines `from` (inclusive) to `to` (exclusive). */
  between(from: number, to: number): string;
  /** Offset of a line's first character. */
  start(line: number): number;
}

/** Looks up lines of a text by number without cutting it up. */
export function indexLines(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const start = (line: number): number => starts[line] ?? text.length;
  return { count: starts.length, start, between: (from, to) => text.slice(start(from), start(to)) };
}
