import { AppError } from '../../src/errors.ts';
import type { BackupManager, BackupProgress, BackupSchedule, RestorePreview, Schedule } from '../../src/backup/api.ts';
import type { Coverage } from '../../src/backup/coverage-model.ts';
import type { BackupEntry, BackupKind, Requester } from '../../src/backup/model.ts';
import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import type { Standing, StateIdentity } from '../../src/backup/state-model.ts';

export interface ScriptedBackups {
  readonly backups: BackupManager;
  readonly schedule: BackupSchedule;
  /** What was asked of the manager, in order: `restore nescordbot_backup_…`. */
  readonly calls: string[];
  /** On whose behalf, likewise: `delete 123`; `nobody` where the manager was not told. */
  readonly requesters: string[];
  readonly entries: BackupEntry[];
  /** Backups and restores wait here, half-way through, when it is set. */
  hold: Promise<void> | null;
  /** Null: all that came since the newest backup would be lost. */
  coverage: Coverage | null;
  /** Thrown by the next restore or backup. */
  failure: AppError | null;
  preview: Partial<RestorePreview>;
  /** Looks for damage, newest first. */
  readonly looks: IntegrityReport[];
  /** When the backup after changes is due. */
  afterChangesAt: number | null;
}

export const BACKUP_TIME = Date.UTC(2026, 10, 20, 2, 0, 0);
const DAY_MS = 86_400_000;
const by: Requester = { id: 'cli', name: 'cli' };

export function entryOf(
  at: number,
  more: {
    kind?: BackupKind;
    reason?: string | null;
    by?: Requester;
    identity?: StateIdentity;
    standing?: Standing;
  } = {},
) {
  const digits = new Date(at).toISOString().replaceAll(/[-:]/g, '');
  const name = `nescordbot_backup_${digits.slice(0, 8)}_${digits.slice(9, 15)}`;
  const entry: BackupEntry = {
    name,
    sizeBytes: 141_000_000,
    createdAt: at,
    state: 'good',
    problem: null,
    standing: more.standing ?? 'current',
    sidecar: {
      manifest: {
        format: 1,
        name,
        createdAt: new Date(at).toISOString(),
        application: { name: 'nescordbot', version: '0.1.0' },
        schemaVersion: 3,
        sqliteVersion: '3.54.0',
        chromaVersion: '1.3.4',
        collectionPrefix: 'nescord_knowledge',
        spaces: ['offline-hash-v1/768'],
        kind: more.kind ?? 'manual',
        reason: more.reason ?? null,
        by: more.by ?? by,
        gateMs: 300,
        durationMs: 7200,
        identity: more.identity ?? null,
        counts: {
          tables: { documents: 216, chunks: 18_430, vectors: 18_402, questions: 3911 },
          collections: {},
          knowledge: { documents: 214, passages: 18_402 },
        },
        files: [],
      },
      archive: { sizeBytes: 141_000_000, sha256: 'ab'.repeat(32) },
      pinned: false,
      verified: { at: at + 5000, ok: true, durationMs: 900, problems: [] },
      drilled: null,
      safetyUntil: null,
      doubtedSince: null,
    },
  };
  return entry;
}

/** A manager over a list in memory: it does at once, or when the test lets it, what the real one does with files. */
export function createScriptedBackups(): ScriptedBackups {
  const calls: string[] = [];
  const requesters: string[] = [];
  const note = (what: string, by: Requester | undefined) => void requesters.push(`${what} ${by?.id ?? 'nobody'}`);
  const entries = [
    entryOf(BACKUP_TIME, { reason: 'before the cleanup' }),
    entryOf(BACKUP_TIME - DAY_MS, { kind: 'scheduled', by: { id: 'schedule', name: 'schedule' } }),
  ];
  let current: ReturnType<BackupManager['running']> = null;
  let made = 0;
  let schedule: Schedule = { enabled: true, rule: 'every 6h', timeZone: 'UTC', afterChanges: true };
  const script: ScriptedBackups = {
    calls,
    requesters,
    entries,
    hold: null,
    coverage: null,
    failure: null,
    preview: {},
    afterChangesAt: null,
    looks: [],
    backups: {
      create: ({ kind, reason, by }, options) =>
        job('backup', `create ${reason ?? '-'}`, options?.onProgress, () => {
          const { failure } = script;
          script.failure = null;
          if (failure !== null) throw failure;
          made += 1;
          const entry = entryOf(BACKUP_TIME + made * 1000, { kind, reason, by });
          entries.unshift(entry);
          const removed = [
            { name: 'nescordbot_backup_20261115_093004', reason: { en: 'oldest; 5 are kept', ja: '最古。5 件を保持' } },
          ];
          const kept = entries.map(({ name }) => ({ name, reasons: ['newest 5'] }));
          return { entry, retention: { kept, removed } };
        }),
      list: async () => entries,
      coverage: async () => script.coverage ?? { behindSince: entries[0]?.createdAt ?? null, talkBehind: 0 },
      show: async (name) => find(name),
      verify: (name, options) => {
        note('verify', options?.by);
        return job('verify', `verify ${name}${options?.drill ? ' drill' : ''}`, options?.onProgress, () => find(name));
      },
      takeBack: async () => [],
      deletable: async (name) => deletable(name),
      async delete(name, by) {
        note('delete', by);
        calls.push(`delete ${name}`);
        const entry = deletable(name);
        entries.splice(entries.indexOf(entry), 1);
        return entry;
      },
      async pin(name, pinned, by) {
        note('pin', by);
        calls.push(`pin ${name} ${pinned}`);
        const entry = find(name);
        const changed = { ...entry, sidecar: entry.sidecar === null ? null : { ...entry.sidecar, pinned } };
        entries[entries.indexOf(entry)] = changed;
        return changed;
      },
      async cleanup({ dryRun, by }) {
        if (!dryRun) note('cleanup', by);
        calls.push(`cleanup ${dryRun}`);
        const [newest, ...older] = entries;
        const removed = older.map(({ name }) => ({
          name,
          reason: { en: 'older than the newest 1', ja: '新しい 1 件より古い' },
        }));
        if (!dryRun) entries.splice(1);
        return {
          kept: newest === undefined ? [] : [{ name: newest.name, reasons: [{ en: 'newest 1', ja: '新しい 1 件' }] }],
          removed,
        };
      },
      async preview(name) {
        calls.push(`preview ${name}`);
        return {
          entry: find(name),
          documentsLost: { count: 3, titles: ['Rules 2026', 'Event FAQ', 'Mod *handbook*'] },
          documentsReturning: { count: 1, titles: ['Old rules'] },
          questionsLost: 41,
          questionsReturning: 0,
          votesChanging: 0,
          guildsWithOtherSettings: 1,
          scheduleChanges: false,
          remarks: [],
          undoable: true,
          estimatedMs: 40_000,
          ...script.preview,
        };
      },
      restore: (name, by, options) =>
        job('restore', `restore ${name} by ${by.id}`, options?.onProgress, () => {
          const { failure } = script;
          script.failure = null;
          if (failure !== null) throw failure;
          made += 1;
          const safety = entryOf(BACKUP_TIME + made * 1000, {
            kind: 'safety',
            by,
            reason: `before the restore of ${name}`,
          });
          entries.unshift(safety);
          return { entry: find(name), safety, durationMs: 38_200, waitedMs: 3_400, documents: 212, questions: 3870 };
        }),
      running: () => current,
      space: async () => ({
        backups: entries.length,
        usedBytes: 282_000_000,
        freeBytes: 1_900_000_000,
        bytesPerDay: 15_000_000,
        fullInDays: 126,
      }),
    },
    schedule: {
      current: () => ({
        ...schedule,
        nextAt: BACKUP_TIME + DAY_MS,
        afterChangesAt: script.afterChangesAt,
        lastAt: BACKUP_TIME,
      }),
      change(change, by) {
        note('schedule', by);
        if (change.rule === 'sometimes') throw new AppError('invalid', 'The rule must be like `every 6h`.');
        schedule = { ...schedule, ...change };
        return { ...schedule, nextAt: BACKUP_TIME + DAY_MS };
      },
    },
  };
  return script;

  function find(name: string): BackupEntry {
    const entry = entries.find((one) => one.name === name);
    if (entry !== undefined) return entry;
    throw new AppError('not_found', { en: `There is no backup ${name}.`, ja: `${name} はありません。` });
  }

  function deletable(name: string): BackupEntry {
    const entry = find(name);
    if (entry.sidecar?.pinned === true) throw new AppError('conflict', `${name} is pinned, so it was not deleted.`);
    if (entries.length === 1) throw new AppError('conflict', 'It is the last verified backup, and stays.');
    return entry;
  }

  async function job<Result>(
    what: 'backup' | 'restore' | 'verify',
    call: string,
    onProgress: ((progress: BackupProgress) => void) | undefined,
    end: () => Result,
  ): Promise<Result> {
    if (current !== null) throw new AppError('busy', `A ${current.what} is under way (${current.stage}, 62 %).`);
    calls.push(call);
    const progress = { stage: 'compressing', doneBytes: 318_000_000, totalBytes: 512_000_000 } as const;
    current = { what, ...progress };
    try {
      onProgress?.(progress);
      await script.hold;
      return end();
    } finally {
      current = null;
    }
  }
}
