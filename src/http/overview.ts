import { lossMs, newestVerified, type Coverage } from '../backup/coverage-model.ts';
import type { BackupEntry } from '../backup/model.ts';
import { parseName } from '../backup/name.ts';
import type { ApiParts, VaultCopies } from './api-parts.ts';
import type { JobParts } from './begin.ts';
import { copiesByBackup } from './copies.ts';
import { createFigures } from './figures.ts';
import { backupView, runningView, scheduleView } from './schemas/backup.ts';
import { bothOf, iso, isoOrNull } from './schemas/common.ts';
import { jobView, knowledgeJobView } from './schemas/job.ts';
import { alertView, partView, pastAlertView, type OverviewView } from './schemas/overview.ts';
import { unlessBusy } from './unless-busy.ts';

const MOST_BACKUPS = 200;
const MOST_JOBS = 50;

/** All that the dashboard shows, in one answer. While a backup is being restored, what then cannot be told is left out. */
export function createOverview(parts: ApiParts & JobParts): () => Promise<OverviewView> {
  const { backups, clock } = parts;
  const figures = createFigures(parts);
  return async () => {
    const [entries, coverage, space, vaults, questions] = await Promise.all([
      backups().list(),
      backups().coverage(),
      backups().space(),
      parts.copies(),
      unlessBusy(figures, null),
    ]);
    const copies = copiesByBackup(vaults);
    const { version, startedAt, parts: ofBot, totals, volumeBytes } = parts.health.status();
    const good = entries.filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
    const newest = newestVerified(entries);
    const now = clock();
    const drilled = good.map(({ sidecar }) => sidecar?.drilled ?? null).find((check) => check?.ok === true) ?? null;
    const knowledge = await unlessBusy(() => parts.library().openJobs().slice(0, MOST_JOBS), []);
    return {
      now: iso(now),
      version,
      startedAt: iso(startedAt),
      parts: ofBot.map(partView),
      totals: { guilds: totals.guilds, documents: totals.documents, passages: totals.chunks },
      restorable: {
        ok: newest !== null,
        newest: newest?.name ?? null,
        drilledAt: isoOrNull(drilled?.at ?? null),
        rtoMs: drilled?.durationMs ?? null,
        rpoMs: newest === null ? null : lossMs(coverage, now),
        behindSince: isoOrNull(coverage.behindSince),
        talkBehind: coverage.talkBehind,
      },
      copies: [
        local(good.length, newest, coverage, { usedBytes: space.usedBytes, now }),
        ...vaults.map((vault) => inVault(vault, now)),
      ],
      backups: entries.slice(0, MOST_BACKUPS).map((entry) => backupView(entry, copies(entry.name))),
      running: runningView(backups().running()),
      schedule: await unlessBusy(() => scheduleView(parts.schedule().current()), null),
      storage: { ...space, volumeBytes },
      questions,
      jobs: [...parts.jobs.list().slice(0, MOST_JOBS).map(jobView), ...knowledge.map(knowledgeJobView)],
      alerts: parts.alerts().map(alertView),
      recentAlerts: parts.recentAlerts().map(pastAlertView),
    };
  };
}

function local(
  backups: number,
  newest: BackupEntry | null,
  { behindSince }: Coverage,
  { usedBytes, now }: { readonly usedBytes: number; readonly now: number },
): OverviewView['copies'][number] {
  return {
    name: 'local',
    label: 'This machine',
    backups,
    newest: newest?.name ?? null,
    newestAt: isoOrNull(newest?.createdAt ?? null),
    rpoMs: newest === null ? null : lossMs({ behindSince }, now),
    usedBytes,
    limitBytes: null,
    problem: null,
    problemWords: null,
    pending: 0,
    behindSince: isoOrNull(behindSince),
    lastSuccessAt: null,
    rotten: 0,
    readBackAt: null,
    oldestReadBackAt: null,
    fullInDays: null,
  };
}

function inVault(vault: VaultCopies, now: number): OverviewView['copies'][number] {
  const problemWords = vault.problem === null ? null : bothOf(vault.problem);
  const { newest } = vault;
  // A copy outlives its original here, and its name says when it was made.
  const createdAt = newest === null ? null : (parseName(newest)?.createdAt ?? null);
  return {
    name: vault.name,
    label: vault.label,
    backups: vault.backups.length,
    newest,
    newestAt: isoOrNull(createdAt),
    rpoMs: newest === null ? null : lossMs(vault, now),
    usedBytes: vault.usedBytes,
    limitBytes: vault.limitBytes,
    problem: problemWords?.en ?? null,
    problemWords,
    pending: vault.pending,
    behindSince: isoOrNull(vault.behindSince),
    lastSuccessAt: isoOrNull(vault.lastSuccessAt),
    rotten: vault.rotten,
    readBackAt: isoOrNull(vault.readBackAt),
    oldestReadBackAt: isoOrNull(vault.oldestReadBackAt),
    fullInDays: vault.fullInDays,
  };
}
