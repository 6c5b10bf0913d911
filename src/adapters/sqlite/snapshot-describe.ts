import type { Database } from 'better-sqlite3';
import type { Knowledge } from '../../backup/model.ts';
import type { SqliteReport } from '../../backup/ports.ts';
import { parseIdentity } from '../../backup/state-model.ts';
import { markerIn } from './peek.ts';

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
}

/** What a database holds. Shadow tables of an index are no content; neither are SQLite's own. */
export function describeCopy(db: Database): Omit<SqliteReport, 'problems'> {
  const all = db.pragma('table_list') as readonly TableRow[];
  const names = all
    .filter(({ schema, name, type }) => schema === 'main' && type === 'table' && !name.startsWith('sqlite_'))
    .map(({ name }) => name)
    .sort();
  const count = (name: string) =>
    Number(
      db
        .prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`)
        .pluck()
        .get(),
    );
  return {
    schemaVersion: Number(db.pragma('user_version', { simple: true })),
    sqliteVersion: String(db.prepare('SELECT sqlite_version()').pluck().get()),
    tables: Object.fromEntries(names.map((name) => [name, count(name)])),
    knowledge: names.includes('documents') ? knowledgeIn(db) : null,
    identity: names.includes('settings') ? parseIdentity(markerIn(db)) : null,
    spaces: names.includes('spaces') && names.includes('vectors') ? usedSpaces(db) : [],
  };
}

/** As `Store.totals` counts. */
function knowledgeIn(db: Database): Knowledge | null {
  const known = db.prepare<[], string>("SELECT name FROM pragma_table_info('documents')").pluck().all();
  if (!known.includes('state') || !known.includes('chunk_count')) return null;
  const counted = db.prepare<[], Knowledge>(
    `SELECT count(*) AS documents, coalesce(sum(chunk_count) FILTER (WHERE state = 'ready'), 0) AS passages
     FROM documents WHERE state <> 'removed'`,
  );
  return counted.get() ?? null;
}

function usedSpaces(db: Database): string[] {
  return db
    .prepare<[], string>(
      'SELECT id FROM spaces s WHERE EXISTS (SELECT 1 FROM vectors v WHERE v.space = s.key) ORDER BY id',
    )
    .pluck()
    .all();
}
