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
import type { JobThreads, Premises, SnapshotSource } from '../backup/ports.ts';
import { createEmptyRestore } from '../backup/empty-restore.ts';
import { createRestore } from '../backup/restore.ts';
import { createTakeBack } from '../backup/take-back.ts';
import { createSealedArchive } from '../backup/sealed-archive.ts';
import { createJobSlot, type JobSlot } from '../backup/slot.ts';
import { freeBytesOn } from '../backup/space.ts';
import type { Config } from '../config.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import { isAppError, type AppError } from '../errors.ts';
import type { WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { openCipher } from './cipher.ts';
import { createDrillRig } from './drill.ts';
import type { Engine } from './engine.ts';
import { journalFileOf } from './contents.ts';

export interface Backups extends AsyncDisposable {
  readonly manager: BackupManager;
  readonly catalogue: Catalogue;
  readonly slot: JobSlot;
  /** For a start on a volume without a database. */
  readonly restoreEmpty: ReturnType<typeof createEmptyRestore>;
}

export interface BackupSurroundings {
  readonly premises: Premises;
  /** What the bot answers with, or would: its embedding space is what backups are held against. */
  readonly engine: () => Engine;
  /** True beside a running bot, whose writers do not pass our gate: SQLite alone is copied, the index is rebuilt from it. */
  readonly besideBot?: boolean;
  readonly threads: JobThreads;
  readonly trustedClock?: Pick<TrustedClock, 'doubtedSince'>;
  /** Looks whether the database that is open is what lies there; null where it is, or none is open. */
  readonly ground?: () => Promise<AppError | null>;
  /** The one that all writers to the index pass. */
  readonly gate: WriteGate;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

/** What lies there must be what is open: another database under an open one's log is neither of the two. */
function inPlace(source: SnapshotSource, look: () => Promise<AppError | null>): SnapshotSource {
  async function assertInPlace(): Promise<void> {
    const trouble = await look();
    if (isAppError(trouble, 'unavailable')) throw trouble;
  }
  return {
    ...source,
    async capture(...request) {
      await assertInPlace();
      const part = await source.capture(...request);
      await assertInPlace();
      return part;
    },
  };
}

/** Making backups and going back to them, on the premises. */
export async function openBackups(config: Config, surroundings: BackupSurroundings): Promise<Backups> {
  const { premises, trustedClock, threads, gate, engine, log, clock, random, besideBot = false } = surroundings;
  const { directory: folder, directoryIsDefault, keep, compression } = config.backup;
  const cipher = await openCipher(config, threads);
  const encrypts = config.encryption?.encryptLocal === true;
  const catalogue = await openCatalogue(folder, {
    createIfMissing: directoryIsDefault,
    encrypts,
    own: () => premises.state(),
  });
  const slot = createJobSlot({ acquireLock: folderLock(folder) });
  const { file } = config.database;
  const { collectionPrefix, directory, remote } = config.chroma;
  const archive = createSealedArchive({ archive: createTarZst({ threads }), cipher, freeBytes: freeBytesOn });
  const checkCopy = createSqliteCopyCheck({ threads });
  const files = createDatabaseFiles(threads);
  const room = createBackupManager({
    slot,
    catalogue,
    archive,
    checkSqliteCopy: checkCopy,
    sources: [
      inPlace(createSqliteSnapshot({ file, threads }), surroundings.ground ?? (async () => null)),
      // A remote server's index is rebuilt from SQLite.
      ...(remote === null && !besideBot ? [createChromaSnapshot({ directory, threads })] : []),
    ],
    gate,
    drillRig: createDrillRig({ config, engine, files, log, clock, random }),
    rules: keep,
    doubtedSince: () => trustedClock?.doubtedSince() ?? null,
    own: premises,
    freeBytes: freeBytesOn,
    encrypts,
    application: { name: packageFile.name, version: packageFile.version },
    collectionPrefix,
    level: compression,
    clock,
    log,
  });
  const chromaVersion = remote === null ? await readChromaVersion() : null;
  const schemaVersion = readMigrations().length;
  const capabilities = { schemaVersion, chromaVersion, collectionPrefix };
  const restoring = {
    slot,
    source: room.source,
    archive,
    checkCopy,
    files,
    premises,
    journalFile: journalFileOf(config),
    clock,
    random,
    log,
  };
  const restore = createRestore({
    ...restoring,
    save: room.save,
    setAside: room.setAside,
    room: catalogue,
    databaseFile: file,
    capabilities: () => ({ ...capabilities, space: engine().embedder.space.id }),
  });
  return {
    manager: {
      ...room.manager,
      ...restore,
      takeBack: createTakeBack({ slot, catalogue, source: room.source, archive, files, databaseFile: file, log }),
      restore: (name, by, run) =>
        room.explained(`The restore of ${name.slice(0, 60)}`, () => restore.restore(name, by, run)),
    },
    catalogue,
    slot,
    restoreEmpty: createEmptyRestore({ ...restoring, capabilities: () => capabilities }),
    [Symbol.asyncDispose]: () => slot.close(),
  };
}
