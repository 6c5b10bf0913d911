import { counted } from '../../counted.ts';
import type { ContentsReport, FlawedDocument } from '../../health/integrity/contents-model.ts';

/** What became of the documents that were not as they had been stored. */
export interface Outcome {
  /** From their own text. */
  readonly remade: readonly FlawedDocument[];
  readonly restored: readonly { readonly document: FlawedDocument; readonly backup: string }[];
  readonly lost: readonly FlawedDocument[];
  /** No backup could be asked for them. */
  readonly unasked: readonly FlawedDocument[];
  /** Passages that the index of words did not hold. */
  readonly words: number;
}

interface Both {
  readonly en: string;
  readonly ja: string;
}

const MOST_TITLES = 10;

export const soundWords = ({ documents, passages, vectors, after }: ContentsReport): Both => ({
  en: `${counted(documents, 'document')}, ${counted(passages, 'passage')} and ${counted(vectors, 'vector')} are as they were stored.${after === null ? '' : ' The rest is looked at next time.'}`,
  ja: `文書 ${documents} 件、該当箇所 ${passages} 件、ベクトル ${vectors} 件はすべて保存時のままです。${after === null ? '' : '残りは次回確認します。'}`,
});

export function repairedWords(outcome: Outcome): Both {
  return sentences([...whatWasDone(outcome), nothingLost]);
}

export function damagedWords(outcome: Outcome): Both {
  const { lost, unasked } = outcome;
  return sentences([
    ...(lost.length === 0 ? [] : [lostWords(lost)]),
    ...(unasked.length === 0 ? [] : [unaskedWords(unasked)]),
    ...whatWasDone(outcome),
    checkDisk,
  ]);
}

/** Why a document does not answer any more. */
export const LOST_DOCUMENT: Both = {
  en: 'The disk has changed what was stored of it, and no backup here has it whole, so it is left out of answers. Add the same file again.',
  ja: '保存内容がディスク上で変化し、無事な内容を持つバックアップもここにないため、回答には使われません。同じファイルをもう一度追加してください。',
};

function whatWasDone({ remade, restored, words }: Outcome): Both[] {
  const byBackup = Map.groupBy(restored, ({ backup }) => backup);
  return [
    ...[...byBackup].map(([backup, found]) => {
      const titles = titlesOf(found.map(({ document }) => document));
      return {
        en: `The disk had changed ${titles.en}. It was restored from ${backup}, and nothing else was.`,
        ja: `ディスク上で変化していた${titles.ja}を ${backup} から復元しました。ほかの内容は変更していません。`,
      };
    }),
    ...(remade.length === 0
      ? []
      : [
          {
            en: `Passages or vectors of ${titlesOf(remade).en} had changed on the disk. They are made anew from the document.`,
            ja: `${titlesOf(remade).ja}の該当箇所またはベクトルがディスク上で変化していたため、文書から作り直しています。`,
          },
        ]),
    ...(words === 0
      ? []
      : [
          {
            en: `The index of words lacked ${counted(words, 'passage')}. It holds them again.`,
            ja: `単語索引に欠けていた該当箇所 ${words} 件を登録し直しました。`,
          },
        ]),
  ];
}

const lostWords = (lost: readonly FlawedDocument[]): Both => ({
  en: `The disk has changed ${titlesOf(lost).en}, and no backup here has it whole. What changed is not shown in answers. Add the same file again, or fetch an older backup with /backups fetch and have this checked again.`,
  ja: `ディスク上で${titlesOf(lost).ja}が変化しており、無事な内容を持つバックアップもここにありません。変化した内容は回答に使われません。同じファイルをもう一度追加するか、/backups fetch で古いバックアップを取得してから、もう一度確認してください。`,
});

const unaskedWords = (documents: readonly FlawedDocument[]): Both => ({
  en: `The disk has changed ${titlesOf(documents).en}. The backups could not be looked into for it, as another job did not end; the next check does. What changed is not shown in answers.`,
  ja: `ディスク上で${titlesOf(documents).ja}が変化しています。別の処理が終わらずバックアップを調べられなかったため、次回の確認で調べます。変化した内容は回答に使われません。`,
});

const nothingLost: Both = { en: 'Nothing is lost.', ja: '失われたデータはありません。' };
const checkDisk: Both = {
  en: 'Check the disk: this seldom happens without it.',
  ja: 'ディスクの状態も確認してください。',
};

function titlesOf(documents: readonly FlawedDocument[]): Both {
  const titles = documents.slice(0, MOST_TITLES).map(({ title }) => title);
  const more = documents.length - titles.length;
  return {
    en: titles.map((title) => `“${title}”`).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    ja: titles.map((title) => `「${title}」`).join('') + (more > 0 ? `ほか ${more} 件` : ''),
  };
}

const sentences = (parts: readonly Both[]): Both => ({
  en: parts.map(({ en }) => en).join(' '),
  ja: parts.map(({ ja }) => ja).join(''),
});
