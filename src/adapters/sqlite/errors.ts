import Database from 'better-sqlite3';
import { AppError, isAppError } from '../../errors.ts';
import type { ErrorCode, Words } from '../../errors.ts';

interface Translation {
  readonly code: ErrorCode;
  readonly words: Words;
}

const damaged: Translation = {
  code: 'damaged',
  words: {
    en: 'The database file is damaged or is no SQLite database. Nothing was changed. Restore a backup, or move the file away and start once with ALLOW_EMPTY_START=true to begin empty.',
    ja: 'データベースファイルが壊れているか、SQLite のデータベースではありません。何も変更していません。バックアップを復元するか、ファイルを別の場所に移し、ALLOW_EMPTY_START=true を設定して一度だけ起動すると空の状態から始められます。',
  },
};

export const DISK_FULL: Words = {
  en: 'The disk is full, so nothing was saved. What was saved before is whole. Free space or enlarge the volume, then try again.',
  ja: 'ディスクがいっぱいのため保存できませんでした。以前に保存した内容は無事です。空き容量を増やしてから、もう一度お試しください。',
};

/** By SQLite's primary result code; extended codes such as SQLITE_IOERR_FSYNC begin with it. */
const translations: readonly (readonly [string, Translation])[] = [
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_CORRUPT', damaged],
  [
    'SQLITE_FULL',
    {
      code: 'limit',
      words: DISK_FULL,
    },
  ],
  [
    'SQLITE_BUSY',
    {
      code: 'busy',
      words: {
        en: 'Another program is writing to the database. Nothing was changed; try again in a moment.',
        ja: '別のプログラムがデータベースに書き込んでいます。何も変更していません。少し待ってからもう一度お試しください。',
      },
    },
  ],
  [
    'SQLITE_CANTOPEN',
    {
      code: 'config',
      words: {
        en: 'The database file cannot be opened. Check that its folder exists and may be written to.',
        ja: 'データベースファイルを開けません。フォルダーがあり、書き込めることを確認してください。',
      },
    },
  ],
  [
    'SQLITE_READONLY',
    {
      code: 'config',
      words: {
        en: 'The database file may not be written to. Check the permissions of the file and its folder.',
        ja: 'データベースファイルに書き込めません。ファイルとフォルダーの権限を確認してください。',
      },
    },
  ],
  [
    'SQLITE_IOERR',
    {
      code: 'unavailable',
      words: {
        en: 'The disk did not read or write as it should. What was saved before stays; check the volume.',
        ja: 'ディスクの読み書きに失敗しました。以前に保存した内容はそのままです。ボリュームを確認してください。',
      },
    },
  ],
];

/** SQLite's errors in our terms; what is no error of SQLite stays as it is. */
export function translateError(error: unknown): unknown {
  if (isAppError(error) || !(error instanceof Database.SqliteError)) return error;
  const found = translations.find(([code]) => error.code.startsWith(code));
  if (found) return new AppError(found[1].code, found[1].words, { cause: error });
  return new AppError('internal', `The database refused a statement: ${error.message} (${error.code}).`, {
    cause: error,
  });
}

/** What has to be looked at before anybody is told that something was written. */
export interface Watch {
  /** How many rows were changed so far. */
  readonly changes: () => number;
  /** @throws AppError when what was written may not be kept */
  readonly assertKept: () => void;
  readonly explain: (error: unknown) => unknown;
}

/** The same functions, whose SQLite errors are translated; the one place for all ports. */
export function translating<Port extends object>(port: Port, watch: Watch): Port {
  const wrapped = Object.entries(port).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === 'function' ? wrap(member as AnyFunction, watch) : member,
  ]);
  return Object.fromEntries(wrapped) as Port;
}

type AnyFunction = (...args: unknown[]) => unknown;

function wrap(work: AnyFunction, { changes, assertKept, explain }: Watch): AnyFunction {
  const fail = (error: unknown): never => {
    throw explain(translateError(error));
  };
  return (...args) => {
    const before = changes();
    const told = (result: unknown): unknown => {
      if (changes() !== before) assertKept();
      return result;
    };
    let result: unknown;
    try {
      result = work(...args);
    } catch (error) {
      return fail(error);
    }
    return result instanceof Promise ? result.then(told).catch(fail) : told(result);
  };
}
