import type { Database } from 'better-sqlite3';
import type { ColumnType, TableShape } from '../../backup/portable/model.ts';

/** How far this database has come, and what its index lacks, is true of none that its content is read into. */
const OF_THIS_DATABASE = new Set(['positions', 'moments', 'stale_collections', 'log_generations']);

/** The tables that hold content, those that others refer to first; what SQLite keeps for itself is left out. */
export function tableShapes(db: Database): TableShape[] {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck()
    .all()
    .filter((name) => !OF_THIS_DATABASE.has(name));
  const refers = db.prepare<[string], string>('SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)').pluck();
  const columns = db.prepare<[string], { name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)');
  const ordered: string[] = [];
  const place = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const other of refers.all(name)) if (other !== name) place(other);
    ordered.push(name);
  };
  for (const name of names) place(name);
  return ordered.map((name) => ({
    name,
    columns: columns.all(name).map((column) => ({ name: column.name, type: column.type.toLowerCase() as ColumnType })),
  }));
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
