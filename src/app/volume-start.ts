import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteConnection } from '../adapters/chroma/connection.ts';
import { openChromaIndex } from '../adapters/chroma/index.ts';
import { createIndexMarker, peekIndex } from '../adapters/chroma/marker.ts';
import { markerSetting, peekDatabase } from '../adapters/sqlite/peek.ts';
import { archivesAmong } from '../backup/vault/model.ts';
import type { Config } from '../config.ts';
import type { ChromaRemote } from '../config/chroma.ts';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import { probeGuildId } from '../health/index-probe.ts';
import { describeMarker, parseMarker, readMarkerFile, writeMarkerFile } from '../health/marker.ts';
import type { Marker, Trace } from '../health/ports.ts';
import { judgeEmpty, judgeKnown, tracesOf, type Findings, type Notice } from '../health/start.ts';
import type { Log } from '../log.ts';
import { besideDatabase } from './contents.ts';
import type { KnowledgeBase } from './knowledge-base.ts';

export interface VolumeStartOptions {
  readonly log: Log;
  /** What other places know of an earlier database: off-site copies. */
  readonly traces?: () => Promise<readonly Trace[]>;
}

export interface VolumeVerdict {
  readonly notices: readonly Notice[];
  /** True where a database is about to be begun. */
  readonly isNew: boolean;
}

/**
 * Looks, before anything is opened, at whether what lies there is what lay there, and says what is not.
 * @throws AppError `config`: an empty database would take the place of another, or what is there does not belong together
 */
export async function judgeVolume(config: Config, options: VolumeStartOptions): Promise<VolumeVerdict> {
  const { log, traces = async () => [] } = options;
  const { allowEmptyStart } = config.storage;
  const found = await lookAround(config, log);
  const { state, marker } = found.database;
  // Of an unreadable one, opening it tells more. One without a marker was made before there were any: it gets one.
  if (state === 'unreadable' || (state === 'content' && marker === null)) return { notices: [], isNew: false };
  const verdict =
    marker === null
      ? judgeEmpty(found, [...tracesOf(found, config.cliCommand), ...(await elsewhere(traces, log))], allowEmptyStart)
      : judgeKnown(found, marker, allowEmptyStart);
  if (verdict.refusal !== null) throw new AppError('config', verdict.refusal);
  for (const { level, words } of verdict.notices) log[level](wordsIn('en', words));
  if (allowEmptyStart && verdict.notices.length === 0) {
    log.warn(
      'ALLOW_EMPTY_START is set and was not needed. Remove it: a volume that comes up empty would go unnoticed.',
    );
  }
  return { notices: verdict.notices, isNew: marker === null };
}

/** No database, or one that nobody ever taught anything. What cannot be read is none of this. */
export function isEmptyVolume({ database }: Pick<Config, 'database'>): boolean {
  const { state, marker } = peekDatabase(database.file);
  return state === 'absent' || (state === 'empty' && marker === null);
}

/**
 * Writes in SQLite, in Chroma and beside each folder what belongs together from now on. SQLite says which it is; one that
 * was saved before there were markers is of the installation that its folder remembers.
 */
export async function markVolume(
  config: Config,
  { store, indexServer }: Pick<KnowledgeBase, 'store' | 'indexServer'>,
  occasion: { readonly isNew: boolean; readonly isStart: boolean },
  { log, clock }: { readonly log: Log; readonly clock: () => number },
): Promise<Marker> {
  const { scope, key } = markerSetting;
  const before = parseMarker(store.settings.setting(scope, key));
  const files = markerFilesOf(config);
  const beside = await Promise.all(files.map(readMarkerFile));
  const remembered = occasion.isNew ? undefined : beside[0]?.installationId;
  const installationId = before?.installationId ?? remembered ?? randomUUID();
  const known = [before, ...beside].filter((marker) => marker?.installationId === installationId);
  const marker: Marker = {
    installationId,
    starts: (occasion.isStart ? 1 : 0) + Math.max(0, ...known.map((one) => one?.starts ?? 0)),
    lastStartAt: clock(),
  };
  store.settings.saveSetting(scope, key, marker);
  const failed = (place: string) => (error: unknown) =>
    log.warn(`The marker of this installation cannot be written in ${place}; the next start tries again`, { error });
  if (config.backup.directoryIsDefault) await mkdir(config.backup.directory, { recursive: true, mode: 0o700 });
  for (const file of files) await writeMarkerFile(file, marker).catch(failed(file));
  await indexServer.mark(marker).catch(failed('Chroma'));
  if (occasion.isStart && config.database.journalMode === 'DELETE') log.info(JOURNAL_WORDS);
  if (occasion.isStart) log.info(`This is ${describeMarker(marker)}`);
  return marker;
}

const JOURNAL_WORDS =
  'The database is kept with journal_mode=DELETE, as DATABASE_URL says: reading and writing wait for each other. Without it, ' +
  'where the volume can do that, they do not (WAL).';

async function lookAround(config: Config, log: Log): Promise<Findings> {
  const { database, chroma, backup } = config;
  const { state, hasVectors, marker } = peekDatabase(database.file);
  const [beside, inIndex, inBackups] = [databaseMarkerFile(config), indexMarkerFile(config), backupMarkerFile(config)];
  const index =
    chroma.remote === null
      ? localIndex(config)
      : await remoteIndex(chroma.remote, chroma.collectionPrefix).catch((error: unknown) => {
          if (!isAppError(error)) throw error;
          // It proves nothing then; opening it says what is wrong.
          if (state !== 'content') log.warn(unasked(`the Chroma server has an index`), { error });
          return { collections: 0, marker: null };
        });
  const backups = backupsIn(backup.directory);
  return {
    database: {
      file: database.file,
      state,
      hasVectors,
      marker: parseMarker(marker),
      folderMarker: await readMarkerFile(beside),
    },
    index: {
      place: chroma.remote?.url ?? chroma.directory,
      collections: index.collections,
      marker: parseMarker(index.marker),
      folderMarker: inIndex === null ? null : await readMarkerFile(inIndex),
    },
    backups: {
      folder: backup.directory,
      count: backups.length,
      newest: backups[0] ?? null,
      marker: await readMarkerFile(inBackups),
    },
  };
}

function localIndex({ chroma }: Config) {
  return peekIndex(chroma.directory, chroma.collectionPrefix, probeGuildId);
}

async function remoteIndex(remote: ChromaRemote, collectionPrefix: string) {
  const connection = createRemoteConnection(remote);
  const marker = await createIndexMarker(connection, collectionPrefix).read();
  const collections = await openChromaIndex({ connection, collectionPrefix }).collections();
  return { collections: collections.filter(({ guildId }) => guildId !== probeGuildId).length, marker };
}

/** Newest first. */
function backupsIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // not there yet; opening it says what is wrong
  }
  return [...new Set(archivesAmong(names).map(({ name }) => name))];
}

async function elsewhere(traces: () => Promise<readonly Trace[]>, log: Log): Promise<readonly Trace[]> {
  return traces().catch((error: unknown): readonly Trace[] => {
    log.warn(unasked('there are off-site backups'), { error });
    return [];
  });
}

const unasked = (what: string): string =>
  `There is no database yet, and whether ${what} of an earlier one could not be found out`;

/** Inside the folders, as those may be mount points. */
function markerFilesOf(config: Config): string[] {
  const index = indexMarkerFile(config);
  return [databaseMarkerFile(config), ...(index === null ? [] : [index]), backupMarkerFile(config)];
}

export const databaseMarkerFile = (config: Pick<Config, 'database'>): string =>
  besideDatabase(config, 'installation.json');
const indexMarkerFile = ({ chroma }: Config): string | null =>
  chroma.remote === null ? join(chroma.directory, '.nescordbot-installation.json') : null;
const backupMarkerFile = ({ backup }: Config): string => join(backup.directory, '.nescordbot-installation.json');
