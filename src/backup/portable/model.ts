/** The form of the JSON that `export` writes. A newer one is refused. */
export const EXPORT_FORMAT = 1;

export type ColumnType = 'integer' | 'text' | 'blob';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** A value as JSON has it; bytes are base64. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** What stands before the tables, so that a reader knows at once whether it can use them. */
export interface ExportHead {
  readonly format: number;
  readonly application: { readonly name: string; readonly version: string };
  readonly schemaVersion: number;
  /** ISO 8601, UTC. */
  readonly exportedAt: string;
  /** False when the vectors were left out; they are made again after an import. */
  readonly vectors: boolean;
  /** Rows per table. */
  readonly counts: Readonly<Record<string, number>>;
  /** The last id given out per table: ids of deleted rows are not given out again. */
  readonly sequences: Readonly<Record<string, number>>;
}

/** One question with its answer, for a spreadsheet. */
/** Where it was asked in private, who asked, where and in what words is left empty. */
export interface AskedQuestion {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly question: string;
  readonly answer: string;
  readonly outcome: string;
  readonly rung: string;
  readonly engine: string;
  readonly durationMs: number;
  readonly up: number;
  readonly down: number;
}

/** A database read in one moment, however long the reading takes. */
export interface ExportSource extends Disposable {
  readonly schemaVersion: number;
  readonly sequences: Readonly<Record<string, number>>;
  /** In foreign-key order: what is referred to comes first. */
  readonly tables: readonly TableShape[];
  count(table: string): number;
  /** Row by row; a table is never in memory as a whole. */
  rows(table: string): Iterable<Row>;
  questions(): Iterable<AskedQuestion>;
}

/** A database that takes in rows; all of them or, where `commit` is not reached, none. */
export interface ImportTarget extends Disposable {
  readonly schemaVersion: number;
  /** In foreign-key order. */
  readonly tables: readonly TableShape[];
  /** True when nobody was taught anything or asked anything yet. */
  isEmpty(): boolean;
  /** Begins the one transaction and removes what is there. */
  begin(): void;
  /** @throws AppError `damaged` for a row that the database cannot hold */
  insert(table: string, row: Row): void;
  /** Checks the whole and commits. @throws AppError `damaged` */
  commit(sequences: Readonly<Record<string, number>>): void;
}
