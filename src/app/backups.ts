import { dirname, join } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { createTarZst } from '../adapters/archive/format.ts';
import { createChromaSnapshot } from '../adapters/chroma/snapshot.ts';
import { readChromaVersion } from '../adapters/chroma/version.ts';
import { createDatabaseFiles } from '../adapters/sqlite/files.ts';
import { readMigrations } from '../adapters/sqlite/migrate.ts';
import { createSqliteCopyCheck, createSqliteSnapshot } from '../adapters/sqlite/snapshot.ts';
import type { BackupManager } from '../backup/api.ts';
import { openCatalogue, type Catalogue } from '../backup/catalogue.ts';
import { folderLock } from '../backup/lock.ts';
import { createBackupManager } from '../backup/manager.ts';
import type { JobThreads } from '../backup/ports.ts';
import { createRestore } from '../backup/restore.ts';
import type { RetentionRules } from '../backup/retention.ts';
import { createJobSlot, type JobSlot } from '../backup/slot.ts';
import { freeBytesOn } from '../backup/space.ts';
import type { Config } from '../config.ts';
import type { WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { createDrillRig } from './drill.ts';
import type { OwnPremises } from './premises.ts';

export interface BackupSettings {
  readonly directory: string;
  /** True for our own default, which is created; a folder that somebody configured must be there. */
  readonly createIfMissing: boolean;
  readonly rules: RetentionRules;
  /** zstd level. */
  readonly level: number;
}

export interface Backups extends AsyncDisposable {
  readonly manager: BackupManager;
  readonly catalogue: Catalogue;
  readonly slot: JobSlot;
}

export interface BackupSurroundings {
  readonly premises: OwnPremises;
  readonly threads: JobThreads;
  /** The one that all writers to the index pass. */
  readonly gate: WriteGate;
  readonly settings?: Partial<BackupSettings>;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

export function defaultBackupSettings({ database }: Pick<Config, 'database'>): BackupSettings {
  return {
    directory: join(dirname(database.file), 'backups'),
    createIfMissing: true,
    rules: { last: 5, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' },
    level: 1,
  };
}

/** Making backups and going back to them, on the premises. */
export async function openBackups(config: Config, surroundings: BackupSurroundings): Promise<Backups> {
  const { premises, threads, gate, log, clock, random } = surroundings;
  const settings = { ...defaultBackupSettings(config), ...surroundings.settings };
  const catalogue = await openCatalogue(settings.directory, { createIfMissing: settings.createIfMissing });
  const slot = createJobSlot({ acquireLock: folderLock(settings.directory) });
  const { file } = config.database;
  const { collectionPrefix, directory, remote } = config.chroma;
  const archive = createTarZst({ threads });
  const checkCopy = createSqliteCopyCheck({ threads });
  const files = createDatabaseFiles(threads);
  const engine = () => premises.knowledge().engine;
  const room = createBackupManager({
    slot,
    catalogue,
    archive,
    checkSqliteCopy: checkCopy,
    sources: [
      createSqliteSnapshot({ file, threads }),
      // A remote server's index is rebuilt from SQLite.
      ...(remote === null ? [createChromaSnapshot({ directory, threads })] : []),
    ],
    gate,
    drillRig: createDrillRig({ config, engine, files, log, clock, random }),
    rules: settings.rules,
    freeBytes: freeBytesOn,
    application: { name: packageFile.name, version: packageFile.version },
    collectionPrefix,
    level: settings.level,
    clock,
    log,
  });
  const chromaVersion = remote === null ? await readChromaVersion() : null;
  const schemaVersion = readMigrations().length;
  const restore = createRestore({
    slot,
    source: room.source,
    save: room.save,
    archive,
    checkCopy,
    files,
    premises,
    databaseFile: file,
    journalFile: premises.journalFile,
    capabilities: () => ({ schemaVersion, chromaVersion, collectionPrefix, space: engine().embedder.space.id }),
    clock,
    random,
    log,
  });
  return {
    manager: { ...room.manager, ...restore },
    catalogue,
    slot,
    [Symbol.asyncDispose]: () => slot.close(),
  };
}
