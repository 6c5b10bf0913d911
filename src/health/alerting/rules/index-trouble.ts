import { counted } from '../../../counted.ts';
import { wordsIn, type Locale, type Words } from '../../../errors.ts';
import { lasting } from '../../alert-model.ts';
import type { Alert } from '../../ports.ts';

export const INDEX = 'chroma:';
export const INDEX_RESTARTING = 'chroma:restarting';
export const INDEX_DOWN = 'chroma:down';
export const INDEX_LOST = 'chroma:lost';

/** One look at the index server. */
export interface IndexSample {
  readonly at: number;
  readonly isUp: boolean;
  /** How often the server was restarted by itself; begins again at 0 when it is opened anew. */
  readonly restarts: number;
}

const WINDOW_MS = 600_000;
const MOST_RESTARTS = 3;
const MOST_DOWN_MS = 120_000;

/** What is worth keeping for the next look. */
export const recentSamples = (samples: readonly IndexSample[], now: number): readonly IndexSample[] =>
  samples.filter(({ at }, index) => now - at <= WINDOW_MS || index === samples.length - 1);

/** @param samples oldest first, the present one last @param downSince of the first look in a row that found it down */
export function indexTrouble(
  samples: readonly IndexSample[],
  downSince: number | null,
  loss: IndexLoss | null = null,
): readonly Alert[] {
  const now = samples.at(-1)?.at ?? 0;
  const restarts = restartsIn(samples.filter(({ at }) => now - at <= WINDOW_MS));
  const downMs = downSince === null ? 0 : now - downSince;
  return [
    ...(downMs > MOST_DOWN_MS ? [down(downMs)] : []),
    ...(loss === null ? [] : [lost(loss)]),
    ...(restarts > MOST_RESTARTS ? [restarting(restarts)] : []),
  ];
}

function restartsIn(samples: readonly IndexSample[]): number {
  return samples.reduce((sum, { restarts }, index) => {
    const before = samples[index - 1]?.restarts ?? restarts;
    return sum + (restarts >= before ? restarts - before : restarts);
  }, 0);
}

/** What the index does not hold, or not give, although it should. */
export interface IndexLoss {
  /** It is made anew, or waits its turn for it. */
  readonly isMending: boolean;
  /** Why that failed; null while nothing did. */
  readonly failure: Words | null;
}

type Both = Readonly<Record<Locale, string>>;

/** What is done about it, and what is to be done where nothing is. */
export function lostIndexWords({ isMending, failure }: IndexLoss): Both {
  if (isMending || failure === null) {
    return {
      en: 'Parts of the vector index are gone or cannot be read, and are made anew from the database. Words alone answer meanwhile.',
      ja: 'ベクトル索引の一部が失われたか読み出せないため、データベースから作り直しています。その間はキーワード検索だけで回答します。',
    };
  }
  return {
    en: `Parts of the vector index are gone or cannot be read, and could not be made anew: ${wordsIn('en', failure)} Words alone answer until then; nothing is lost, as the database has everything. Where that can pass, it is tried again each minute. If it goes on, look at Chroma's last words in the log and at its disk, and restart the bot, which makes the index anew.`,
    ja: `ベクトル索引の一部が失われたか読み出せず、作り直しもできませんでした：${wordsIn('ja', failure)} 解決するまではキーワード検索だけで回答します。データはすべてデータベースにあるため、失われたものはありません。一時的な原因であれば 1 分ごとに再試行します。続く場合は、ログにある Chroma の最後のメッセージとディスクを確認し、ボットを再起動してください。起動時に索引を作り直します。`,
  };
}

function lost(loss: IndexLoss): Alert {
  const { en, ja } = lostIndexWords(loss);
  return {
    key: INDEX_LOST,
    severity: 'warning',
    words: {
      en: `${en} Where nobody here removed anything: any program on the machine can delete Chroma’s collections, and a server elsewhere may have come back empty.`,
      ja: `${ja} 心当たりがない場合：Chroma のコレクションは同じマシンのどのプログラムからも削除でき、外部のサーバーが空の状態で復帰した可能性もあります。`,
    },
  };
}

function down(downMs: number): Alert {
  return {
    key: INDEX_DOWN,
    severity: 'critical',
    words: {
      en: `Chroma has been down for ${lasting(downMs, 'en')}. Questions are answered by words alone, and new documents wait. The log says why; nothing is lost, as SQLite has everything.`,
      ja: `Chroma が${lasting(downMs, 'ja')}停止しています。回答はキーワード検索だけで行われ、新しい文書は待機します。原因はログにあります。データは SQLite にあるため失われません。`,
    },
  };
}

function restarting(restarts: number): Alert {
  return {
    key: INDEX_RESTARTING,
    severity: 'warning',
    words: {
      en: `Chroma ended and was restarted ${counted(restarts, 'time')} in 10 minutes. Most often memory is short: give the bot more, or use a server elsewhere with CHROMA_URL. The log has its last words.`,
      ja: `Chroma が10分間に${restarts}回再起動しました。多くはメモリー不足です。メモリーを増やすか、CHROMA_URL で別のサーバーを使ってください。詳細はログにあります。`,
    },
  };
}
