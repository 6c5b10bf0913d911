import { contentsOf } from '../backup/contents-model.ts';
import { counted } from '../counted.ts';
import type { Manifest } from '../backup/model.ts';
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
  const ageMs = Math.max(0, now - Date.parse(createdAt));
  const unit = units.find(({ ms, least }) => ageMs >= least * ms);
  const age = unit === undefined ? 0 : Math.floor(ageMs / unit.ms);
  const seconds = (durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0);
  const list = (some: readonly Tried[]) => some.map(({ what }) => what).join(', ');
  const [silent, unused] = [list(unasked), list(unusable)];
  return {
    en:
      `The volume came up empty. Restored from ${from ?? 'the folder of backups'}: ${name}, ` +
      `${unit === undefined ? 'less than a minute' : `${age} ${unit.en}`} old, in ${seconds} s ` +
      `(${counted(documents, 'document')}, ${counted(questions, 'question')}). What came after it is missing.` +
      (unused === '' ? '' : ` Of no use: ${unused}; the log says why.`) +
      (silent === ''
        ? ''
        : ` ${silent} could not be asked and may have a newer one: see that it can be reached, look at /backups list, and /restore that one before much is added.`),
    ja:
      `ボリュームが空だったため、${from ?? 'バックアップフォルダー'} の ${name}（${unit === undefined ? '1 分以内' : `${age} ${unit.ja}前`}）から` +
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
