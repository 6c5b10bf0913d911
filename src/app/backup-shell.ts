import { openTextPool } from '../adapters/threads/pool.ts';
import { createDatabaseFiles } from '../adapters/sqlite/files.ts';
import { peekMovedSince } from '../adapters/sqlite/peek.ts';
import type { BackupManager } from '../backup/api.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import type { Premises } from '../backup/ports.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import { createWriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { auditLogOf } from './audit-log.ts';
import { auditedBackups } from './audited-backups.ts';
import { createBackupThreads } from './backup-threads.ts';
import { openBackups } from './backups.ts';
import { contentsOf } from './contents.ts';
import { createEngine } from './engine.ts';
import { openTrustedClock } from './trusted-clock.ts';
import { openOffSite, reaching } from './off-site.ts';
import { openPremises, type OwnPremises } from './premises.ts';
import { peekState } from './volume-start.ts';

/** Backups from a shell. */
export interface BackupShell extends AsyncDisposable {
  readonly manager: BackupManager;
  readonly offSite: OffSite;
  /** What is done with the backups is recorded already; this is for the rest. */
  readonly audit: Audit;
  /** True when a bot is running on the volume; restoring is that one's work then. */
  readonly besideBot: boolean;
}

export interface BackupShellOptions {
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Opens the content first, creating it where there is none: what a restore replaces is saved before. */
  readonly restores?: boolean;
}

/** With the bot stopped, everything; beside a running one, all but restoring. */
export async function openBackupShell(config: Config, options: BackupShellOptions): Promise<BackupShell> {
  const { log, signal, restores = false } = options;
  const [clock, random] = [Date.now, Math.random];
  await using opening = new AsyncDisposableStack();
  const threads = createBackupThreads();
  const pool = openTextPool({
    workerFile: new URL('../text-worker.ts', import.meta.url),
    maxThreads: 1,
    idleTimeoutMs: 1_000,
  });
  opening.defer(() => pool.close());
  const nowhere = { recordUsage: () => undefined, usageSince: () => [] };
  const unkept = { setting: () => undefined, saveSetting: () => undefined };
  const engine = createEngine(config.gemini, { pool, usage: nowhere, settings: unkept, log, clock, random });
  const gate = createWriteGate();
  const trustedClock = openTrustedClock(config, { clock, monotonic: () => performance.now(), log });
  const files = createDatabaseFiles(threads);
  const more = signal === undefined ? {} : { signal };
  const own = await openPremises(config, { log, clock, random, files, gate, works: false, ...more }).catch(
    (error: unknown): null => {
      if (!isAppError(error, 'conflict')) throw error;
      if (restores) throw stopFirst(error);
      return null;
    },
  );
  if (own !== null) {
    opening.use(own);
    if (own.recovery.words !== null) log.warn(wordsIn('en', own.recovery.words));
    if (restores) await openWhatThereIs(own, log);
  }
  const premises: Premises = own ?? elsewhere(config);
  const besideBot = own === null;
  const backups = opening.use(
    await openBackups(config, {
      premises,
      trustedClock,
      threads,
      gate,
      engine: () => engine,
      besideBot,
      log,
      clock,
      random,
    }),
  );
  const restore: BackupManager['restore'] = (name, by, run) =>
    besideBot ? Promise.reject(stopFirst(null)) : backups.manager.restore(name, by, run);
  const audit = opening.use(auditLogOf(config, { log, clock })).at('cli');
  const offSite = opening.use(
    await openOffSite(config, {
      catalogue: backups.catalogue,
      own: premises,
      threads,
      alerts: null,
      schedule: () => null,
      clock,
      random,
      // What a vault has to complain of, the commands say, and nobody tries again here.
      log: { ...log, warn: (message, details) => log.debug(message, details) },
    }),
  );
  // What is made here goes with `sync`, or when the bot notices it.
  const patient = { ...offSite, wake: () => undefined };
  const manager = auditedBackups(reaching({ ...backups.manager, restore }, patient, log), audit);
  const opened = opening.move();
  return { manager, offSite, audit, besideBot, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** What cannot be opened, because it is damaged or a newer program's, is what somebody wants to go back from. */
async function openWhatThereIs(own: OwnPremises, log: Log): Promise<void> {
  try {
    await own.open();
  } catch (error) {
    if (!isAppError(error, 'damaged') && !isAppError(error, 'config')) throw error;
    log.warn(`What is there now cannot be opened, and is kept as it is: ${error.message}`);
  }
}

function elsewhere(config: Config): Premises {
  const refuse = (): never => {
    throw stopFirst(null);
  };
  return {
    contents: contentsOf(config),
    state: () => peekState(config),
    movedSince: (knowledge) => peekMovedSince(config.database.file, knowledge),
    hold: refuse,
    vacate: refuse,
    claim: refuse,
    reoccupy: refuse,
    settle: refuse,
    tables: refuse,
    resume: () => undefined,
    giveUp: () => undefined,
  };
}

const stopFirst = (cause: unknown): AppError =>
  new AppError(
    'busy',
    {
      en: 'A bot is running on this volume, so nothing was restored. Use /restore in Discord, or stop the bot and try again.',
      ja: 'このボリュームではボットが実行中のため、復元しませんでした。Discord で /restore を使うか、ボットを停止してからもう一度お試しください。',
    },
    { cause },
  );
