import type { ErrorCode, Words } from '../../errors.ts';
import { DISK_FULL } from './errors.ts';

/** Something that the bot has open and that is not in its place any more. */
export interface Lost {
  readonly words: Words;
  readonly canMend: boolean;
  /** Once it was put right. */
  readonly mended: Words;
}

const beyond = (words: Words): Lost => ({ words, canMend: false, mended: '' });

export const lostFolder = (folder: string): Lost =>
  beyond({
    en: `The folder ${folder} is gone, and with it the database: it was deleted, or its volume is not mounted any more. Nothing is saved until it is back, so nothing is accepted. Mount it again or put it back; the bot notices. If it is lost, stop the bot, restore a backup, and start it again.`,
    ja: `フォルダー ${folder} がデータベースごとなくなりました。削除されたか、ボリュームのマウントが外れています。元に戻るまで保存できないため、何も受け付けません。再度マウントするか元に戻すと、ボットが自動的に再開します。失われた場合は、ボットを停止し、バックアップを復元してから起動してください。`,
  });

export const lostFile = (file: string): Lost =>
  beyond({
    en: `The database ${file} was deleted or moved away while the bot was running. Nothing is saved until it is back, so nothing is accepted. If it was moved, move it back; the bot notices. If it is lost, stop the bot, restore a backup, and start it again.`,
    ja: `ボットの実行中に、データベース ${file} が削除または移動されました。元に戻るまで保存できないため、何も受け付けません。移動しただけなら元の場所に戻すと、ボットが自動的に再開します。失われた場合は、ボットを停止し、バックアップを復元してから起動してください。`,
  });

export const replacedFile = (file: string): Lost =>
  beyond({
    en: `Another file lies in the place of the database ${file}: it was replaced while the bot was running, which still has the old one open. Nothing is accepted, as it would not be in the new one. Stop the bot, delete ${file}-wal and ${file}-shm, which belong to the old one, and start it again on the new one; or put the old file back.`,
    ja: `ボットの実行中に、データベース ${file} が別のファイルに置き換えられました。ボットは古いファイルを開いたままで、新しいファイルには保存されないため、何も受け付けません。ボットを停止し、古いファイルに属する ${file}-wal と ${file}-shm を削除してから、新しいファイルで起動してください。または、古いファイルを元に戻してください。`,
  });

/** The write-ahead log or its index. */
export function isAbout(file: string, state: 'gone' | 'replaced'): Omit<Lost, 'canMend'> {
  const isGone = state === 'gone';
  return {
    words: {
      en: `${file}, which belongs to the open database, was ${isGone ? 'deleted' : 'replaced'} while the bot was running. Nothing is accepted until that is put right. Restart the bot: when it stops, it moves all that it has saved into the database file.`,
      ja: `ボットの実行中に、開いているデータベースに属する ${file} が${isGone ? '削除' : '置き換え'}されました。復旧するまで何も受け付けません。ボットを再起動してください。停止するときに、保存済みの内容をすべてデータベースファイルに書き込みます。`,
    },
    mended: {
      en: `${file}, which belongs to the open database, was deleted while the bot was running. All that was in it was moved into the database file, and nothing is lost. Leave the files beside the database alone.`,
      ja: `ボットの実行中に、開いているデータベースに属する ${file} が削除されました。その内容はすべてデータベースファイルに書き込んだため、失われたものはありません。データベースの隣のファイルには触れないでください。`,
    },
  };
}

const readOnly = (folder: string): Words => ({
  en: `The file system of ${folder} is mounted read-only (EROFS), so nothing can be saved. What was saved before is whole. A disk that fails is often made read-only by the system: look at its messages (dmesg). Once it can be written to again, the bot goes on by itself; where the disk has to be unmounted for that, stop the bot first.`,
  ja: `${folder} のファイルシステムが読み取り専用（EROFS）になっているため、保存できません。以前に保存した内容は無事です。ディスクの障害でシステムが読み取り専用に切り替えることがよくあります。システムのメッセージ（dmesg）を確認してください。再び書き込めるようになると、ボットは自動的に再開します。そのためにアンマウントが必要な場合は、先にボットを停止してください。`,
});

const notOurs = (folder: string, code: string): Words => ({
  en: `The folder ${folder} may not be written to any more (${code}), so nothing can be saved: its owner or its permissions were changed while the bot was running. What was saved before is whole. Give it back to the user that runs NescordBot; the bot notices.`,
  ja: `ボットの実行中に所有者または権限が変更され、フォルダー ${folder} に書き込めなくなったため（${code}）、保存できません。以前に保存した内容は無事です。NescordBot を実行しているユーザーに権限を戻すと、ボットが自動的に再開します。`,
});

/** Why a folder takes nothing; null where the code says nothing that its disk does not say better. */
export function refusalWords(folder: string, code: string): { readonly code: ErrorCode; readonly words: Words } | null {
  switch (code) {
    case 'EROFS':
      return { code: 'unavailable', words: readOnly(folder) };
    case 'EACCES':
    case 'EPERM':
      return { code: 'unavailable', words: notOurs(folder, code) };
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'limit', words: DISK_FULL };
    default:
      return null;
  }
}
