import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BackupProgress, RunOptions } from '../backup/api.ts';
import { folderLock } from '../backup/lock.ts';
import { chooseBackups, type Candidate, type Choice } from '../backup/choice.ts';
import type { Manifest } from '../backup/model.ts';
import { createFetching, type Fetching } from '../backup/offsite/fetch.ts';
import type { JobThreads } from '../backup/ports.ts';
import { freeBytesOn } from '../backup/space.ts';
import type { Vault } from '../backup/vault-ports.ts';
import { abortedTransfer } from '../backup/vault/failure-model.ts';
import { createPacking } from '../backup/vault/packing.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError, type Words } from '../errors.ts';
import { readMarkerFile } from '../health/marker.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import type { Trace } from '../health/ports.ts';
import type { Log } from '../log.ts';
import { applicationOf } from './application.ts';
import type { Backups } from './backups.ts';
import {
  forkedBackups,
  nobodyAsked,
  noneUsable,
  nothingNamed,
  restoredWords,
  whoseBackups,
  type Tried,
} from './empty-volume-words.ts';
import { candidatesHere, candidatesIn, unreadNotes, type SourcedCandidate } from './empty-volume-candidates.ts';
import { backupMarkerFile } from './marker-files.ts';
import { openVaults } from './vaults.ts';
import { isEmptyVolume } from './volume-start.ts';

export interface EmptyVolumeParts {
  readonly backups: Pick<Backups, 'catalogue' | 'manager' | 'restoreEmpty'>;
  readonly threads: JobThreads;
  readonly log: Log;
  readonly clock: () => number;
  readonly trustedClock: Pick<TrustedClock, 'ranAt'>;
  /** What is being done, for whoever asks whether the bot is ready. */
  readonly say: (detail: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Before a vault that does not answer is asked once more. */
  readonly askAgainMs?: readonly number[];
}

/** Another backup is tried when this one is of no use; whatever else is wrong can be put right, and costs nothing then. */
const OF_NO_USE = new Set(['damaged', 'not_found']);
/** Of the place, so that another one may have the same backup to give. */
const OF_THE_PLACE = new Set(['unavailable', 'forbidden']);
/** A network is often there a little later than the machine is. */
const ASK_AGAIN_MS = [5_000, 15_000];

/**
 * Where there is no database, and RESTORE_ON_EMPTY says so, fetches and restores the newest backup that is whole, before
 * anybody is let in. Returns what to tell operators; null when there was nothing to do.
 * @throws AppError `unavailable`, `damaged` or what kept the newest from being used: an empty database would take its place
 */
export async function restoreEmptyVolume(config: Config, parts: EmptyVolumeParts): Promise<Words | null> {
  if (!config.storage.restoreOnEmpty || !isEmptyVolume(config)) return null;
  const { backups, threads, log, clock, trustedClock, say, signal } = parts;
  const startedAt = clock();
  const { file } = config.database;
  using opened = await openVaults(config, { threads, clock });
  const incoming = join(opened.folder, 'incoming');
  const fetching = (vaults: readonly Vault[]) =>
    createFetching({
      vaults,
      packing: createPacking({ cipher: opened.cipher, scratchFolder: incoming }),
      catalogue: backups.catalogue,
      folder: incoming,
      acquireLock: folderLock(incoming),
      freeBytes: freeBytesOn,
      log,
    });
  const vaults = opened.vaults.map(({ vault }) => vault);
  const options = (what: string): RunOptions => {
    say(what);
    log.info(`${what[0]?.toUpperCase()}${what.slice(1)}`);
    const onProgress = ({ stage, doneBytes, totalBytes }: BackupProgress) => {
      const share = totalBytes > 0 ? ` ${Math.floor((100 * doneBytes) / totalBytes)} %` : '';
      say(`${what}: ${stage}${share}`);
    };
    return { onProgress, ...(signal === undefined ? {} : { signal }) };
  };

  /** A copy that turned out to be damaged makes way for another one of the same name. */
  async function restored({ name, from, identity }: SourcedCandidate, after: number): Promise<Manifest> {
    const restoring = (place: string) => ({ ...options(`restoring ${name} from ${place}`), after });
    if (from === null) return backups.restoreEmpty(name, restoring('the folder of backups'));
    const fetched = await fetching([from]).fetch(name, options(`fetching ${name} from ${from.label}`));
    // One that lay here under its name was known to be damaged, which is not said of what took its place.
    if (fetched.state === 'damaged') await backups.manager.verify(name, signal === undefined ? {} : { signal });
    try {
      return await backups.restoreEmpty(name, { ...restoring(from.label), claimed: identity });
    } catch (error) {
      if (isAppError(error, 'damaged')) await backups.catalogue.remove(name);
      throw error;
    }
  }

  log.info(`There is no database at ${file}, so a backup to restore is looked for.`);
  say('looking for backups');
  const { backups: offered, problems } = await asked(() => fetching(vaults).newest(signal), parts);
  throwIfStopped(signal);
  const unasked: Tried[] = problems.map(({ vault, error }) => ({ what: vault.label, error }));
  for (const { what, error } of unasked) log.warn(`${what} does not say which backups it has`, { error });
  const candidates = [...(await candidatesHere(backups, signal)), ...candidatesIn(offered)];
  const choice = chooseBackups(candidates, {
    application: applicationOf(config),
    wanted: config.storage.restoreInstallation,
    remembered: await readMarkerFile(backupMarkerFile(config)),
  });
  const inOrder = choice.kind === 'chosen' ? choice.inOrder : [];
  const after = choice.kind === 'chosen' ? choice.after : 0;
  const passedOver = offered.filter(({ name }) => inOrder.every((candidate) => candidate.name !== name));
  const unusable: Tried[] = unreadNotes(passedOver);
  for (const { what, error } of unusable) log.warn(`${what} cannot be judged`, { error });
  for (const [name, sources] of Map.groupBy(inOrder, (candidate) => candidate.name)) {
    let inTheWay: AppError | null = null;
    for (const source of sources) {
      const { from } = source;
      try {
        const manifest = await restored(source, after);
        trustedClock.ranAt(Date.parse(manifest.createdAt));
        return restoredWords({
          manifest,
          from: from?.label ?? null,
          durationMs: clock() - startedAt,
          now: clock(),
          unasked,
          unusable,
        });
      } catch (error) {
        if (signal?.aborted === true) throw error;
        const what = `${name} (${from?.label ?? backups.catalogue.folder})`;
        log.warn(`${what} cannot be used`, { error });
        if (isAppError(error) && OF_NO_USE.has(error.code)) unusable.push({ what, error });
        else if (isAppError(error) && OF_THE_PLACE.has(error.code)) inTheWay ??= stopped(file, what, error);
        else throw isAppError(error) ? stopped(file, what, error) : error;
      }
    }
    if (inTheWay !== null) throw inTheWay;
  }
  const tried = [...unasked, ...unusable];
  if (tried.length === 0 && choice.kind === 'none') {
    log.warn('There is no backup anywhere, so this is taken for a first start.');
    return null;
  }
  const refusal = refusalOf(file, choice, tried);
  if (!config.storage.allowEmptyStart) throw refusal;
  log.warn(`${refusal.message}\nALLOW_EMPTY_START is set, so the bot begins with an empty one.`);
  return null;
}

function refusalOf(file: string, choice: Choice<Candidate>, tried: readonly Tried[]): AppError {
  if (choice.kind === 'ask') return choice.groups.length === 0 ? nothingNamed(file) : whoseBackups(file, choice.groups);
  if (choice.kind === 'forked') return forkedBackups(file, choice.newest);
  return choice.kind === 'none' ? nobodyAsked(file, tried) : noneUsable(file, tried);
}

/**
 * What all vaults offer. Where some do and others do not answer, these may have newer ones, and are asked again for a while;
 * where none does, whoever starts the bot again asks again.
 */
async function asked(ask: Fetching['newest'], { askAgainMs = ASK_AGAIN_MS, log, signal }: EmptyVolumeParts) {
  let answer = await ask();
  for (const ms of askAgainMs) {
    const silent = answer.problems.filter(({ error }) => isAppError(error, 'unavailable'));
    if (silent.length === 0 || answer.backups.length === 0) break;
    const who = silent.map(({ vault }) => vault.label).join(', ');
    log.warn(`${who} may have a newer backup and does not answer; asking again in ${ms / 1000} s`);
    await wait(ms, undefined, { signal }).catch((error: unknown) => Promise.reject(abortedTransfer(error)));
    answer = await ask();
  }
  return answer;
}

/** Whoever stops the bot meanwhile is no vault that does not answer. */
function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedTransfer(signal.reason);
}

function stopped(file: string, what: string, cause: AppError): AppError {
  return new AppError(
    cause.code,
    `There is no database at ${file}, and ${what} could not be restored: ${cause.message} Nothing was begun.` +
      '\nWays out:' +
      '\n  - put that right, and start again' +
      '\n  - restore another backup from a shell, with the bot stopped' +
      '\n  - begin with an empty database: set RESTORE_ON_EMPTY=false, and ALLOW_EMPTY_START=true for one start',
    { cause },
  );
}

/** What vaults know of an earlier database, where nobody said that it should be restored. */
export async function offSiteTraces(
  config: Config,
  { threads, log, clock, signal }: Pick<EmptyVolumeParts, 'threads' | 'log' | 'clock' | 'signal'>,
): Promise<readonly Trace[]> {
  using opened = await openVaults(config, { threads, clock });
  const traces: Trace[] = [];
  const failed: unknown[] = [];
  for (const { vault } of opened.vaults) {
    try {
      const [newest, ...older] = new Set((await vault.list(signal)).map(({ name }) => name));
      if (newest === undefined) continue;
      const what = `${older.length + 1} backup${older.length === 0 ? '' : 's'} in ${vault.label}, the newest ${newest}`;
      const isFirst = traces.length === 0;
      traces.push({ what, wayBack: isFirst ? 'set RESTORE_ON_EMPTY=true, and start again' : null });
    } catch (error) {
      if (!isAppError(error)) throw error;
      log.warn(`${vault.label} does not say which backups it has`, { error });
      failed.push(error);
    }
  }
  if (traces.length === 0 && failed.length > 0) throw failed[0];
  return traces;
}
