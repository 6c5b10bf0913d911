import { existsSync } from 'node:fs';
import type { OwnDatabaseFiles } from '../adapters/sqlite/files.ts';
import { peekMovedSince } from '../adapters/sqlite/peek.ts';
import { assertOwnLog } from '../adapters/sqlite/stale-log.ts';
import type { DatabaseFiles, Premises } from '../backup/ports.ts';
import { recoverRestore, type Recovery } from '../backup/recover.ts';
import { parseIdentity, type Position } from '../backup/state-model.ts';
import type { Config } from '../config.ts';
import { fingerprintOf } from '../health/marker.ts';
import type { Marker, PartStatus, StatusReport, Trace } from '../health/ports.ts';
import type { Notice } from '../health/start.ts';
import { AppError, isAppError } from '../errors.ts';
import { contentsOf, journalFileOf } from './contents.ts';
import { createDoor, type Door } from './door.ts';
import { checkFolders, openKnowledgeBase, type KnowledgeBase, type Surroundings } from './knowledge-base.ts';
import { settlePeople } from './forgetting.ts';
import { watchGround } from './ground-watch.ts';
import { createLockWatch } from './lock-watch.ts';
import { createPatience } from './patience.ts';
import { restarting, restoring } from './refusals.ts';
import { removeLeftovers } from './leftovers.ts';
import { createTombstones, type Tombstones } from './tombstones.ts';
import { openVolumeLock } from './volume-lock.ts';
import { counted } from '../counted.ts';
import { createMarkerFiles } from './marker-files.ts';
import { openPositionNotes } from './position-notes.ts';
import { judgeVolume, markVolume, peekState, type Occasion } from './volume-start.ts';

/** The volume, ours alone, with a knowledge base on it that can be exchanged. */
export interface OwnPremises extends Premises, AsyncDisposable {
  readonly door: Door;
  /** Who asked to be forgotten. */
  readonly tombstones: Tombstones;
  /** What had become of a restore that a crash interrupted. */
  readonly recovery: Recovery;
  /** What was noticed of the volume when it was opened first. */
  notices(): readonly Notice[];
  /** What is being done while nothing is open, for whoever asks whether the bot is ready. */
  say(detail: string): void;
  /** Opens the knowledge base, unless a restore to an empty volume has, and lets people in. */
  open(): Promise<KnowledgeBase>;
  /** @throws AppError `busy` while a backup is being restored */
  knowledge(): KnowledgeBase;
  /** Fingerprint of the installation; null until it is known. */
  installation(): string | null;
  parts(): readonly PartStatus[];
  /** Takes up no further job; resolves when those under way have reached a safe point. */
  rest(): Promise<void>;
  totals(): StatusReport['totals'];
  /** Begins a timeline beyond that number, where a vault knows of one that is ahead. False: not now. */
  goBeyond(after: number): Promise<boolean>;
  /** Looks whether the database that is open is what lies there, and whole; null where it is, or none is open. */
  ground(): Promise<AppError | null>;
  /** Resolves with the reason when nothing could be opened any more. */
  readonly gaveUp: Promise<unknown>;
}

export interface PremisesOptions extends Surroundings {
  readonly files: DatabaseFiles & Pick<OwnDatabaseFiles, 'assertUnused' | 'compact'>;
  /** What other places know of an earlier database, asked only where there is none: off-site copies. */
  readonly traces?: () => Promise<readonly Trace[]>;
  /** Once nobody is let in any more: whatever else has the database open, and can wait, closes it. */
  readonly onVacate?: () => Promise<void>;
  /** False for a shell: what was restored is opened to be looked at, and its jobs are left for the bot. */
  readonly works?: boolean;
  /** What opens the knowledge base that lies there; other than the program's own for tests. */
  readonly openKnowledge?: typeof openKnowledgeBase;
}

/**
 * Takes the volume and finishes or undoes what a crash interrupted, before anything is opened.
 * @throws AppError `conflict` when another process has it; `config`, `damaged`
 */
export async function openPremises(config: Config, options: PremisesOptions): Promise<OwnPremises> {
  const { log, files, works = true, openKnowledge = openKnowledgeBase } = options;
  await using opening = new AsyncDisposableStack();
  await checkFolders(config);
  const { file } = config.database;
  const patience = createPatience({ waitMs: options.lockWaitMs ?? 0, log, signal: options.signal });
  const door = createDoor();
  const gaveUp = Promise.withResolvers<unknown>();
  function giveUp(error: unknown): void {
    log.error('The bot cannot go on', { error });
    gaveUp.resolve(error);
  }
  const condition = () => door.current()?.store.condition ?? null;
  const lock = opening.use(
    createLockWatch({
      databaseFile: file,
      lock: await patience(file, () => openVolumeLock(file)),
      isOurs() {
        const open = condition();
        return open !== null && !isAppError(open.trouble(), 'unavailable');
      },
      onSecond: giveUp,
      log,
    }),
  );
  opening.use(watchGround({ condition, lookAtLock: () => lock.look(), log }));
  const contents = contentsOf(config);
  const recovery = await recoverRestore(contents, journalFileOf(config));
  assertOwnLog(file);
  for (const folder of recovery.leftovers) {
    log.warn(
      `${folder} was left by a restore that nothing else speaks of. Look into it, and delete it if nothing is missing.`,
    );
  }

  if (works) await removeLeftovers(config, log);

  const tombstones = createTombstones(config, log);
  const known = { parts: partsAt('opening'), totals: { guilds: 0, documents: 0, chunks: 0 } };
  let notices: readonly Notice[] = [];
  let marker: Marker | null = null;
  let entered: Position | null = null;
  const markerFiles = createMarkerFiles(config);
  async function enter(paused: boolean): Promise<KnowledgeBase> {
    if (works && existsSync(file) && (await files.compact(file)))
      log.info('The free pages of the database are given back');
    return openKnowledge(config, { ...options, paused });
  }

  async function leave(drainMs: number, why = restoring): Promise<void> {
    const left = await door.empty(drainMs, why);
    await options.onVacate?.();
    if (left === null) return;
    known.parts = partsAt('a backup is being restored');
    totalsOf(left, (error) => log.warn('The database that is left does not tell how much is in it', { error }));
    await left[Symbol.asyncDispose]();
  }

  /** What a damaged database has to say, others tell; it is left, and shown, all the same. */
  function totalsOf({ store }: KnowledgeBase, onTrouble: (error: AppError) => void = () => undefined) {
    try {
      return (known.totals = store.knowledge.totals());
    } catch (error) {
      if (!isAppError(error)) throw error;
      onTrouble(error);
      return known.totals;
    }
  }

  function totalsNow(): StatusReport['totals'] {
    const knowledge = door.current();
    return knowledge === null ? known.totals : totalsOf(knowledge);
  }

  async function mark(knowledge: KnowledgeBase, occasion: Occasion): Promise<void> {
    marker = await markVolume(config, knowledge, occasion, { ...options, files: markerFiles });
    entered = marker.position;
  }

  /** Null while nothing is open. */
  function markerNow(): Marker | null {
    const knowledge = door.current();
    if (marker === null || knowledge === null) return null;
    try {
      return (marker = { ...marker, position: knowledge.store.positions.position() });
    } catch (error) {
      // What a damaged database has to say, others tell; whose it is stays known.
      if (!isAppError(error)) throw error;
      return marker;
    }
  }

  opening.defer(() => leave(0, restarting));
  /** Null, too, while what is open does not lie there any more: nothing is written into what has taken its place. */
  async function markerInPlace(): Promise<Marker | null> {
    const open = condition();
    return open !== null && (await open.look()) === null ? markerNow() : null;
  }
  if (works) opening.use(openPositionNotes({ files: markerFiles, current: markerInPlace, log }));
  const held = opening.move();
  return {
    door,
    tombstones,
    recovery,
    contents,
    gaveUp: gaveUp.promise,
    ground: async () => (await condition()?.look()) ?? null,
    notices: () => notices,
    say: (detail) => void (known.parts = partsAt(detail)),
    async open() {
      const restored = door.current();
      // What was put back after half a restore is judged by nobody; what a shell opens is there to be replaced. A restore
      // that was confirmed had been noted everywhere.
      const isPutBack = recovery.outcome === 'undone' && recovery.journal?.safety !== null;
      const isJudged = works && restored === null && !isPutBack;
      const judged = isJudged ? await judgeVolume(config, options) : null;
      notices = judged?.notices ?? [];
      const knowledge = restored ?? (await enter(!works));
      if (restored === null) door.put(knowledge);
      const lost = judged === null ? 0 : knowledge.lostPassages();
      if (lost > 0 && judged?.isBehind !== true) notices = [...notices, lostWords(lost)];
      const isBehind = lost > 0 || judged?.isBehind === true;
      if (works) await mark(knowledge, { isNew: judged?.isNew ?? false, isStart: true, isBehind, branch: null });
      if (works) await settlePeople(knowledge.store.people, tombstones, log);
      door.open();
      return knowledge;
    },
    knowledge() {
      const found = door.current();
      if (found === null) throw door.refusal();
      return found;
    },
    async goBeyond(after) {
      const knowledge = door.current();
      if (knowledge === null || entered === null) return false;
      const here = { isNew: false, isStart: false, isBehind: false, branch: null };
      await mark(knowledge, { ...here, outpaced: { after, at: entered } });
      return true;
    },
    rest: async () => door.current()?.runner.stop(),
    installation: () => (marker === null ? null : fingerprintOf(marker)),
    state: () => parseIdentity(markerNow() ?? marker) ?? peekState(config),
    movedSince: (knowledge) =>
      door.current()?.store.positions.movedSince(knowledge) ?? peekMovedSince(config.database.file, knowledge),
    parts: () => door.current()?.status() ?? known.parts,
    totals: totalsNow,
    hold: () => door.hold(),
    vacate: leave,
    async claim() {
      try {
        await files.assertUnused(config.database.file);
      } catch (cause) {
        if (!isAppError(cause, 'busy')) throw cause;
        throw new AppError('busy', inUse, { cause });
      }
    },
    async reoccupy(branch = null) {
      const knowledge = await enter(true);
      door.put(knowledge);
      await mark(knowledge, { isNew: false, isStart: false, isBehind: false, branch });
    },
    async settle() {
      const knowledge = door.current();
      if (knowledge !== null) await settlePeople(knowledge.store.people, tombstones, log);
    },
    tables: () => files.count(config.database.file),
    resume() {
      const knowledge = door.current();
      if (knowledge === null) return;
      if (works) knowledge.begin();
      door.open();
    },
    giveUp,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function partsAt(detail: string): PartStatus[] {
  return [
    { name: 'sqlite', state: 'starting', detail },
    { name: 'chroma', state: 'starting', detail },
  ];
}

const inUse = {
  en: 'Another program, a shell command perhaps, is working on the database. Wait until it is done, and try again.',
  ja: '別のプログラム（シェルのコマンドなど）がデータベースを使用しています。終わってからもう一度お試しください。',
};

function lostWords(passages: number): Notice {
  return {
    level: 'warn',
    words: {
      en: `The database has lost what it had committed: the index held ${counted(passages, 'passage')} newer than any that the database knows. Its write-ahead log was damaged or removed, or an older file lies in its place. Look at /backups list: a backup that is further than the database has what is missing, and /restore brings it back.`,
      ja: `データベースから保存済みの内容が失われています。索引に、データベースにない新しい該当箇所が ${passages} 件ありました。書き込みログが壊れたか削除されたか、古いファイルに置き換わっています。/backups list で、より新しい内容を含むバックアップを確認し、/restore で復元してください。`,
    },
  };
}
