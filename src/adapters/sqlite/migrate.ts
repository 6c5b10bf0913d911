import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';

export interface Migration {
  /** From 1, without gaps: the schema's version once it has run. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** "NESB" in ASCII: tells our files from those of other programs that keep their data in SQLite. */
const applicationId = 0x4e455342;

export function readMigrations(folder = fileURLToPath(new URL('migrations', import.meta.url))): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}-.*\.sql$/.test(name));
  return names.sort().map((name, index) => {
    const version = Number(name.slice(0, 4));
    if (version !== index + 1) throw new AppError('internal', `Migration ${name} should have number ${index + 1}.`);
    return { version, name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

/**
 * Brings the schema up to the newest version, each step in a transaction of its own, so that a crash leaves a whole
 * older version. @throws AppError `config`: the file is of a newer program or of another one
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  const known = migrations.length;
  const version = () => Number(db.pragma('user_version', { simple: true }));
  const owner = Number(db.pragma('application_id', { simple: true }));
  if (owner !== applicationId && (owner !== 0 || version() !== 0 || hasTables(db))) {
    throw new AppError(
      'config',
      'The database file belongs to another program. Set DATABASE_URL to a file of its own.',
    );
  }
  if (version() > known) {
    throw new AppError(
      'config',
      `The database has schema version ${version()}, and this program knows versions up to ${known}. It was written by a ` +
        'newer NescordBot and was not touched: start that version again, or restore a backup made with this one.',
    );
  }
  for (const migration of migrations) {
    // Immediate, and checked again inside: two processes that start together must not both migrate.
    db.transaction(() => {
      if (version() >= migration.version) return;
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
      db.pragma(`application_id = ${applicationId}`);
    }).immediate();
  }
}

/** Of this program, and of no newer version of it. */
export function isOurs(db: Database): boolean {
  const [owner, version] = ['application_id', 'user_version'].map((name) => Number(db.pragma(name, { simple: true })));
  return owner === applicationId && (version ?? 0) <= readMigrations().length;
}

function hasTables(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get() !== undefined;
}
