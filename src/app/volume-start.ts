import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createRemoteConnection } from '../adapters/chroma/connection.ts';
import { openChromaIndex } from '../adapters/chroma/index.ts';
import { createIndexMarker, peekIndex } from '../adapters/chroma/marker.ts';
import { markerSetting, peekDatabase, peekMarker } from '../adapters/sqlite/peek.ts';
import { chooseBackups, type Candidate } from '../backup/choice.ts';
import type { Branch } from '../backup/ports.ts';
import { readSidecar } from '../backup/sidecar.ts';
import {
  begun,
  newestNumber,
  parseIdentity,
  type Position,
  type StateIdentity,
  type TimelineCause,
} from '../backup/state-model.ts';
import { archivesAmong } from '../backup/vault/model.ts';
import type { Config } from '../config.ts';
import type { ChromaRemote } from '../config/chroma.ts';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import { probeGuildId } from '../health/index-probe.ts';
import { describeMarker, MOST_STARTS, parseMarker, readMarkerFile } from '../health/marker.ts';
import type { Marker, Trace } from '../health/ports.ts';
import { judgeEmpty, judgeKnown, tracesOf, type Findings, type Notice } from '../health/start.ts';
import type { Log } from '../log.ts';
import { applicationOf } from './application.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import {
  backupMarkerFile,
  createMarkerFiles,
  databaseMarkerFile,
  indexMarkerFile,
  type MarkerFiles,
} from './marker-files.ts';

export interface VolumeStartOptions {
  readonly log: Log;
  /** What other places know of an earlier database: off-site copies. */
  readonly traces?: () => Promise<readonly Trace[]>;
}

export interface VolumeVerdict {
  readonly notices: readonly Notice[];
  /** True where a database is about to be begun. */
  readonly isNew: boolean;
  /** More is remembered of the database than is in it. */
  readonly isBehind: boolean;
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
  if (state === 'unreadable' || (state === 'content' && marker === null))
    return { notices: [], isNew: false, isBehind: false };
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
  return { notices: verdict.notices, isNew: marker === null, isBehind: verdict.isBehind };
}

/** No database, or one that nobody ever taught anything. What cannot be read is none of this. */
export function isEmptyVolume({ database }: Pick<Config, 'database'>): boolean {
  const { state, marker } = peekDatabase(database.file);
  return state === 'absent' || (state === 'empty' && marker === null);
}

/** Whose state lies there, and which, whoever has it open; null where nobody noted it. */
export const peekState = ({ database }: Pick<Config, 'database'>): StateIdentity | null =>
  parseIdentity(peekMarker(database.file));

/** What happens while a volume is marked. */
export interface Occasion {
  /** A database was begun. */
  readonly isNew: boolean;
  readonly isStart: boolean;
  /** More is remembered of the database than is in it. */
  readonly isBehind: boolean;
  /** What lies there was restored. */
  readonly branch: Branch | null;
  /** Others are ahead of it: the highest number of a timeline among them, and how far it had come before it went on. */
  readonly outpaced?: { readonly after: number; readonly at: Position };
}

/**
 * Writes in SQLite, in Chroma and beside each folder what belongs together from now on. SQLite says which it is; one that
 * was saved before there were markers is of the installation that its folder remembers.
 */
export async function markVolume(
  config: Config,
  { store, indexServer }: Pick<KnowledgeBase, 'store' | 'indexServer'>,
  occasion: Occasion,
  { files, log, clock }: { readonly files: MarkerFiles; readonly log: Log; readonly clock: () => number },
): Promise<Marker> {
  const { scope, key } = markerSetting;
  const position = store.positions.position();
  const saved = parseMarker(store.settings.setting(scope, key));
  const before = saved === null ? null : { ...saved, position };
  const beside = await files.read();
  const remembered = occasion.isNew ? undefined : beside[0]?.installationId;
  const installationId = occasion.branch?.installationId ?? before?.installationId ?? remembered ?? randomUUID();
  const known = [before, ...beside].filter((marker) => marker !== null && marker.installationId === installationId);
  const parent = before?.lineage ?? [];
  const cause = whyBegun(occasion, before);
  const marker: Marker = {
    installationId,
    starts: Math.min(MOST_STARTS, (occasion.isStart ? 1 : 0) + Math.max(0, ...known.map((one) => one?.starts ?? 0))),
    lastStartAt: clock(),
    application: applicationOf(config),
    lineage:
      cause === null
        ? parent
        : begun(parent, {
            id: randomUUID(),
            cause,
            after: Math.max(occasion.branch?.after ?? 0, occasion.outpaced?.after ?? 0, newestNumber(known)),
            now: clock(),
            branchedAt: occasion.outpaced?.at ?? position,
          }),
    position,
  };
  store.settings.saveSetting(scope, key, { ...marker, position: undefined });
  const failed = (place: string, error: unknown) =>
    log.warn(`The marker of this installation cannot be written in ${place}; the next start tries again`, { error });
  await files.write(marker, failed);
  await indexServer.mark(marker).catch((error: unknown) => failed('Chroma', error));
  if (occasion.isStart && config.database.journalMode === 'DELETE') log.info(JOURNAL_WORDS);
  if (occasion.isStart) log.info(`This is ${describeMarker(marker)}`);
  return marker;
}

/** What an import writes into the database that it fills: the same installation, on a timeline of its own. */
export async function markerOfImport(config: Config): Promise<Omit<Marker, 'position'>> {
  const saved = parseMarker(peekMarker(config.database.file));
  const beside = await createMarkerFiles(config).read();
  const known = [saved, ...beside].filter((marker) => marker !== null);
  const { installationId = randomUUID(), starts = 0, lastStartAt = 0 } = known[0] ?? {};
  const own = known.filter((marker) => marker.installationId === installationId);
  const cause = 'import';
  const timeline = { id: randomUUID(), cause, after: newestNumber(own), now: Date.now(), branchedAt: null } as const;
  return { installationId, starts, lastStartAt, application: applicationOf(config), lineage: begun([], timeline) };
}

/** Why what lies there is to go on as a new timeline; null where it goes on as it was. */
function whyBegun({ branch, isBehind, outpaced }: Occasion, before: Marker | null): TimelineCause | null {
  if (branch !== null) return 'restore';
  if (before === null || before.lineage.length === 0) return 'start';
  return isBehind || outpaced !== undefined ? 'rollback' : null;
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
  const backupMarker = await readMarkerFile(inBackups);
  const names = backupsIn(backup.directory);
  return {
    application: applicationOf(config),
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
      count: names.length,
      newest: state === 'content' ? (names[0] ?? null) : await newestOf(config, names, backupMarker),
      marker: backupMarker,
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

/** The one that whoever lost the database wants back, as far as their sidecars tell; else the newest by its name. */
async function newestOf(config: Config, names: readonly string[], remembered: Marker | null): Promise<string | null> {
  const candidates: Candidate[] = [];
  for (const name of names) {
    const sidecar = await readSidecar(config.backup.directory, name).catch(() => null); // a damaged one tells nothing
    if (sidecar === null || sidecar.verified?.ok === false) continue;
    const { kind, identity } = sidecar.manifest;
    candidates.push({ name, kind, identity, documents: null });
  }
  const wanted = config.storage.restoreInstallation;
  const choice = chooseBackups(candidates, { application: applicationOf(config), wanted, remembered });
  return (choice.kind === 'chosen' ? choice.inOrder[0]?.name : undefined) ?? names[0] ?? null;
}

/** The newest first, by their names. */
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
