import type { Locale } from '../errors.ts';
import { isAppError } from '../errors.ts';

export type Notice = Readonly<Record<Locale, string>>;

const reasons = {
  limit: { en: 'The embedding model is out of quota', ja: '埋め込みモデルの利用枠を使い切ったため' },
  embedder: { en: 'The embedding model cannot be reached', ja: '埋め込みモデルに接続できないため' },
  refused: {
    en: 'The embedding model refuses the key or the settings of this bot',
    ja: '埋め込みモデルのキーまたは設定が拒否されているため',
  },
  question: { en: 'The embedding model does not take this question', ja: '埋め込みモデルがこの質問を受け付けないため' },
  index: { en: 'The vector index cannot be reached', ja: 'ベクトル索引に接続できないため' },
  repaired: { en: 'The vector index is being repaired', ja: 'ベクトル索引を修復しているため' },
  damaged: { en: 'The vector index is damaged', ja: 'ベクトル索引が破損しているため' },
} as const;

/**
 * Why a search went by words alone and until when, for the small line under the answer.
 * @param isRepaired somebody is at work on what is damaged, or about to be
 */
export function wordsAloneNotice(part: 'embedder' | 'index', error: unknown, isRepaired = false): Notice {
  const reason = reasonFor(part, error, isRepaired);
  const { en, ja } = reasons[reason];
  // How long damage lasts nobody knows.
  const isTimed = isAppError(error) && reason !== 'damaged' && reason !== 'repaired';
  const retryAfterMs = isTimed ? error.retryAfterMs : null;
  if (retryAfterMs === null) {
    return { en: `${en}, so I searched by words alone.`, ja: `${ja}、キーワードだけで検索しました。` };
  }
  const time = duration(retryAfterMs);
  return {
    en: `${en} for the next ${time.en}, so I searched by words alone.`,
    ja: `${ja}（約${time.ja}後に再試行）、キーワードだけで検索しました。`,
  };
}

function reasonFor(part: 'embedder' | 'index', error: unknown, isRepaired: boolean): keyof typeof reasons {
  if (isAppError(error, 'limit')) return 'limit';
  if (part === 'embedder' && isAppError(error, 'config')) return 'refused';
  if (part === 'embedder' && (isAppError(error, 'invalid') || isAppError(error, 'blocked'))) return 'question';
  if (part === 'embedder' || !isAppError(error, 'damaged')) return part;
  return isRepaired ? 'repaired' : 'damaged';
}

function duration(ms: number): Notice {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds <= 90) return { en: seconds === 1 ? 'second' : `${seconds} seconds`, ja: `${seconds}秒` };
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 90) return { en: `${minutes} minutes`, ja: `${minutes}分` };
  const hours = Math.ceil(minutes / 60);
  return { en: `${hours} hours`, ja: `${hours}時間` };
}
