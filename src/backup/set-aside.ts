import type { Log } from '../log.ts';
import { AppError } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import type { CreateRequest } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import { formatManifest } from './manifest.ts';
import { FORMAT, type BackupEntry, type FileRecord, type Manifest } from './model.ts';
import type { ArchiveFormat } from './ports.ts';
import type { JobContext } from './slot.ts';

export interface SetAsideParts {
  readonly catalogue: Catalogue;
  readonly archive: ArchiveFormat;
  readonly application: Manifest['application'];
  readonly collectionPrefix: string;
  /** zstd level. */
  readonly level: number;
  readonly clock: () => number;
  readonly log: Log;
}

export interface SetAsideRequest extends CreateRequest {
  readonly name: string;
  /** Holds the files of the database, which nobody has open, under `paths`. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** What is wrong with them, in words. */
  readonly problems: readonly string[];
}

/**
 * Keeps the files of a database that is too damaged to be backed up, exactly as they are, among the backups: listed as
 * damaged, refused by a restore, left alone by retention, there for whoever wants to rescue something from them.
 */
export type SetAside = (request: SetAsideRequest, job: JobContext) => Promise<BackupEntry>;

/** Older ones go when there is another, so that a disk that keeps damaging databases is not filled with them. */
const KEPT = 3;
/** No database that was ever opened has it. */
const UNREADABLE_SCHEMA = 0;

export function createSetAside(parts: SetAsideParts): SetAside {
  const { catalogue, archive, application, collectionPrefix, level, clock, log } = parts;

  /** The caller holds the slot, so nobody else removes one meanwhile. */
  async function removeOldest(): Promise<void> {
    const kept = (await catalogue.list()).filter(isSetAside);
    for (const { name } of kept.slice(KEPT)) {
      await catalogue.remove(name);
      log.warn(`Removed ${name}, the files of a damaged database: of such, the newest ${KEPT} are kept`);
    }
  }

  return async ({ name, folder, paths, problems, kind, reason, by }, { signal }) => {
    const startedAt = clock();
    const described: { manifest: Manifest | null } = { manifest: null };
    const describe = (files: readonly FileRecord[]): Manifest => ({
      format: FORMAT,
      name,
      createdAt: new Date(startedAt).toISOString(),
      identity: null,
      application,
      schemaVersion: UNREADABLE_SCHEMA,
      sqliteVersion: '',
      chromaVersion: null,
      collectionPrefix,
      spaces: [],
      kind,
      reason,
      by,
      gateMs: 0,
      durationMs: clock() - startedAt,
      counts: { tables: {}, collections: {}, knowledge: null },
      files,
    });
    const manifest = (files: readonly FileRecord[]): string => formatManifest((described.manifest = describe(files)));
    const file = catalogue.archiveFile(name);
    const written = await archive.write({ file, folder, paths, level, manifest }, { signal });
    const made = described.manifest;
    if (made === null) throw new AppError('internal', 'The archive was written without asking for its manifest.');
    const check = { at: clock(), ok: false, durationMs: 0, problems: problems.map((one) => beginning(one, 2000)) };
    await catalogue.saveSidecar(name, () => ({
      manifest: made,
      archive: { sizeBytes: written.sizeBytes, sha256: written.sha256 },
      pinned: false,
      verified: check,
      drilled: null,
      safetyUntil: null,
      doubtedSince: null,
    }));
    await removeOldest();
    return catalogue.show(name);
  };
}

export const isSetAside = ({ sidecar }: BackupEntry): boolean =>
  sidecar?.manifest.kind === 'safety' && sidecar.manifest.schemaVersion === UNREADABLE_SCHEMA;
