export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly beside?: string;
  readonly target?: string;
  /** Whether the target is met; absent where there is none. */
  readonly met?: boolean;
}

const headings: Record<keyof Row, string> = {
  what: '',
  measured: 'measured',
  beside: 'beside it',
  target: 'target',
  met: '',
};

export function tableOf(rows: readonly Row[]): string {
  const lines = [headings, ...rows.map((row) => ({ ...row, met: verdict(row) }))].map(
    ({ what, measured, beside = '', target = '', met }) => [what, measured, beside, target, met ?? ''],
  );
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function verdict({ met }: Row): string {
  if (met === undefined) return '';
  return met ? 'PASS' : 'SHORT';
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
