import Database from 'better-sqlite3';
import { diskFull, SCHEDULE_SETTING, type ContentComparison } from '../../backup/ports.ts';
import { assertNotEmptied } from './emptied.ts';
import { translateError } from './errors.ts';
import { migrate, readMigrations } from './migrate.ts';

const mostTitles = 10;

/**
 * What a restore of `copy` would change in `live`, which others may have open and which is only read. The copy is ours:
 * an older schema in it is migrated first. Blocks for as long as it reads: for a thread of its own.
 */
export function compareDatabases({ copy, live }: { readonly copy: string; readonly live: string }): ContentComparison {
  let db: Database.Database | null = null;
  try {
    db = new Database(copy, { fileMustExist: true });
    migrate(db, readMigrations());
    db.prepare('ATTACH ? AS live').run(live);
    db.pragma('query_only = ON');
    const { one, titles } = queries(db);
    const gone = missing('live', 'main');
    const back = missing('main', 'live');
    return {
      documentsLost: { count: one(`SELECT count(*) ${gone}`), titles: titles(`SELECT d.title ${gone}`) },
      documentsReturning: { count: one(`SELECT count(*) ${back}`), titles: titles(`SELECT d.title ${back}`) },
      questionsLost: one(`SELECT count(*) ${missingQuestions('live', 'main')}`),
      questionsReturning: one(
        `SELECT count(*) ${missingQuestions('main', 'live')} AND NOT EXISTS (
           SELECT 1 FROM live.forgotten f WHERE f.user_id = q.user_id AND q.asked_at <= f.at)`,
      ),
      votesChanging: one(`SELECT count(*) FROM (${otherVotes('live', 'main')} UNION ${otherVotes('main', 'live')})`),
      // Ours about the guild, such as which commands were uploaded, are nobody's settings.
      guildsWithOtherSettings: one(
        `SELECT count(DISTINCT scope) FROM (
           SELECT * FROM (SELECT * FROM live.settings EXCEPT SELECT * FROM main.settings)
           UNION ALL SELECT * FROM (SELECT * FROM main.settings EXCEPT SELECT * FROM live.settings)
         ) WHERE scope GLOB '[0-9]*' AND key NOT LIKE 'discord.commands%' AND key <> 'first-lesson'`,
      ),
      scheduleChanges: one(`SELECT ${schedule('live')} IS NOT ${schedule('main')}`) === 1,
    };
  } catch (error) {
    throw translateError(error);
  } finally {
    db?.close();
  }
}

/** The same text in the same guild is the same document, whatever its number. */
function missing(there: 'live' | 'main', here: 'live' | 'main'): string {
  return `FROM ${there}.documents d WHERE d.state <> 'removed' AND NOT EXISTS (
    SELECT 1 FROM ${here}.documents o
    WHERE o.guild_id = d.guild_id AND o.content_hash = d.content_hash AND o.state <> 'removed')`;
}

const sameQuestion = 'o.id = q.id AND o.asked_at = q.asked_at AND o.user_id = q.user_id';

function missingQuestions(there: 'live' | 'main', here: 'live' | 'main'): string {
  return `FROM ${there}.questions q WHERE NOT EXISTS (SELECT 1 FROM ${here}.questions o WHERE ${sameQuestion})`;
}

/** Whose vote on which question is another here; what goes or comes with its question is counted there. */
function otherVotes(there: 'live' | 'main', here: 'live' | 'main'): string {
  return `SELECT f.question_id, f.user_id FROM ${there}.feedback f JOIN ${there}.questions q ON q.id = f.question_id
    WHERE EXISTS (SELECT 1 FROM ${here}.questions o WHERE ${sameQuestion}) AND NOT EXISTS (
      SELECT 1 FROM ${here}.feedback v
      WHERE v.question_id = f.question_id AND v.user_id = f.user_id AND v.vote = f.vote)
    AND NOT EXISTS (SELECT 1 FROM live.forgotten g WHERE g.user_id = f.user_id AND f.voted_at <= g.at)`;
}

const schedule = (where: 'live' | 'main'): string =>
  `(SELECT value FROM ${where}.settings WHERE scope = '${SCHEDULE_SETTING.scope}' AND key = '${SCHEDULE_SETTING.key}')`;

function queries(db: Database.Database) {
  return {
    one: (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0,
    titles: (sql: string) =>
      db.prepare<[number], string>(`${sql} ORDER BY d.added_at DESC, d.id DESC LIMIT ?`).pluck().all(mostTitles),
  };
}

/** Rows per table of a database that may be open elsewhere; the tables that SQLite keeps for itself are left out. */
export function countTables({ file }: { readonly file: string }): Record<string, number> {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    const names = db
      .prepare<[], string>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")
      .pluck()
      .all()
      .filter((name) => !name.startsWith('sqlite_'));
    const counts: Record<string, number> = {};
    db.exec('BEGIN'); // one moment for all tables
    for (const name of names)
      counts[name] = db.prepare<[], number>(`SELECT count(*) FROM "${name}"`).pluck().get() ?? 0;
    return counts;
  } catch (error) {
    throw translateError(error);
  } finally {
    db?.close();
  }
}

/**
 * Numbers that were given out in `live` are not given out again in `copy`: messages in Discord go on referring to documents
 * and questions by number, and would otherwise come to mean others.
 */
export function reserveNumbers({ copy, live }: { readonly copy: string; readonly live: string }): void {
  let db: Database.Database | null = null;
  try {
    db = new Database(copy, { fileMustExist: true });
    db.pragma('synchronous = FULL');
    const used = numbersOf(live);
    const there = db.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck();
    const raise = db.prepare<[number, string]>('UPDATE sqlite_sequence SET seq = ? WHERE name = ?');
    const add = db.prepare<[number, string]>('INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)');
    db.transaction(() => {
      for (const { name, seq } of used) {
        const own = there.get(name);
        if (own === undefined) add.run(seq, name);
        else if (own < seq) raise.run(seq, name);
      }
    }).immediate();
    // The copy is moved as one file: nothing may be left in a log beside it.
    db.pragma('journal_mode = DELETE');
  } catch (error) {
    const isFull = error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
    throw isFull ? diskFull('the database that is restored', 0, error) : translateError(error);
  } finally {
    db?.close();
  }
}

function numbersOf(file: string): { name: string; seq: number }[] {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    assertNotEmptied(db, file);
    return db.prepare<[], { name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence').all();
  } finally {
    db.close();
  }
}

/** @throws AppError `busy` when any other connection, of whichever process, has the database open */
export function assertUnused({ file }: { readonly file: string }): void {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true, timeout: 0 });
    // Leaving the write-ahead log needs the file for oneself alone; whoever opens it next goes back to it.
    db.pragma('journal_mode = DELETE');
  } catch (error) {
    throw translateError(error);
  } finally {
    db?.close();
  }
}
