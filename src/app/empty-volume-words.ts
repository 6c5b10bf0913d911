import { WITHOUT_IDENTITY, type Candidate, type CandidateGroup } from '../backup/choice.ts';
import { contentsOf } from '../backup/contents-model.ts';
import { counted } from '../counted.ts';
import type { Manifest } from '../backup/model.ts';
import { parseName } from '../backup/name.ts';
import { compareStates, timelineOf } from '../backup/state-model.ts';
import { AppError, isAppError, type Words } from '../errors.ts';

/** A vault or a copy that was of no use, and why. */
export interface Tried {
  readonly what: string;
  readonly error: unknown;
}

export interface RestoredFacts {
  readonly manifest: Manifest;
  /** Null: it lay in the folder of backups. */
  readonly from: string | null;
  readonly durationMs: number;
  readonly now: number;
  /** Vaults that did not say what they have, and copies that could not be used. */
  readonly unasked: readonly Tried[];
  readonly unusable: readonly Tried[];
}

const MINUTE_MS = 60_000;
const units = [
  { ms: 24 * 60 * MINUTE_MS, least: 2, en: 'days', ja: '日' },
  { ms: 60 * MINUTE_MS, least: 2, en: 'h', ja: '時間' },
  { ms: MINUTE_MS, least: 1, en: 'min', ja: '分' },
] as const;

/** For operators, once the bot is online. */
export function restoredWords({ manifest, from, durationMs, now, unasked, unusable }: RestoredFacts): Words {
  const { name, createdAt, counts } = manifest;
  const { documents, questions } = contentsOf(counts) ?? { documents: 0, questions: 0 };
  const ageMs = now - Date.parse(createdAt);
  const unit = units.find(({ ms, least }) => ageMs >= least * ms);
  const age = unit === undefined ? 0 : Math.floor(ageMs / unit.ms);
  const aheadDays = Math.ceil(-ageMs / units[0].ms);
  const isAhead = ageMs < -units[1].ms; // dated so by a clock that was wrong, or the clock is wrong now
  const seconds = (durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0);
  const list = (some: readonly Tried[]) => some.map(({ what }) => what).join(', ');
  const [silent, unused] = [list(unasked), list(unusable)];
  return {
    en:
      `The volume came up empty. Restored from ${from ?? 'the folder of backups'}: ${name}, ` +
      `${isAhead ? `dated up to ${counted(aheadDays, 'day')} ahead of the clock` : `${unit === undefined ? 'less than a minute' : `${age} ${unit.en}`} old`}, in ${seconds} s ` +
      `(${counted(documents, 'document')}, ${counted(questions, 'question')}). What came after it is missing.` +
      (unused === '' ? '' : ` Of no use: ${unused}; the log says why.`) +
      (silent === ''
        ? ''
        : ` ${silent} could not be asked and may have a newer one: see that it can be reached, look at /backups list, and /restore that one before much is added.`),
    ja:
      `ボリュームが空だったため、${from ?? 'バックアップフォルダー'} の ${name}（${isAhead ? `日時が時計より最大 ${aheadDays} 日先` : unit === undefined ? '1 分以内' : `${age} ${unit.ja}前`}）から` +
      `${seconds} 秒で復元しました（文書 ${documents} 件、質問 ${questions} 件）。それ以降の内容は含まれていません。` +
      (unused === '' ? '' : `使用できなかったもの：${unused}（理由はログにあります）。`) +
      (silent === ''
        ? ''
        : `${silent} には問い合わせできず、より新しいバックアップがある可能性があります。接続を確認し、/backups list で確かめて、内容を追加する前に /restore してください。`),
  };
}

/** No vault that was asked has any, and one was not to be asked. */
export function nobodyAsked(file: string, tried: readonly Tried[]): AppError {
  return refusal(
    'unavailable',
    `There is no database at ${file}, and whether there are backups to restore could not be found out`,
    'see that this can be reached, and start again',
    tried,
  );
}

export function noneUsable(file: string, tried: readonly Tried[]): AppError {
  return refusal(
    'damaged',
    `There is no database at ${file}, and no backup could be restored`,
    'put one of them right, or put another backup into the folder of backups, and start again',
    tried,
  );
}

/** Backups that are not plainly this bot's: somebody has to say which of them are. */
export function whoseBackups(file: string, groups: readonly CandidateGroup[]): AppError {
  const shown = groups.slice(0, MOST_GROUPS).map(({ installationId, application, candidates, newest }) => {
    const whose = installationId === null ? WITHOUT_IDENTITY : installationId.slice(0, ID_SHOWN);
    const of = installationId === null ? 'by a version that gave no identity' : `of ${applicationInWords(application)}`;
    const documents = newest.documents === null ? '' : `, ${counted(newest.documents, 'document')}`;
    const count = new Set(candidates.map(({ name }) => name)).size;
    return `\n  - ${whose}: ${counted(count, 'backup')} ${of}, the newest ${newest.name}${documents}`;
  });
  const more = groups.length > MOST_GROUPS ? `\n  - and ${groups.length - MOST_GROUPS} more` : '';
  return new AppError(
    'config',
    `There is no database at ${file}, and it is not plain whose backups these are, so nothing was begun:` +
      `${shown.join('')}${more}\nWays out:` +
      '\n  - say which are to be restored: set RESTORE_INSTALLATION to the id above, for one start' +
      '\n  - mount the volume that holds the database, and start again' +
      '\n  - begin with an empty one: set ALLOW_EMPTY_START=true for one start. These backups stay as they are',
  );
}

/** Somebody says whose backups are to be restored, and there are none at all. */
export function nothingNamed(file: string): AppError {
  return new AppError(
    'config',
    `There is no database at ${file}, and of what RESTORE_INSTALLATION names there is no backup, here or in a vault, so ` +
      'nothing was begun.\nWays out:' +
      '\n  - see that the folder of backups and the vault are the right ones, and start again' +
      '\n  - mount the volume that holds the database, and start again' +
      '\n  - begin with an empty one: remove RESTORE_INSTALLATION, and set ALLOW_EMPTY_START=true for one start',
  );
}

/** Which of two bots that went on from one state has what is wanted, nobody can tell. */
export function forkedBackups(file: string, rivals: readonly Candidate[]): AppError {
  const byTimeline = Map.groupBy(rivals, ({ identity }) => timelineOf(identity)?.id ?? '');
  const shown = [...byTimeline.values()].slice(0, MOST_GROUPS).flatMap((members) => {
    const [newest] = members.toSorted(newestFirst);
    return newest === undefined ? [] : [`\n  - ${rivalInWords(newest)}`];
  });
  return new AppError(
    'config',
    `There is no database at ${file}, and two bots have gone on from the same state, so it is not plain which backup is ` +
      `the newest, and nothing was begun. The newest of each:${shown.join('')}\nWays out:` +
      '\n  - restore one of them from a shell, with the bot stopped' +
      '\n  - begin with an empty one: set ALLOW_EMPTY_START=true for one start',
  );
}

function rivalInWords({ name, documents, identity }: Candidate): string {
  const createdAt = parseName(name)?.createdAt ?? null;
  const [at, timeline] = [createdAt === null ? null : minuteOf(createdAt), timelineOf(identity)];
  const facts = [
    ...(at === null ? [] : [`made ${at}`]),
    ...(documents === null ? [] : [counted(documents, 'document')]),
    ...(timeline === null ? [] : [`timeline ${timeline.number} since ${minuteOf(Date.parse(timeline.beganAt))}`]),
    `installation ${identity?.installationId.slice(0, ID_SHOWN) ?? 'unknown'}`,
  ];
  return `${name}: ${facts.join(', ')}`;
}

const newestFirst = (a: Candidate, b: Candidate): number =>
  a.identity === null || b.identity === null ? 0 : compareStates(b.identity, a.identity);

const minuteOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function applicationInWords(application: string | null): string {
  if (application === 'playground') return 'the playground';
  return application === null ? 'an unknown Discord application' : `the Discord application ${application}`;
}

const MOST_GROUPS = 20;
const ID_SHOWN = 8;

function refusal(code: 'unavailable' | 'damaged', what: string, way: string, tried: readonly Tried[]): AppError {
  const reasons = tried.map(
    ({ what: which, error }) => `\n  - ${which}: ${isAppError(error) ? error.message : 'a defect'}`,
  );
  return new AppError(
    code,
    `${what}, so nothing was begun:${reasons.join('')}\nWays out:\n  - ${way}` +
      '\n  - begin with an empty one all the same: set ALLOW_EMPTY_START=true for one start',
    { cause: tried[0]?.error },
  );
}
