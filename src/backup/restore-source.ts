import { AppError, isAppError } from '../errors.ts';
import type { Catalogue } from './catalogue.ts';
import { newestVerified } from './coverage-model.ts';
import { parseManifest } from './manifest.ts';
import { problemInWords } from './problem-model.ts';
import type { BackupEntry, Manifest } from './model.ts';
import type { ArchiveFormat, ArchiveReading } from './ports.ts';
import type { FoundBackup, RestoreSource } from './restore-parts.ts';
import type { Verification } from './verify.ts';

export interface RestoreSourceParts {
  readonly catalogue: Catalogue;
  readonly archive: ArchiveFormat;
  readonly verification: Verification;
  readonly clock: () => number;
}

/** Backups as a restore asks for them: refused where damaged, with the next-best one named. */
export function createRestoreSource({ catalogue, archive, verification, clock }: RestoreSourceParts): RestoreSource {
  async function refuse(name: string, problem: string): Promise<never> {
    const nextBest = newestVerified((await catalogue.list()).filter((one) => one.name !== name));
    throw damaged(name, problem, nextBest);
  }

  async function manifestOf({ name, sidecar }: BackupEntry): Promise<Manifest> {
    if (sidecar !== null) return sidecar.manifest;
    try {
      const { manifest } = await archive.read(catalogue.archiveFile(name));
      if (manifest !== null) return parseManifest(manifest);
    } catch (error) {
      if (!isAppError(error, 'damaged')) throw error;
      return refuse(name, error.message);
    }
    return refuse(name, 'it holds no manifest');
  }

  async function find(name: string): Promise<FoundBackup> {
    const entry = await catalogue.show(name);
    if (entry.state === 'damaged') await refuse(entry.name, entry.problem ?? 'unknown damage');
    return { entry, manifest: await manifestOf(entry), file: catalogue.archiveFile(entry.name) };
  }

  async function asWritten(
    found: FoundBackup,
    unpack: (found: FoundBackup) => Promise<ArchiveReading>,
  ): Promise<FoundBackup> {
    const { name, sidecar } = found.entry;
    const startedAt = clock();
    const problems = await verification.problemsOf(name, sidecar, () => unpack(found));
    if (problems.length === 0) return found;
    if (sidecar !== null) {
      const check = { at: startedAt, ok: false, durationMs: clock() - startedAt, problems };
      await catalogue.saveSidecar(name, (current) => ({ ...(current ?? sidecar), verified: check }));
    }
    return refuse(name, problems.join('; '));
  }

  return {
    find,
    asWritten,
    async whole(found, job, unpack) {
      if (found.entry.sidecar !== null) return asWritten(found, unpack);
      // There is nothing to hold it against but itself: that is done first, and makes the sidecar.
      const entry = await verification.verify(found.entry, job, { drill: false });
      if (entry.state !== 'good') await refuse(entry.name, entry.problem ?? 'unknown damage');
      await unpack(found);
      return { ...found, entry };
    },
  };
}

function damaged(name: string, problem: string, nextBest: BackupEntry | null): AppError {
  const next = nextBest?.name ?? null;
  return new AppError('damaged', {
    en: `${name} is damaged (${problem}), so nothing was changed. ${next === null ? 'No other backup here is known to be whole: see whether a vault has one, or make one with /backup.' : `The next-best backup is ${next}.`}`,
    ja: `${name} は壊れているため（${problemInWords(problem).ja}）、何も変更していません。${next === null ? 'このマシンには、ほかに無事と確認できたバックアップがありません。保管先のコピーを確認するか、/backup で作成してください。' : `次に新しい無事なバックアップは ${next} です。`}`,
  });
}
