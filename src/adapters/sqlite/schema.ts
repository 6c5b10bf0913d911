import Database from 'better-sqlite3';
import { migrate, readMigrations } from './migrate.ts';

type Schema = ReadonlyMap<string, string>;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/**
 * How the schema differs from what the migrations up to the version that it states make, in words; empty when it does not.
 * A trigger or a view of somebody else's would run with the next migration or deletion, on what was whole until then.
 */
export function schemaProblems(db: Database.Database): readonly string[] {
  const version = Number(db.pragma('user_version', { simple: true }));
  // A newer one's is no damage: whoever wants to open it is refused by its number.
  if (version > readMigrations().length) return [];
  if (version < 1) return ['it states no schema version of NescordBot'];
  const expected = expectedSchema(version);
  const found = schemaOf(db);
  return [
    ...[...found].flatMap(([what, sql]) => {
      const own = expected.get(what);
      if (own === undefined) return [`${what} is not of schema version ${version} of NescordBot`];
      return own === sql ? [] : [`${what} is not as schema version ${version} of NescordBot makes it`];
    }),
    ...[...expected.keys()].filter((what) => !found.has(what)).map((what) => `${what} is missing`),
  ];
}

const made = new Map<number, Schema>();

function expectedSchema(version: number): Schema {
  const known = made.get(version);
  if (known !== undefined) return known;
  const db = new Database(':memory:');
  try {
    migrate(db, readMigrations().slice(0, version));
    const schema = schemaOf(db);
    made.set(version, schema);
    return schema;
  } finally {
    db.close();
  }
}

/** By type and name. What SQLite and its full-text search keep for themselves is theirs to shape. */
function schemaOf(db: Database.Database): Schema {
  const rows = db
    .prepare<[], SchemaRow>(
      `SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT (
         type = 'table' AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'))
       ORDER BY type, name`,
    )
    .all();
  return new Map(rows.map(({ type, name, sql }) => [`the ${type} ${name}`, normalized(sql ?? '')]));
}

/** A statement is kept as it was typed: comments and line breaks are no difference, what is quoted is. */
function normalized(sql: string): string {
  const blank = /'(?:[^']|'')*'|"(?:[^"]|"")*"|((?:--[^\n]*|\/\*[\s\S]*?\*\/|\s)+)/g;
  return sql.replaceAll(blank, (token: string, isBlank?: string) => (isBlank === undefined ? token : ' ')).trim();
}
