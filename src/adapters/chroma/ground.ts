import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { noteOpenFile, type OpenFile } from '../../open-file.ts';
import { lockName, openDirectoryLock } from './directory-lock.ts';

/** The directory that a server works in, which somebody may take away, or give to another server, while it does. */
export interface Ground extends Disposable {
  /** @throws AppError `unavailable` while the directory is gone, or another server's */
  assertOurs(): void;
  /** What lies there is what the server has open. */
  note(): void;
  /** Why the server must not go on with what it has open; null while it may. */
  look(): string | null;
}

export interface GroundOptions {
  /** Takes what one process at a time can have, or waits for who has it. */
  readonly patience: <Taken extends Disposable>(place: string, take: () => Taken) => Promise<Taken>;
  readonly log: { warn(message: string): void };
}

/** @throws AppError `conflict` while another process has the directory; `config` */
export async function openGround(directory: string, { patience, log }: GroundOptions): Promise<Ground> {
  let lock = await patience(directory, () => openDirectoryLock(directory));
  let data: OpenFile | null = null;

  /** True where the lock had to be taken anew. */
  function assertOurs(): boolean {
    if (!existsSync(directory)) throw new AppError('unavailable', gone(directory));
    if (lock.isInPlace()) return false;
    const before = lock;
    try {
      lock = openDirectoryLock(directory);
    } catch (cause) {
      throw new AppError('unavailable', cause instanceof Error ? cause.message : String(cause), { cause });
    }
    before[Symbol.dispose]();
    log.warn(`The lock file ${join(directory, lockName)} had been deleted and was made anew. Leave it alone.`);
    return true;
  }

  return {
    assertOurs: () => void assertOurs(),
    note: () => void (data = noteOpenFile(join(directory, 'chroma.sqlite3'))),
    look() {
      try {
        const isAnew = assertOurs();
        const state = data?.state() ?? 'in place';
        // Where the lock beside it is the old one, another number is the file system's doing.
        if (state === 'gone' || (state === 'replaced' && isAnew))
          return `the index in ${directory} is not there any more`;
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error); // it is said, and tried again
      }
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

const gone = (directory: string) => ({
  en: `The folder ${directory} is gone: it was deleted, or its volume is not mounted any more. Mount it again or put it back; the index is made anew from the database where it has to be.`,
  ja: `フォルダー ${directory} がなくなりました。削除されたか、ボリュームのマウントが外れています。再度マウントするか元に戻してください。索引は必要に応じてデータベースから作り直します。`,
});
