import { AppError, isAppError, wordsIn, type ErrorCode } from '../errors.ts';
import type { BackupManager, RetentionPlan } from './api.ts';
import { notFound } from './catalogue.ts';
import { coverageHere, type OwnState } from './coverage-model.ts';
import { createCleaning } from './cleaning.ts';
import { createMakeBackup, type CreateParts, type MakeBackup } from './create.ts';
import type { BackupEntry } from './model.ts';
import { planRetention, type RetentionRules } from './retention.ts';
import { createRestoreSource } from './restore-source.ts';
import type { RestoreSource } from './restore-parts.ts';
import { createSetAside, type SetAside } from './set-aside.ts';
import type { JobSlot } from './slot.ts';
import { forecast } from './space.ts';
import { createVerification, type VerificationParts } from './verify.ts';

export interface BackupManagerParts extends CreateParts, Pick<VerificationParts, 'drillRig'> {
  readonly slot: JobSlot;
  readonly rules: RetentionRules;
  readonly own: OwnState;
}

/** All of the manager but going back, and what going back needs of it. */
export interface BackupRoom {
  readonly manager: Omit<BackupManager, 'preview' | 'restore' | 'takeBack'>;
  /** For `createRestore`: makes the safety backup within the restore's own job. */
  readonly save: MakeBackup;
  readonly setAside: SetAside;
  readonly source: RestoreSource;
  /** Where the words of a failure do not say all of it, the log has the way to it. */
  explained<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** Their words say all of it. */
const PLAIN: ReadonlySet<ErrorCode> = new Set(['invalid', 'not_found', 'forbidden', 'conflict', 'busy', 'limit']);

export function createBackupManager(parts: BackupManagerParts): BackupRoom {
  const { catalogue, slot, clock, log, rules } = parts;
  const verification = createVerification(parts);
  const clean = createCleaning(catalogue, log);
  const make = createMakeBackup(parts, clean);

  async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error) || !PLAIN.has(error.code)) log.warn(`${what} failed`, { error });
      throw error;
    }
  }

  async function retain(dryRun: boolean, justMade: string | null): Promise<RetentionPlan> {
    const plan = planRetention(await catalogue.list(), rules, clock(), justMade, parts.doubtedSince?.() ?? null);
    if (dryRun) return plan;
    for (const { name, reason } of plan.removed) {
      await catalogue.remove(name);
      log.info(`Removed the backup ${name}`, { reason: wordsIn('en', reason) });
    }
    return plan;
  }

  async function deletable(name: string): Promise<BackupEntry> {
    const entry = await catalogue.show(name);
    assertDeletable(entry, await catalogue.list());
    return entry;
  }

  const manager: BackupRoom['manager'] = {
    create: (request, options = {}) =>
      explained(`The ${request.kind} backup`, () =>
        slot.run('backup', options, async (job) => {
          const entry = await make(request, job);
          job.report({ stage: 'retention', doneBytes: 0, totalBytes: 0 });
          const retention = await retain(false, entry.name).catch((error: unknown): RetentionPlan => {
            // The backup is there all the same; the next one tidies up.
            log.error('Old backups could not be removed', { error });
            return { kept: [], removed: [] };
          });
          job.report({ stage: 'done', doneBytes: 0, totalBytes: 0 });
          return { entry, retention };
        }),
      ),
    list: () => catalogue.list(),
    coverage: async () => coverageHere(await catalogue.list(), parts.own),
    show: (name) => catalogue.show(name),
    verify: (name, { drill = false, ...options } = {}) =>
      explained(`The ${drill ? 'drill' : 'verification'} of ${short(name)}`, () =>
        slot.run('verify', options, async (job) => {
          await clean();
          const entry = await catalogue.show(name);
          if (entry.state === 'damaged' && entry.sizeBytes === 0) return entry; // missing, empty, or no file: nothing to read
          return verification.verify(entry, job, { drill });
        }),
      ),
    deletable: (name) => explained(`The deletion of ${short(name)}`, () => deletable(name)),
    delete: (name) =>
      explained(`The deletion of ${short(name)}`, () =>
        slot.run('backup', {}, async (job) => {
          job.report({ stage: 'retention', doneBytes: 0, totalBytes: 0 });
          const entry = await deletable(name);
          await catalogue.remove(entry.name);
          return entry;
        }),
      ),
    pin: (name, pinned) =>
      explained(`${pinned ? 'Pinning' : 'Unpinning'} ${short(name)}`, async () => {
        const { name: own, sidecar, state } = await catalogue.show(name);
        if (sidecar === null) throw unpinnable(own, state);
        await catalogue.saveSidecar(own, (current) => {
          if (current === null) throw notFound(own); // removed meanwhile: a sidecar alone would be listed as damaged
          return { ...current, pinned };
        });
        return catalogue.show(own);
      }),
    cleanup: ({ dryRun }) =>
      dryRun
        ? retain(true, null)
        : explained('The cleanup', () =>
            slot.run('backup', {}, async (job) => {
              job.report({ stage: 'retention', doneBytes: 0, totalBytes: 0 });
              await clean();
              return retain(false, null);
            }),
          ),
    running: () => slot.running(),
    space: async () => forecast(await catalogue.list(), await parts.freeBytes(catalogue.folder)),
  };
  return {
    manager,
    explained,
    save: make,
    setAside: createSetAside(parts),
    source: createRestoreSource({ catalogue, archive: parts.archive, verification, clock }),
  };
}

/** Names come from people; the log shows no more of one than a name can have. */
const short = (name: string): string => name.slice(0, 60);

/** @throws AppError `conflict` */
function assertDeletable(entry: BackupEntry, entries: readonly BackupEntry[]): void {
  if (entry.sidecar?.pinned === true) {
    throw new AppError('conflict', {
      en: `${entry.name} is pinned, so it was not deleted. Unpin it first.`,
      ja: `${entry.name} はピン留めされているため削除しませんでした。先にピン留めを解除してください。`,
    });
  }
  const good = entries.filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
  if (good.length === 1 && good[0]?.name === entry.name) {
    throw new AppError('conflict', {
      en: `${entry.name} is the last verified backup, so it was not deleted. Make another one first.`,
      ja: `${entry.name} は検証済みの最後のバックアップなので削除しませんでした。先に別のバックアップを作成してください。`,
    });
  }
}

function unpinnable(name: string, state: BackupEntry['state']): AppError {
  if (state === 'damaged') {
    return new AppError('conflict', {
      en: `${name} is damaged, so it cannot be pinned, and need not be: damaged backups are removed by hand only.`,
      ja: `${name} は破損しているためピン留めできません。破損したバックアップは自動では削除されないので、ピン留めする必要もありません。`,
    });
  }
  return new AppError('conflict', {
    en: `${name} has no readable sidecar to note the pin in. Verify it first; that makes one.`,
    ja: `${name} には読み取れるマニフェストがないためピン留めできません。先に検証してください（検証すると作成されます）。`,
  });
}
