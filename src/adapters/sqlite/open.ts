import Database from 'better-sqlite3';
import type { StoreCondition, VolumeProbe } from '../../health/ports.ts';
import { AppError, type Words } from '../../errors.ts';
import type { PeopleStore } from '../../knowledge/people-ports.ts';
import type {
  HistoryStore,
  Insights,
  JobStore,
  KnowledgeStore,
  SettingsStore,
  UsageStore,
} from '../../knowledge/store-ports.ts';
import { createChunks } from './chunks.ts';
import { createCondition, type WatchedCondition } from './condition.ts';
import { openConnection } from './connection.ts';
import { createDocuments } from './documents.ts';
import { translating } from './errors.ts';
import { createHistory } from './history.ts';
import { createInsights } from './insights.ts';
import { createJobs } from './jobs.ts';
import { createPeople } from './people.ts';
import { allowShrinking, shrink } from './free-pages.ts';
import { createLogGeneration, type LogGeneration } from './log-generation.ts';
import { migrate, readMigrations } from './migrate.ts';
import type { Migration } from './migrate.ts';
import { createPositions, type Positions } from './position.ts';
import { createProbe } from './probe.ts';
import { createQuotations } from './quotations.ts';
import { createSearch } from './search.ts';
import { createSettings } from './settings.ts';
import { createStaleCollections } from './stale-collections.ts';
import { createUsage } from './usage.ts';
import { createVectors } from './vectors.ts';
import { createWipe } from './wipe.ts';

export interface StoreOptions {
  readonly file: string;
  /** How long a write waits for another process that is writing. */
  readonly timeoutMs: number;
  /** `wal` unless the volume cannot do it. */
  readonly journalMode?: string;
  /** Told of a document of which something was asked for that is not as it was stored, and was therefore not given. */
  readonly onFlaw?: (documentId: number) => void;
  /** Told of what was put right while it was open. */
  readonly onMended?: (words: Words) => void;
  /** Other than the program's own: for tests. */
  readonly migrations?: readonly Migration[];
}

export interface Store extends AsyncDisposable {
  readonly knowledge: KnowledgeStore;
  readonly jobs: JobStore;
  readonly history: HistoryStore;
  readonly insights: Insights;
  readonly people: PeopleStore;
  readonly usage: UsageStore;
  readonly settings: SettingsStore;
  readonly probe: VolumeProbe;
  readonly condition: StoreCondition;
  readonly file: string;
  /** How far it has come. @throws AppError */
  readonly positions: Positions;
  readonly schemaVersion: number;
  /** One short step of giving back what was removed left free in the file. False when there is nothing more to give. */
  shrink(): boolean;
  /**
   * From now on the write-ahead log says which database it belongs to. With nobody else there, copies of the file from before
   * are told from it, too.
   */
  nameLog(isSole: boolean): void;
  /** Moves the write-ahead log into the file, where there is room, and closes it; a second call does nothing. */
  close(): void;
}

/**
 * Opens the database, creating or migrating it as needed.
 * @throws AppError `config`: a newer schema, another program's file, a folder that cannot be written to; `damaged`;
 *   `busy`: another process is writing
 */
export function openStore({
  file,
  timeoutMs,
  journalMode = 'wal',
  onFlaw = () => undefined,
  migrations = readMigrations(),
  onMended = () => undefined,
}: StoreOptions): Store {
  return openConnection(file, { timeout: timeoutMs }, (db) => {
    db.pragma('synchronous = FULL');
    allowShrinking(db);
    migrate(db, migrations);
    tune(db, journalMode);
    const log = createLogGeneration(db, file);
    const condition = createCondition({ db, file, log, onMended });
    return build(db, { file, onFlaw, schemaVersion: migrations.length, log, condition });
  });
}

function tune(db: Database.Database, journalMode: string): void {
  const mode = String(db.pragma(`journal_mode = ${/^[a-z]+$/i.exec(journalMode)?.[0] ?? 'wal'}`, { simple: true }));
  if (mode !== journalMode.toLowerCase()) {
    throw new AppError(
      'config',
      `The database's journal mode is ${mode}, not ${journalMode}: this volume does not support it. ` +
        'Use another volume, or add ?journal_mode=DELETE to DATABASE_URL.',
    );
  }
  db.pragma('foreign_keys = ON');
  db.pragma('cache_size = -4000'); // the system keeps the file in memory, too: 16 MB were no faster
}

interface Built extends Required<Pick<StoreOptions, 'file' | 'onFlaw'>>, Pick<Store, 'schemaVersion'> {
  readonly log: LogGeneration;
  readonly condition: WatchedCondition;
}

function build(db: Database.Database, { file, onFlaw, schemaVersion, log, condition }: Built): Store {
  const jobs = createJobs(db);
  const { forget, ...search } = createSearch(db);
  const stale = createStaleCollections(db);
  const knowledge = {
    ...createDocuments(db, jobs, onFlaw),
    ...createChunks(db, { onChange: forget, markStale: stale.markCollectionStale, onFlaw }),
    ...createVectors(db),
    ...createQuotations(db),
    ...createWipe(db),
    ...stale,
    ...search,
  };
  function close() {
    if (!db.open) return;
    log[Symbol.dispose]();
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // On a full disk the log stays beside the file and is whole; the next start folds it in.
      if (!(error instanceof Database.SqliteError)) throw error;
    } finally {
      db.close();
    }
  }
  const changed = db.prepare<[], number>('SELECT total_changes()').pluck();
  const { assertKept, explain } = condition;
  const watch = { changes: () => changed.get() ?? 0, assertKept, explain };
  const probe = translating(createProbe(db), watch);
  return {
    knowledge: translating<KnowledgeStore>(knowledge, watch),
    jobs: translating<JobStore>(jobs, watch),
    history: translating(createHistory(db), watch),
    insights: translating(createInsights(db), watch),
    people: translating(createPeople(db), watch),
    usage: translating(createUsage(db), watch),
    settings: translating(createSettings(db), watch),
    probe: { probe: async () => probe.probe() },
    condition,
    file,
    positions: translating(createPositions(db), watch),
    schemaVersion,
    shrink: () => shrink(db),
    nameLog: (isSole) => log.begin(isSole),
    close,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}
