import { join } from 'node:path';
import type { Log } from '../log.ts';
import { AppError } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import type { CreateRequest } from './api.ts';
import { captureAll, type Captured, type CaptureParts } from './capture.ts';
import type { Catalogue } from './catalogue.ts';
import type { Clean } from './cleaning.ts';
import { isFull, translateDisk } from './disk.ts';
import { formatManifest } from './manifest.ts';
import { FORMAT, type BackupEntry, type FileRecord, type Manifest } from './model.ts';
import type { ArchiveFormat, SqliteReport } from './ports.ts';
import { LIVE_DATABASE } from './restore-parts.ts';
import { noted } from './verify.ts';
import { throwIfAborted, type JobContext } from './slot.ts';
import { assertRoom, type FreeBytes } from './space.ts';
import { openScratch } from './stale.ts';

export const SAFETY_MS = 7 * 24 * 3_600_000;

export interface CreateParts extends CaptureParts {
  readonly catalogue: Catalogue;
  readonly archive: ArchiveFormat;
  readonly checkSqliteCopy: (file: string, signal?: AbortSignal) => Promise<SqliteReport>;
  readonly freeBytes: FreeBytes;
  readonly encrypts?: boolean;
  readonly application: Manifest['application'];
  readonly collectionPrefix: string;
  /** What the clock said when it came into doubt, while it is. */
  readonly doubtedSince?: () => number | null;
  /** zstd level. */
  readonly level: number;
  readonly log: Log;
}

/** Makes one backup within a job that holds the slot. It ends verified, or is not there. */
export type MakeBackup = (request: CreateRequest, job: JobContext) => Promise<BackupEntry>;

export function createMakeBackup(parts: CreateParts, clean: Clean): MakeBackup {
  const { catalogue, archive, clock, log } = parts;

  async function make(request: CreateRequest, { signal, report }: JobContext): Promise<BackupEntry> {
    const startedAt = clock();
    report({ stage: 'checking', doneBytes: 0, totalBytes: 0 });
    await clean();
    const estimate = await assertRoom(parts);
    const name = await catalogue.freeName(startedAt);
    await using scratch = await openScratch(catalogue.folder);
    throwIfAborted(signal);
    report({ stage: 'capturing', doneBytes: 0, totalBytes: estimate });
    const captured = await captureAll(parts, scratch.folder, signal);
    for (const error of captured.leftOut) {
      log.warn(`${name} is made without the index, which a restore makes anew from the stored vectors`, { error });
    }
    // Beside the packing: what is packed is this copy, byte for byte, as the hashes tell that are compared in the end.
    await using checking = besides(parts.checkSqliteCopy(join(scratch.folder, LIVE_DATABASE), signal));
    let flaws: readonly string[] = [];
    const describe = async (files: readonly FileRecord[]): Promise<Manifest> => {
      const database = await checking.result;
      flaws = database.flaws ?? [];
      if (database.problems.length > 0) throw unsound(database.problems);
      return {
        ...about(parts, request, captured, database),
        name,
        createdAt: new Date(startedAt).toISOString(),
        durationMs: clock() - startedAt,
        files,
      };
    };
    let manifest: Manifest | null = null;
    let isOnDisk = false;
    try {
      const packedFrom = clock();
      const written = await archive.write(
        {
          file: catalogue.archiveFile(name),
          folder: scratch.folder,
          paths: captured.paths,
          level: parts.level,
          async manifest(files) {
            manifest = await describe(files);
            // All is packed. What is left is to wait for the disk, and for the last of what is read back.
            report({ stage: 'verifying', doneBytes: 0, totalBytes: 0 });
            return formatManifest(manifest);
          },
        },
        { signal, onProgress: (progress) => manifest ?? report({ stage: 'compressing', ...progress }) },
      );
      isOnDisk = true;
      throwIfAborted(signal); // the last of the work may have been done before it heard of it
      const now = clock();
      await catalogue.saveSidecar(name, () => ({
        // Once more, now that the archive is whole on the disk.
        manifest: { ...must(manifest), durationMs: now - startedAt },
        archive: { sizeBytes: written.sizeBytes, sha256: written.sha256 },
        pinned: false,
        verified: { at: now, ok: true, durationMs: now - packedFrom, problems: [], ...noted(flaws) },
        drilled: null,
        safetyUntil: request.kind === 'safety' ? startedAt + SAFETY_MS : null,
        doubtedSince: parts.doubtedSince?.() ?? null,
      }));
      return await catalogue.show(name);
    } catch (error) {
      // Nobody was told of it yet, so it need not be kept; what cannot be removed is listed as unverified.
      if (isOnDisk) await catalogue.remove(name).catch((cause: unknown) => log.warn(`${name} stays`, { error: cause }));
      throw error;
    }
  }

  return async (request, job) => {
    try {
      return await make(request, job);
    } catch (error) {
      throwIfAborted(job.signal); // whatever a part made of it
      // What the part that met the end of the disk lacks is not all: the next one would be short of room, too.
      if (isFull(error)) await assertRoom(parts);
      throw translateDisk(error, catalogue.folder);
    }
  };
}

/** Whatever becomes of the work beside it, its files stay until it has ended. */
function besides<T>(result: Promise<T>) {
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  return { result, [Symbol.asyncDispose]: () => ended };
}

type Described = Omit<Manifest, 'name' | 'createdAt' | 'durationMs' | 'files'>;

function about(parts: CreateParts, request: CreateRequest, captured: Captured, database: SqliteReport): Described {
  const chroma = captured.parts.get('chroma');
  return {
    format: FORMAT,
    application: parts.application,
    schemaVersion: database.schemaVersion,
    sqliteVersion: database.sqliteVersion,
    chromaVersion: chroma?.version ?? null,
    collectionPrefix: parts.collectionPrefix,
    spaces: database.spaces,
    kind: request.kind,
    reason: request.reason === null ? null : beginning(request.reason, 500),
    by: { id: request.by.id.slice(0, 100), name: beginning(request.by.name, 200) },
    gateMs: captured.gateMs,
    counts: {
      tables: database.tables,
      collections: chroma?.counts.collections ?? {},
      knowledge: database.knowledge,
    },
    identity: database.identity,
  };
}

function must(manifest: Manifest | null): Manifest {
  if (manifest === null) throw new AppError('internal', 'The archive was written without asking for its manifest.');
  return manifest;
}

function unsound(problems: readonly string[]): AppError {
  const shown = problems.slice(0, 3).join('; ');
  return new AppError('damaged', {
    en: `The bot's database does not pass SQLite's check (${shown}), so it was not backed up. The older backups are whole; go back to one of them.`,
    ja: `ボットのデータベースに問題が見つかったため（${shown}）、バックアップしませんでした。以前のバックアップは無事です。そのいずれかを復元してください。`,
  });
}
