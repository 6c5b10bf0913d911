import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Schedule } from '../backup/api.ts';
import { longestKeptDays } from '../backup/rotation.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError } from '../errors.ts';
import type { AuditTrail } from '../health/audit-model.ts';
import type { KeptInBackups, People } from '../knowledge/people-api.ts';
import type { PeopleStore } from '../knowledge/people-ports.ts';
import { erase } from '../knowledge/people.ts';
import { exportPerson } from '../knowledge/person-export.ts';
import type { Log } from '../log.ts';
import type { Tombstones } from './tombstones.ts';

export interface PeopleParts {
  /** What is there now, to be read or changed. @throws AppError `busy` while a backup is being restored */
  readonly store: (purpose: 'read' | 'change') => PeopleStore;
  readonly tombstones: Tombstones;
  readonly trail: Pick<AuditTrail, 'by'>;
  /** The content has changed: a backup without it is worth making. */
  readonly onForgotten: () => void;
  readonly backups: () => KeptInBackups;
  readonly clock: () => number;
  readonly log: Log;
}

export function keptInBackups(
  { backup, vaults }: Pick<Config, 'backup' | 'vaults'>,
  schedule: Schedule,
): KeptInBackups {
  const keeps = [vaults.folder, vaults.s3, vaults.github].flatMap((vault) => (vault === null ? [] : [vault.keep]));
  return {
    days: longestKeptDays(schedule, backup.keep, keeps),
    afterChanges: schedule.afterChanges,
    onGithub: vaults.github !== null,
  };
}

/** Discord takes files up to 10 MB. */
const FILE_BYTES = 8_000_000;
const MOST_BYTES = 64_000_000;
const pack = promisify(gzip);

export function createPeopleDesk({ historyDays }: Pick<Config, 'historyDays'>, parts: PeopleParts): People {
  const { store, tombstones, trail, onForgotten, backups, clock, log } = parts;
  const forgottenAt = (userId: string): number | null =>
    store('read')
      .forgotten()
      .find((one) => one.userId === userId)?.at ?? null;

  return {
    about: (userId) => ({
      ...store('read').countOf(userId),
      forgottenAt: forgottenAt(userId),
      historyDays,
      backups: backups(),
    }),

    async exportOf(userId, locale) {
      const recorded = await trail.by(userId);
      const actions = recorded.map((action) => Object.assign({}, action, { at: new Date(action.at).toISOString() }));
      const given = { userId, at: clock(), locale, historyDays, forgottenAt: forgottenAt(userId), actions };
      const pieces: Buffer[] = [];
      let sizeBytes = 0;
      for await (const text of exportPerson(() => store('read'), given)) {
        const piece = Buffer.from(text);
        sizeBytes += piece.byteLength;
        if (sizeBytes > MOST_BYTES) throw tooLarge();
        pieces.push(piece);
      }
      const name = `nescordbot-${userId}-${new Date(given.at).toISOString().slice(0, 10)}.json`;
      const content = Buffer.concat(pieces);
      if (sizeBytes <= FILE_BYTES) return { name, content };
      const packed = await pack(content);
      if (packed.byteLength > FILE_BYTES) throw tooLarge();
      return { name: `${name}.gz`, content: packed };
    },

    async forget(userId) {
      store('change'); // refused before anything is written down
      const tombstone = { userId, at: clock() };
      await tombstones.add([tombstone]);
      try {
        store('change').saveForgotten([tombstone]);
        const gone = await erase(() => store('change'), tombstone);
        log.info('Removed what was kept about somebody who asked for it', gone);
        onForgotten();
        return { ...gone, isDelayed: false };
      } catch (error) {
        if (!isAppError(error, 'busy')) throw error;
        return { questions: 0, votes: 0, documents: 0, isDelayed: true };
      }
    },
  };
}

function tooLarge(): AppError {
  return new AppError('limit', {
    en: 'What is kept about you is more than fits into a file on Discord. Ask whoever runs this bot for it; an export from a shell has it.',
    ja: 'あなたの情報は Discord で送れるファイルの上限を超えています。このボットの運営者にお問い合わせください（シェルからの書き出しに含まれます）。',
  });
}
