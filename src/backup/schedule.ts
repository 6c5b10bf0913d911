import { AppError, isAppError } from '../errors.ts';
import type { SettingsStore } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';
import type { BackupManager, BackupSchedule, Schedule } from './api.ts';
import { changeDelay, createRetries } from './backoff.ts';
import type { BackupKind } from './model.ts';
import { SCHEDULE_SETTING, type Cron, type Later } from './ports.ts';
import { nextDue, parseRule, whenDue } from './schedule-rule.ts';

export interface ScheduleParts {
  readonly manager: Pick<BackupManager, 'create' | 'list' | 'verify' | 'coverage'>;
  readonly settings: SettingsStore;
  /** From the configuration, until somebody changes it. */
  readonly defaults: Schedule;
  readonly cron: Cron;
  readonly later: Later;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
}

export interface RunningSchedule extends BackupSchedule {
  /** Knowledge has changed: a backup follows when it has been quiet for a while. */
  changed(): void;
  /** Whoever changed something, and whenever: what no backup has is backed up as if it had just been changed. */
  look(): Promise<void>;
  /** After a restore the settings may be others: arms what they say now. What was restored is backed up as soon as may be. */
  reload(): void;
  /** Stops, and waits for the backup under way, which its slot aborts. */
  close(): Promise<void>;
}

const BY = { id: 'schedule', name: 'schedule' };
/** A backup's name is its second: bots with one schedule that share a vault would each time be in each other's way. */
const SPREAD_MS = 60_000;
type Automatic = Extract<BackupKind, 'scheduled' | 'after-change'>;

/** Arms the schedule and, when a run was missed while the bot was down, makes up for it once. */
export async function openSchedule(parts: ScheduleParts): Promise<RunningSchedule> {
  const { manager, settings, cron, later, clock, log } = parts;
  const retries = createRetries(parts.random);
  let lastAt = await lastScheduled(manager, clock());
  let stopCron = (): void => undefined;
  let stopDue = (): void => undefined;
  let stopRetry = (): void => undefined;
  let stopChange = (): void => undefined;
  let firstChangeAt: number | null = null;
  let lastChangeRunAt = -Infinity;
  let waiting: Automatic | null = null;
  let working: Promise<void> | null = null;
  /** When the one after changes comes. */
  let afterChangesAt: number | null = null;
  const closing = new AbortController();

  const schedule = (): Schedule => readSchedule(settings, parts.defaults);

  function nextAt({ enabled, rule, timeZone }: Schedule): number | null {
    return enabled ? nextDue(parseRule(rule), timeZone, clock()) : null;
  }

  function arm(): void {
    stopCron();
    stopCron = () => undefined;
    const current = schedule();
    if (current.enabled && !closing.signal.aborted) stopCron = whenDue(current, { cron, clock }, due);
  }

  function due(): void {
    stopDue();
    stopDue = later(Math.floor(parts.random() * SPREAD_MS), () => {
      if (schedule().enabled) ask('scheduled');
    });
  }

  /** A scheduled backup holds the changes too; one at a time. */
  function ask(kind: Automatic): void {
    if (closing.signal.aborted) return;
    if (waiting !== 'scheduled') waiting = kind;
    stopRetry();
    working ??= work().finally(() => {
      working = null;
    });
  }

  async function work(): Promise<void> {
    while (waiting !== null && !closing.signal.aborted) {
      const kind: Automatic = waiting;
      waiting = null;
      try {
        await run(kind);
        retries.succeeded();
      } catch (error) {
        if (closing.signal.aborted) return;
        const delayMs = isAppError(error, 'busy') ? retries.whenBusy() : retries.next();
        log.error(`The ${kind} backup failed; trying again in ${Math.round(delayMs / 1000)} s`, { error });
        if (waiting !== 'scheduled') waiting = kind;
        stopRetry = later(delayMs, () => ask(waiting ?? kind));
        return;
      }
    }
  }

  async function run(kind: Automatic): Promise<void> {
    const startedAt = clock();
    // This backup has the changes up to now; those that come while it is made ask for the next one.
    stopChange();
    afterChangesAt = null;
    firstChangeAt = null;
    lastChangeRunAt = startedAt;
    const { entry } = await manager.create({ kind, reason: null, by: BY });
    if (kind === 'scheduled') lastAt = startedAt;
    if (kind !== 'scheduled') return;
    // The backup is made whatever comes of the drill; what it finds is listed, and is no reason to make another at once.
    const drilled = await manager.verify(entry.name, { drill: true, by: BY }).catch((error: unknown) => {
      log.error(`The restore drill of ${entry.name} did not take place`, { error });
      return null;
    });
    if (drilled?.state === 'damaged') log.error(`The restore drill of ${entry.name} failed: ${drilled.problem ?? ''}`);
  }

  arm();
  const { enabled, rule, timeZone } = schedule();
  if (enabled && lastAt !== null && nextDue(parseRule(rule), timeZone, lastAt) <= clock()) {
    log.info('A scheduled backup was missed while the bot was down; making it now');
    ask('scheduled');
  }

  function changed(): void {
    if (closing.signal.aborted || !schedule().afterChanges) return;
    const now = clock();
    firstChangeAt ??= now;
    stopChange();
    const delayMs = changeDelay(now, firstChangeAt, lastChangeRunAt);
    afterChangesAt = now + delayMs;
    stopChange = later(delayMs, () => ask('after-change'));
  }

  async function look(): Promise<void> {
    if (afterChangesAt !== null || working !== null || waiting !== null) return;
    if ((await manager.coverage()).behindSince !== null) changed();
  }

  await look();

  return {
    current: () => ({ ...schedule(), nextAt: nextAt(schedule()), lastAt, afterChangesAt }),
    change(change) {
      const next = checked({ ...schedule(), ...change });
      settings.saveSetting(SCHEDULE_SETTING.scope, SCHEDULE_SETTING.key, next);
      arm();
      if (!next.afterChanges) {
        stopChange();
        afterChangesAt = null;
      }
      log.info('The schedule was changed', { ...next });
      return { ...next, nextAt: nextAt(next) };
    },
    changed,
    look,
    reload() {
      arm();
      lastChangeRunAt = -Infinity;
      changed();
    },
    async close() {
      closing.abort();
      for (const stop of [stopCron, stopDue, stopRetry, stopChange]) stop();
      await working;
    },
  };
}

/** One that is dated ahead of the clock, or another installation's, says nothing of when this bot made its last one. */
async function lastScheduled(manager: Pick<BackupManager, 'list'>, now: number): Promise<number | null> {
  const last = (await manager.list()).find(
    ({ sidecar, standing, createdAt }) =>
      sidecar?.manifest.kind === 'scheduled' && standing !== 'foreign' && createdAt <= now,
  );
  return last?.createdAt ?? null;
}

/** @throws AppError `invalid` with what is allowed */
function checked(schedule: Schedule): Schedule {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: schedule.timeZone }).resolvedOptions();
    return { ...schedule, rule: parseRule(schedule.rule).text, timeZone };
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const shown = JSON.stringify(schedule.timeZone.slice(0, 60));
    const words = {
      en: `${shown} is not a time zone; write one such as UTC, Europe/Berlin or Asia/Tokyo.`,
      ja: `${shown} はタイムゾーンではありません。UTC、Europe/Berlin、Asia/Tokyo のように指定してください。`,
    };
    throw new AppError('invalid', words, { cause });
  }
}

/** The schedule in force: what somebody saved, or else what was configured. */
export function readSchedule(settings: Pick<SettingsStore, 'setting'>, defaults: Schedule): Schedule {
  return { ...defaults, ...saved(settings.setting(SCHEDULE_SETTING.scope, SCHEDULE_SETTING.key)) };
}

/** What an older version saved, or a hand: whatever cannot be used is left to the defaults. */
function saved(value: unknown): Partial<Schedule> {
  if (typeof value !== 'object' || value === null) return {};
  const { enabled, rule, timeZone, afterChanges } = value as Readonly<Record<string, unknown>>;
  if (typeof enabled !== 'boolean' || typeof afterChanges !== 'boolean') return {};
  if (typeof rule !== 'string' || typeof timeZone !== 'string') return {};
  try {
    return checked({ enabled, rule, timeZone, afterChanges });
  } catch (error) {
    if (isAppError(error, 'invalid')) return {};
    throw error;
  }
}
