import { assertOwnLog } from '../adapters/sqlite/stale-log.ts';
import { readJournal } from '../backup/journal.ts';
import { recoverRestore } from '../backup/recover.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Log } from '../log.ts';
import { auditLogOf } from './audit-log.ts';
import { createBackupThreads } from './backup-threads.ts';
import { contentsOf, journalFileOf } from './contents.ts';
import { offSiteTraces } from './empty-volume.ts';
import { homeGuildId } from './home-guild.ts';
import { checkFolders, openKnowledgeBase, type KnowledgeBase } from './knowledge-base.ts';
import { createMarkerFiles } from './marker-files.ts';
import { openTrustedClock } from './trusted-clock.ts';
import { openVolumeLock } from './volume-lock.ts';
import { judgeVolume, markVolume, peekState } from './volume-start.ts';

/** The knowledge base of one server, for commands from a shell. */
export interface ShellParts extends AsyncDisposable {
  readonly library: Library;
  readonly answers: Answers;
  readonly guildId: string;
  readonly limitBytes: number;
  readonly audit: Audit;
}

export interface ShellOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Null: the home server. */
  readonly guildId: string | null;
}

/** Works beside a bot that is running on the same volume, too: that one then does the indexing. */
export async function openShell(config: Config, { log, signal, guildId }: ShellOptions): Promise<ShellParts> {
  await using opening = new AsyncDisposableStack();
  await settleRestore(config);
  await checkFolders(config);
  takeIfFree(config, () => assertOwnLog(config.database.file))?.[Symbol.dispose]();
  const threads = createBackupThreads();
  const trustedClock = openTrustedClock(config, { clock: Date.now, monotonic: () => performance.now(), log });
  const { isNew } = await judgeVolume(config, {
    log,
    traces: () => offSiteTraces(config, { threads, log, clock: Date.now, signal }),
  });
  // A local Chroma's folder has a lock of its own; a remote one belongs to whoever has the volume.
  const volume = config.chroma.remote === null ? null : takeIfFree(config);
  if (volume !== null) opening.use(volume);
  const volumeTaken = config.chroma.remote !== null && volume === null;
  const knowledge = opening.use(
    await openKnowledgeBase(config, {
      log,
      signal,
      clock: Date.now,
      mayDeleteByAge: () => trustedClock.mayDeleteByAge(),
      random: Math.random,
      besideBot: true,
      volumeTaken,
    }),
  );
  if ((await readJournal(journalFileOf(config))) !== null) throw restoreUnderWay(null); // it began meanwhile
  if (isNew) await markOwn(config, knowledge, { isHeld: volume !== null, log });
  const audit = opening.use(auditLogOf(config, { log, clock: Date.now })).at('cli');
  const home = guildId ?? homeGuildId(config, knowledge.store.knowledge);
  const opened = opening.move();
  return {
    library: knowledge.library,
    answers: knowledge.answers,
    guildId: home,
    limitBytes: config.limits.documentBytes,
    audit,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What is begun here says whose it is from the first backup on; beside a bot that has begun it, that one says so. */
async function markOwn(
  config: Config,
  knowledge: KnowledgeBase,
  { isHeld, log }: { readonly isHeld: boolean; readonly log: Log },
): Promise<void> {
  using taken = isHeld ? null : takeIfFree(config);
  if ((taken === null && !isHeld) || peekState(config) !== null) return;
  const occasion = { isNew: true, isStart: false, isBehind: false, branch: null };
  await markVolume(config, knowledge, occasion, { files: createMarkerFiles(config), log, clock: Date.now });
}

/** What a crash left of a restore is put right first; one that is under way is not disturbed. */
async function settleRestore(config: Config): Promise<void> {
  if ((await readJournal(journalFileOf(config))) === null) return;
  const lock = takeVolume(config);
  try {
    await recoverRestore(contentsOf(config), journalFileOf(config));
  } finally {
    lock[Symbol.dispose]();
  }
}

/** @param look at what lies there while nobody else has it open */
function takeIfFree({ database }: Config, look: () => void = () => undefined): Disposable | null {
  try {
    using taken = new DisposableStack();
    taken.use(openVolumeLock(database.file));
    look();
    return taken.move();
  } catch (error) {
    if (isAppError(error, 'conflict')) return null;
    throw error;
  }
}

function takeVolume({ database }: Config): Disposable {
  try {
    return openVolumeLock(database.file);
  } catch (error) {
    throw isAppError(error, 'conflict') ? restoreUnderWay(error) : error;
  }
}

const restoreUnderWay = (cause: unknown): AppError =>
  new AppError(
    'busy',
    {
      en: 'The bot is restoring a backup. Nothing was done; try again in about a minute.',
      ja: 'ボットがバックアップを復元しています。何も行っていません。1分ほどしてからもう一度お試しください。',
    },
    { cause, retryAfterMs: 60_000 },
  );
