import { counted } from '../../counted.ts';
import type { DatabaseFiles } from '../../backup/ports.ts';
import { AppError, isAppError } from '../../errors.ts';
import type { IntegrityCheck } from '../../health/integrity/watch.ts';

export interface DatabaseCheckParts {
  readonly file: string;
  /** What is open on it. @throws AppError `busy` while a backup takes its place */
  readonly open: () => unknown;
  /** Why what is open may not be where it should be; null where it is. */
  readonly ground: () => Promise<AppError | null>;
  readonly files: Pick<DatabaseFiles, 'problems'> & { rebuildWords(file: string): Promise<number> };
}

/** Of SQLite's own making: the passages have all that it holds. */
const WORD_INDEX = 'chunk_words';
const MOST_SHOWN = 3;

/** Looks through all of the database; only the index of words can be made anew. */
export function createDatabaseCheck({ file, open, ground, files }: DatabaseCheckParts): IntegrityCheck {
  /** A file that is exchanged meanwhile looks as if it were damaged. */
  async function problemsIn(opened: unknown, signal: AbortSignal): Promise<readonly string[]> {
    const problems = await files.problems(file, signal);
    if (open() !== opened) throw exchanged();
    const trouble = problems.length > 0 ? await ground() : null;
    // What was taken away, or lies on a disk that cannot be read, is not damaged for that.
    if (isAppError(trouble, 'unavailable')) throw trouble;
    return problems;
  }

  return {
    part: 'database',
    async look(signal) {
      const opened = open();
      const problems = await problemsIn(opened, signal);
      if (problems.length === 0) return { state: 'sound', words: soundWords };
      if (!problems.every((problem) => problem.includes(WORD_INDEX))) {
        return { state: 'damaged', words: damagedWords(file, problems) };
      }
      const passages = await files.rebuildWords(file);
      const left = await problemsIn(opened, signal);
      return left.length === 0
        ? { state: 'repaired', words: repairedWords(passages) }
        : { state: 'damaged', words: damagedWords(file, left) };
    },
  };
}

const exchanged = () =>
  new AppError('busy', {
    en: 'A backup was restored meanwhile; what lies there now is checked next time.',
    ja: '確認中にバックアップが復元されたため、現在の内容は次回確認します。',
  });

const soundWords = { en: 'Every page and every reference is right.', ja: '全ページと全参照に問題はありません。' };

const repairedWords = (passages: number) => ({
  en: `The database's index of words was damaged. It was made anew from ${counted(passages, 'passage')}; nothing is lost.`,
  ja: `データベースの単語索引が破損していたため、該当箇所 ${passages} 件から作り直しました。失われたデータはありません。`,
});

function damagedWords(file: string, problems: readonly string[]) {
  const found = problems.slice(0, MOST_SHOWN).join('; ');
  return {
    en:
      `The database ${file} is damaged: ${found}. Go back to the newest good backup with /restore, ` +
      'and check the disk: a database seldom breaks without it.',
    ja: `データベース ${file} が破損しています：${found}。/restore で最新の正常なバックアップに戻し、ディスクの状態も確認してください。`,
  };
}
