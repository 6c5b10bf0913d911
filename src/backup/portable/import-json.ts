import { counted } from '../../counted.ts';
import { AppError } from '../../errors.ts';
import { jsonPieces } from './json-pieces.ts';
import { EXPORT_FORMAT, type ExportHead, type ImportTarget, type Row, type TableShape } from './model.ts';

export interface ImportOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number, totalRows: number) => void;
}

export interface ImportResult {
  readonly exportedAt: string;
  readonly counts: Readonly<Record<string, number>>;
  /** False: the bot makes them anew at its next start. */
  readonly vectors: boolean;
}

const REPORT_EVERY = 500;

/**
 * Reads an export back into a database, in one transaction: all of it, or nothing.
 * @throws AppError `damaged`: the file is not what it says, with the place; `invalid`: of a newer NescordBot
 */
export async function importJson(
  chunks: AsyncIterable<Uint8Array>,
  target: ImportTarget,
  { signal, onProgress }: ImportOptions = {},
): Promise<ImportResult> {
  const members = new Map<string, unknown>();
  const read = new Map<string, number>();
  let head: ExportHead | null = null;
  let table: TableShape | null = null;
  let rows = 0;
  let total = 0;
  for await (const piece of jsonPieces(chunks)) {
    if (piece.kind === 'member') {
      if (members.has(piece.name)) throw damaged(`“${piece.name.slice(0, 40)}” stands there twice`);
      members.set(piece.name, piece.value);
    } else if (piece.kind === 'table') {
      if (head === null) {
        head = parseHead(members, target);
        total = Object.values(head.counts).reduce((sum, count) => sum + count, 0);
        target.begin();
      }
      table = nextTable(piece.name, target, read);
      read.set(piece.name, 0);
    } else if (table !== null) {
      const number = (read.get(table.name) ?? 0) + 1;
      target.insert(table.name, checkedRow(piece.value, table, number));
      read.set(table.name, number);
      rows += 1;
      if (rows % REPORT_EVERY > 0) continue;
      signal?.throwIfAborted();
      onProgress?.(rows, total);
    }
  }
  if (head === null) throw damaged('it has no tables');
  for (const [name, count] of Object.entries(head.counts)) {
    if (read.get(name) !== count) {
      throw damaged(
        `${name} should have ${counted(count, 'row')} and has ${read.get(name) ?? 'none'}; a part is missing or surplus`,
      );
    }
  }
  for (const name of read.keys()) if (!Object.hasOwn(head.counts, name)) throw damaged(`${name} is not counted`);
  target.commit(head.sequences);
  onProgress?.(rows, total);
  return { exportedAt: head.exportedAt, counts: head.counts, vectors: head.vectors };
}

function nextTable(name: string, { tables }: ImportTarget, read: ReadonlyMap<string, number>): TableShape {
  const index = tables.findIndex((table) => table.name === name);
  const shape = tables[index];
  if (shape === undefined) throw damaged(`there is no table ${JSON.stringify(name.slice(0, 40))}`);
  if (read.has(name)) throw damaged(`the table ${name} stands there twice`);
  const later = tables.slice(index + 1).find((table) => read.has(table.name));
  if (later !== undefined)
    throw damaged(`the table ${name} stands after ${later.name}, which refers to it or follows it`);
  return shape;
}

function checkedRow(value: unknown, { name, columns }: TableShape, number: number): Row {
  const where = `row ${number} of ${name}`;
  if (!isRecord(value)) throw damaged(`${where} is no object`);
  for (const key of Object.keys(value)) {
    if (columns.every((column) => column.name !== key)) {
      throw damaged(`${where} has a column ${JSON.stringify(key.slice(0, 40))} that does not exist`);
    }
  }
  for (const { name: key, type } of columns) {
    const cell = Object.hasOwn(value, key) ? value[key] : undefined;
    if (cell === undefined) throw damaged(`${where} lacks the column ${key}`);
    if (cell === null) continue;
    const fits = type === 'integer' ? Number.isSafeInteger(cell) : typeof cell === 'string' && cell.isWellFormed();
    if (!fits) throw damaged(`${where}: ${key} is no ${type === 'integer' ? 'whole number' : 'text'}`);
    if (type === 'blob' && typeof cell === 'string' && !isBase64(cell)) throw damaged(`${where}: ${key} is no base64`);
  }
  return value as Row;
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function parseHead(members: ReadonlyMap<string, unknown>, { schemaVersion: known }: ImportTarget): ExportHead {
  const [format, schemaVersion, exportedAt] = ['format', 'schemaVersion', 'exportedAt'].map((name) =>
    members.get(name),
  );
  if (!Number.isSafeInteger(format)) throw damaged('its “format” is missing before its tables');
  if (Number(format) > EXPORT_FORMAT || Number(schemaVersion) > known) {
    throw new AppError(
      'invalid',
      `The export was made by a newer NescordBot (format ${String(format)}, schema ${String(schemaVersion)}); this one knows ` +
        `format ${EXPORT_FORMAT} and schema ${known}. Update NescordBot first. Nothing was changed.`,
    );
  }
  if (Number(schemaVersion) !== known) {
    throw new AppError(
      'invalid',
      `The export has schema ${String(schemaVersion)} and this NescordBot has ${known}. Import it with the version that ` +
        'made it, then update: the database is brought up to date at the start. Nothing was changed.',
    );
  }
  if (typeof exportedAt !== 'string') throw damaged('its “exportedAt” is missing before its tables');
  return {
    format: Number(format),
    application: { name: 'nescordbot', version: '' },
    schemaVersion: known,
    exportedAt: exportedAt.slice(0, 40),
    vectors: members.get('vectors') === true,
    counts: numbers(members.get('counts'), 'counts'),
    sequences: numbers(members.get('sequences'), 'sequences'),
  };
}

function numbers(value: unknown, name: string): Record<string, number> {
  if (!isRecord(value)) throw damaged(`its “${name}” are missing before its tables`);
  for (const number of Object.values(value)) {
    if (!Number.isSafeInteger(number) || Number(number) < 0) throw damaged(`its “${name}” are no whole numbers`);
  }
  return value as Record<string, number>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(what: string): AppError {
  return new AppError('damaged', `The file cannot be imported: ${what}. Nothing was changed.`);
}
