import { setTimeout as wait } from 'node:timers/promises';
import { checkGithubToken, repositoryOnGithub } from '../../adapters/github-token/check.ts';
import type { BackupManager, BackupSchedule } from '../../backup/api.ts';
import { newestVerified } from '../../backup/coverage-model.ts';
import type { JobSlot } from '../../backup/slot.ts';
import { intervalOf } from '../../backup/schedule-rule.ts';
import type { Config } from '../../config.ts';
import { DATABASE, databaseTrouble } from '../../health/alerting/rules/database-trouble.ts';
import { DISCORD, discordTrouble } from '../../health/alerting/rules/discord-trouble.ts';
import { FAILED_BACKUP } from '../../health/alerting/rules/failed-backup.ts';
import { FAILED_DRILL, failedDrill } from '../../health/alerting/rules/failed-drill.ts';
import { GEMINI, geminiTrouble } from '../../health/alerting/rules/gemini-trouble.ts';
import { GROWN_BACKUP, grownBackup } from '../../health/alerting/rules/grown-backup.ts';
import {
  INDEX,
  INDEX_LOST,
  indexTrouble,
  recentSamples,
  type IndexSample,
} from '../../health/alerting/rules/index-trouble.ts';
import { AHEAD_MS, STALE_BACKUP, staleBackup } from '../../health/alerting/rules/stale-backup.ts';
import { GITHUB, tokenTrouble } from '../../health/alerting/rules/token-trouble.ts';
import { DOUBTED_CLOCK, doubtedClock } from '../../health/alerting/rules/doubted-clock.ts';
import type { RunningTrustedClock } from '../../health/trusted-clock.ts';
import type { Look } from '../../health/alerting/ticker.ts';
import type { Alert, Alerts, StatusSource } from '../../health/ports.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { isAppError } from '../../errors.ts';
import { lookAtDisks } from './disks.ts';
import { repairedWords } from '../integrity/index-check.ts';

export interface LooksParts {
  readonly config: Config;
  readonly alerts: Alerts;
  readonly backups: Pick<BackupManager, 'list' | 'coverage' | 'space'>;
  readonly schedule: Pick<BackupSchedule, 'current'>;
  /** @throws AppError `busy` while a backup is being restored */
  readonly knowledge: () => Pick<KnowledgeBase, 'store' | 'indexServer' | 'indexWatch' | 'indexUpkeep'>;
  /** Runs upkeep while no backup is under way. */
  readonly whenFree: JobSlot['whenFree'];
  readonly health: StatusSource;
  readonly clock: () => number;
  readonly trustedClock: Pick<RunningTrustedClock, 'look' | 'doubt'>;
  readonly checkToken?: typeof checkGithubToken;
}

const GITHUB_API = 'https://api.github.com';
/** In each look, a step of a few milliseconds at a time: some 10 MB a minute. */
const SHRINK_MS = 2_000;
const SHRINK_PAUSE_MS = 20;
const TOKEN_EVERY_MS = 6 * 3_600_000;
const TOKEN_AGAIN_MS = 10 * 60_000;

/** What is looked at once a minute: each finding is raised, or ended. */
export function createLooks(parts: LooksParts): readonly Look[] {
  const { config, alerts, backups, clock, health, checkToken: check = checkGithubToken } = parts;
  const startedAt = clock();
  const discordDown = createSince();
  const indexDown = createSince();
  let samples: readonly IndexSample[] = [];
  const tokenUnknown = createSince();
  let token = { askedAt: -Infinity, everyMs: 0 };

  const one = (key: string, alert: Alert | null) => (alert === null ? alerts.resolve(key) : alerts.raise(alert));

  function maxAgeMs(): number | null {
    if (config.alerts.backupMaxAgeMs !== null) return config.alerts.backupMaxAgeMs;
    const { enabled, rule, timeZone } = parts.schedule.current();
    return enabled ? 2 * intervalOf(rule, timeZone, clock()) : null;
  }

  return [
    {
      name: 'the clock',
      async look() {
        await parts.trustedClock.look();
        one(DOUBTED_CLOCK, doubtedClock(parts.trustedClock.doubt(), config.cliCommand));
      },
    },
    {
      name: 'the backups',
      look: () =>
        unlessBusy(async () => {
          const entries = await backups.list();
          const newestAt = newestVerified(entries)?.createdAt ?? null;
          const failed = alerts.open().find(({ key }) => key === FAILED_BACKUP);
          // Another process may have made it.
          if (failed !== undefined && newestAt !== null && newestAt > failed.since && newestAt <= clock() + AHEAD_MS)
            alerts.resolve(FAILED_BACKUP);
          const { behindSince } = await backups.coverage();
          const freshness = { newestAt, behindSince, watchedSince: startedAt, maxAgeMs: maxAgeMs(), now: clock() };
          one(STALE_BACKUP, staleBackup(freshness));
          one(GROWN_BACKUP, grownBackup(entries, config.alerts.backupMaxBytes));
          one(FAILED_DRILL, failedDrill(entries));
        }),
    },
    {
      name: 'the disks',
      look: async () => lookAtDisks(config, alerts, await backups.space().catch(() => null), clock()),
    },
    {
      name: 'the database',
      look: () =>
        unlessBusy(async () => {
          const failure: unknown = await parts
            .knowledge()
            .store.probe.probe()
            .then(
              () => null,
              (error: unknown) => error,
            );
          const found = databaseTrouble(failure);
          if (found !== undefined) one(DATABASE, found);
        }),
    },
    {
      name: 'the free pages of the database',
      look: () =>
        unlessBusy(async () => {
          const until = performance.now() + SHRINK_MS;
          while (performance.now() < until && parts.knowledge().store.shrink()) await wait(SHRINK_PAUSE_MS);
        }),
    },
    {
      name: 'the index',
      look: () =>
        unlessBusy(async () => {
          const { indexServer, indexWatch, indexUpkeep } = parts.knowledge();
          const now = clock();
          const isUp = indexServer.isUp();
          // A collection that is succeeded by another one is not taken for one that somebody exchanged.
          if (isUp && !indexUpkeep.isAtWork()) {
            await indexWatch.look();
            if (indexWatch.isWhole()) await indexUpkeep.look(parts.whenFree);
          }
          const mended = indexWatch.takeMended();
          // Where it was raised, its end says so.
          if (mended !== null && !alerts.open().some(({ key }) => key === INDEX_LOST))
            alerts.announce(repairedWords(mended));
          samples = recentSamples([...samples, { at: now, isUp, restarts: indexServer.restarts() }], now);
          alerts.settle(INDEX, indexTrouble(samples, indexDown.at(!isUp, now), indexWatch.loss()));
        }),
    },
    {
      name: 'Gemini and Discord',
      look() {
        const now = clock();
        const known = alerts.open().map(({ key }) => key);
        const { parts: all } = health.status();
        // While a backup is being restored there is nobody to tell of Gemini, and nothing is over.
        if (all.some(({ name }) => name === 'generator')) alerts.settle(GEMINI, geminiTrouble(all, now, known));
        const discord = all.find(({ name }) => name === 'discord');
        alerts.settle(DISCORD, discordTrouble(discord, discordDown.at(discord?.state !== 'ok', now), now));
      },
    },
    {
      name: 'the token for GitHub',
      async look() {
        const { github } = config.vaults;
        const repository = github === null ? null : repositoryOnGithub(github.repository);
        if (github === null || repository === null) return alerts.settle(GITHUB, []);
        const now = clock();
        const sinceMs = now - token.askedAt;
        if (sinceMs >= 0 && sinceMs < token.everyMs) return; // a clock that was put back must not silence it
        token = { askedAt: now, everyMs: TOKEN_AGAIN_MS };
        const state = await check({ token: github.token, repository, origin: GITHUB_API });
        const isUnknown = state.state === 'unknown';
        if (!isUnknown) token = { askedAt: now, everyMs: TOKEN_EVERY_MS };
        const found = tokenTrouble(state, now, tokenUnknown.at(isUnknown, now));
        if (found !== undefined) alerts.settle(GITHUB, found);
      },
    },
  ];
}

/** Since when something has been so, look after look. */
function createSince() {
  let since: number | null = null;
  return {
    at(isSo: boolean, now: number): number | null {
      since = isSo ? (since ?? now) : null;
      return since;
    },
  };
}

/** While a backup is being restored, or the bot starts, nothing can be told of it; the next look will. */
async function unlessBusy(look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!isAppError(error, 'busy')) throw error;
  }
}
