import Database from 'better-sqlite3';

/** Turns one bit in the middle of a value, as a disk does: everything else of the database stays as it is. */
export function turnBit(file: string, [table, column]: readonly [string, string], where: string): void {
  const db = new Database(file);
  const find = db.prepare<[], { number: number; value: string | Uint8Array }>(
    `SELECT rowid AS number, ${column} AS value FROM ${table} WHERE ${where} LIMIT 1`,
  );
  const row = find.get();
  if (row === undefined) throw new Error(`${table} has no row where ${where}.`);
  const bytes = Buffer.from(row.value);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1; // of a letter: it becomes another one
  db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(
    typeof row.value === 'string' ? bytes.toString() : bytes,
    row.number,
  );
  db.close();
}
