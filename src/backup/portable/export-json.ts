import { EXPORT_FORMAT, type ExportHead, type ExportSource } from './model.ts';

export interface ExportOptions {
  readonly version: string;
  readonly at: number;
  readonly vectors: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number, totalRows: number) => void;
}

const REPORT_EVERY = 500;

export function headOf(source: ExportSource, { version, at, vectors }: ExportOptions): ExportHead {
  const tables = tablesOf(source, vectors);
  return {
    format: EXPORT_FORMAT,
    application: { name: 'nescordbot', version },
    schemaVersion: source.schemaVersion,
    exportedAt: new Date(at).toISOString(),
    vectors,
    counts: Object.fromEntries(tables.map(({ name }) => [name, source.count(name)])),
    sequences: source.sequences,
  };
}

/** The text of an export in pieces: the head, then one array per table, one row per line. */
export function* exportJson(source: ExportSource, options: ExportOptions): Generator<string> {
  const head = headOf(source, options);
  const total = Object.values(head.counts).reduce((sum, rows) => sum + rows, 0);
  let done = 0;
  yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n "tables": {`;
  let firstTable = true;
  for (const { name } of tablesOf(source, options.vectors)) {
    yield `${firstTable ? '' : ','}\n  ${JSON.stringify(name)}: [`;
    firstTable = false;
    let firstRow = true;
    for (const row of source.rows(name)) {
      yield `${firstRow ? '\n' : ',\n'}   ${JSON.stringify(row)}`;
      firstRow = false;
      done += 1;
      if (done % REPORT_EVERY > 0) continue;
      options.signal?.throwIfAborted();
      options.onProgress?.(done, total);
    }
    yield firstRow ? ']' : '\n  ]';
  }
  options.onProgress?.(done, total);
  yield '\n }\n}\n';
}

function tablesOf({ tables }: ExportSource, vectors: boolean) {
  return vectors ? tables : tables.filter(({ name }) => name !== 'vectors' && name !== 'spaces');
}
