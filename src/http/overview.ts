import type { Forecast } from '../backup/api.ts';
import { lossMs, newestVerified, type Coverage } from '../backup/coverage-model.ts';
import type { BackupEntry } from '../backup/model.ts';
import { wordsIn, type AppError, type Words } from '../errors.ts';
import { parseName } from '../backup/name.ts';
import type { ApiParts, VaultCopies } from './api-parts.ts';
import type { JobParts } from './begin.ts';
import { copiesByBackup } from './copies.ts';
import { createFigures } from './figures.ts';
import { listedView, runningView, scheduleView } from './schemas/backup.ts';
import { bothOf, iso, isoOrNull } from './schemas/common.ts';
import { jobView, knowledgeJobView } from './schemas/job.ts';
import { alertView, partView, pastAlertView, type OverviewView } from './schemas/overview.ts';
import { unlessBusy, unlessTroubled } from './unless-busy.ts';

const MOST_BACKUPS = 200;
const MOST_JOBS = 50;

/** What is told of the backups on this machine. */
interface Here {
  readonly entries: readonly BackupEntry[];
  readonly coverage: Coverage;
  readonly space: Forecast;
  /** Why nothing is. */
  readonly problem: Words | null;
}

const nothing = () => null;
const untold = ({ words }: AppError): Here => ({
  entries: [],
  coverage: { behindSince: null, talkBehind: null },
  space: { backups: 0, usedBytes: 0, freeBytes: 0, bytesPerDay: 0, fullInDays: null },
  problem: words,
});

/** All that the dashboard shows, in one answer. While a backup is being restored, what then cannot be told is left out. */
export function createOverview(parts: ApiParts & JobParts): () => Promise<OverviewView> {
  const { backups, clock } = parts;
  const figures = createFigures(parts);

  async function here(): Promise<Here> {
    const [entries, coverage, space] = await Promise.all([backups().list(), backups().coverage(), backups().space()]);
    return { entries, coverage, space, problem: null };
  }
  return async () => {
    const [{ entries, coverage, space, problem }, vaults, questions] = await Promise.all([
      unlessTroubled(here, untold),
      parts.copies(),
      unlessTroubled(() => unlessBusy(figures, null), nothing),
    ]);
    const copies = copiesByBackup(vaults);
    const { version, startedAt, parts: ofBot, totals, volumeBytes } = parts.health.status();
    const good = entries.filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
    const newest = newestVerified(entries);
    const now = clock();
    const drilled = good.map(({ sidecar }) => sidecar?.drilled ?? null).find((check) => check?.ok === true) ?? null;
    const openJobs = () => parts.library().openJobs().slice(0, MOST_JOBS);
    const knowledge = await unlessTroubled(
      () => unlessBusy(openJobs, []),
      () => [],
    );
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
        local(good.length, newest, coverage, { usedBytes: space.usedBytes, problem, now }),
        ...vaults.map((vault) => inVault(vault, now)),
      ],
      backups: entries
        .slice(0, MOST_BACKUPS)
        .map((entry) => listedView(entry, copies(entry.name), newest?.name ?? null)),
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
  { usedBytes, problem, now }: Pick<Here, 'problem'> & { readonly usedBytes: number; readonly now: number },
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
    problem: problem === null ? null : wordsIn('en', problem),
    problemWords: problem === null ? null : bothOf(problem),
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
