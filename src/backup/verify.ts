import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isAppError } from '../errors.ts';
import type { Catalogue } from './catalogue.ts';
import { copyProblems } from './compatibility.ts';
import { parseManifest } from './manifest.ts';
import type { BackupEntry, Check, FileRecord, Manifest, Sidecar } from './model.ts';
import type { ArchiveFormat, ArchiveReading, DrillRig, SqliteReport } from './ports.ts';
import { LIVE_DATABASE } from './restore-parts.ts';
import type { JobContext } from './slot.ts';
import { openScratch } from './stale.ts';

export interface VerificationParts {
  readonly catalogue: Catalogue;
  readonly archive: ArchiveFormat;
  readonly checkSqliteCopy: (file: string, signal?: AbortSignal) => Promise<SqliteReport>;
  /** Null where no second Chroma can be started. */
  readonly drillRig: DrillRig | null;
  readonly clock: () => number;
}

export interface Verification {
  /**
   * What is wrong with the archive that `read` reads, in words; without a sidecar it is held against itself.
   * @throws AppError when it could not be read
   */
  problemsOf(name: string, sidecar: Sidecar | null, read: () => Promise<ArchiveReading>): Promise<readonly string[]>;
  /** The same and the SQLite copy, noted in the sidecar, which is made from the archive where it is missing. */
  verify(entry: BackupEntry, job: JobContext, options: { readonly drill: boolean }): Promise<BackupEntry>;
}

export function createVerification(parts: VerificationParts): Verification {
  const { catalogue, archive, clock } = parts;

  const readBack = (name: string, { signal, report }: JobContext): Promise<ArchiveReading> =>
    archive.read(catalogue.archiveFile(name), {
      signal,
      onProgress: (progress) => report({ stage: 'verifying', ...progress }),
    });

  function judge(name: string, known: Sidecar | null, found: ArchiveReading) {
    const manifest = found.manifest === null ? null : parseManifest(found.manifest);
    const problems: string[] = [];
    if (manifest === null) problems.push('the archive holds no manifest');
    else {
      if (manifest.name !== name) problems.push(`the archive is ${manifest.name} under another name`);
      problems.push(...differences(manifest.files, found.files));
      if (known !== null && !sameManifest(known.manifest, manifest)) problems.push('sidecar and archive do not agree');
    }
    if (known !== null && known.archive.sha256 !== found.sha256) problems.push('the archive is not the one written');
    const sidecar = known ?? (manifest?.name === name ? asSidecar(manifest, found) : null);
    return { problems, sidecar };
  }

  /** What is damaged is a finding; that it could not be read, is of a newer program, or was cancelled, is not. */
  async function finding<T>(work: () => Promise<T>): Promise<T | string> {
    try {
      return await work();
    } catch (error) {
      if (isAppError(error, 'damaged')) return error.message;
      throw error;
    }
  }

  /** Unpacks into a scratch folder and looks inside. */
  async function unpacked(
    sidecar: Sidecar,
    job: JobContext,
    all: boolean,
    look: (folder: string) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const { name, files } = sidecar.manifest;
    await using scratch = await openScratch(catalogue.folder);
    const folder = join(scratch.folder, 'content');
    await mkdir(folder, { mode: 0o700 });
    const found = await finding(async () => {
      await archive.extract(catalogue.archiveFile(name), folder, files, {
        signal: job.signal,
        onProgress: (progress) => job.report({ stage: all ? 'drilling' : 'verifying', ...progress }),
        ...(all ? {} : { only: (path: string) => path === LIVE_DATABASE }),
      });
      return look(folder);
    });
    return typeof found === 'string' ? [found] : found;
  }

  const checkCopy = (sidecar: Sidecar, job: JobContext, tell: (flaws: readonly string[]) => void) =>
    unpacked(sidecar, job, false, async (folder) => {
      const report = await parts.checkSqliteCopy(join(folder, LIVE_DATABASE), job.signal);
      tell(report.flaws ?? []);
      return [...report.problems, ...copyProblems(sidecar.manifest, report)];
    });

  async function timed(work: () => Promise<readonly string[]>): Promise<Check> {
    const startedAt = clock();
    const problems = listed(await work());
    return { at: clock(), ok: problems.length === 0, durationMs: clock() - startedAt, problems };
  }

  return {
    async problemsOf(name, sidecar, read) {
      const found = await finding(async () => judge(name, sidecar, await read()));
      return typeof found === 'string' ? [found] : found.problems;
    },
    async verify(entry, job, { drill }) {
      const { name } = entry;
      let sidecar = entry.sidecar?.manifest.name === name ? entry.sidecar : null;
      let flaws: readonly string[] = [];
      const checked = await timed(async () => {
        const found = await finding(async () => judge(name, sidecar, await readBack(name, job)));
        if (typeof found === 'string') return [found];
        sidecar ??= found.sidecar;
        if (found.problems.length > 0 || sidecar === null) return found.problems;
        return checkCopy(sidecar, job, (found) => void (flaws = found));
      });
      const verified = { ...checked, ...noted(flaws) };
      if (sidecar === null) return { ...entry, state: 'damaged', problem: verified.problems.join('; ') };
      const base: Sidecar = sidecar;
      await catalogue.saveSidecar(name, (current) => ({ ...(current ?? base), verified }));
      const rig = parts.drillRig;
      if (drill && verified.ok && rig !== null) {
        const drilled = await timed(() =>
          unpacked(base, job, true, (folder) => rig.rehearse(folder, base.manifest.counts, job.signal)),
        );
        await catalogue.saveSidecar(name, (current) => ({ ...(current ?? base), drilled }));
      }
      return catalogue.show(name);
    },
  };
}

const listed = (words: readonly string[]) => words.map((one) => one.slice(0, 2000)).slice(0, 100);

/** What of a check is kept of documents that are not as they were stored: nothing where there are none. */
export const noted = (flaws: readonly string[]): Pick<Check, 'flaws'> =>
  flaws.length === 0 ? {} : { flaws: listed(flaws) };

function asSidecar(manifest: Manifest, { sizeBytes, sha256 }: { sizeBytes: number; sha256: string }): Sidecar {
  const learnt = { verified: null, drilled: null, safetyUntil: null, doubtedSince: null };
  return { manifest, archive: { sizeBytes, sha256 }, pinned: false, ...learnt };
}

/** In whatever order their fields are; the sidecar's duration is taken a little later. */
function sameManifest(a: Manifest, b: Manifest): boolean {
  return isDeepStrictEqual({ ...a, durationMs: 0 }, { ...b, durationMs: 0 });
}

function differences(declared: readonly FileRecord[], found: readonly FileRecord[]): string[] {
  const missing = new Map(declared.map((record) => [record.path, record]));
  const problems: string[] = [];
  for (const { path, sizeBytes, sha256 } of found) {
    const record = missing.get(path);
    missing.delete(path);
    if (record === undefined) problems.push(`${path} is not in the manifest`);
    else if (record.sizeBytes !== sizeBytes || record.sha256 !== sha256) problems.push(`${path} has changed`);
  }
  return [...problems, ...[...missing.keys()].map((path) => `${path} is missing`)].slice(0, 100);
}
