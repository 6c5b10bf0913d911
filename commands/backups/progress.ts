import type { BackupProgress, Stage } from '../../src/backup/api.ts';
import type { Locale } from '../../src/errors.ts';
import { bar, size, type LiveRequest } from '../../src/discord/command.ts';

type Both = Readonly<Record<Locale, string>>;
export type Job = 'backup' | 'restore' | 'verify' | 'fetch';

const STAGES: Readonly<Record<Stage, Both>> = {
  waiting: { en: 'waiting its turn', ja: '順番を待っています' },
  fetching: { en: 'fetching', ja: '保管先から取り寄せています' },
  decrypting: { en: 'decrypting', ja: '復号しています' },
  checking: { en: 'checking', ja: '確認しています' },
  capturing: { en: 'capturing', ja: 'データを写し取っています' },
  compressing: { en: 'compressing', ja: '圧縮しています' },
  verifying: { en: 'verifying', ja: '検証しています' },
  retention: { en: 'tidying up older ones', ja: '古いバックアップを整理しています' },
  sending: { en: 'sending', ja: '送信しています' },
  drilling: { en: 'rehearsing a restore', ja: '復元の予行演習をしています' },
  staging: { en: 'unpacking', ja: '展開しています' },
  saving: { en: "saving today's state first", ja: '先に現在の状態を保存しています' },
  swapping: { en: 'exchanging the data', ja: 'データを入れ替えています' },
  opening: { en: 'opening what came back', ja: '復元したデータを開いています' },
  done: { en: 'finishing', ja: '仕上げています' },
};

const JOBS: Readonly<Record<Job, { readonly mark: string; readonly title: Both; readonly meanwhile: Both }>> = {
  backup: {
    mark: '💾',
    title: { en: 'Backing up', ja: 'バックアップ中' },
    meanwhile: { en: 'answers go on as usual', ja: '質問には通常どおりお答えします' },
  },
  verify: {
    mark: '🔍',
    title: { en: 'Verifying', ja: '検証中' },
    meanwhile: { en: 'answers go on as usual', ja: '質問には通常どおりお答えします' },
  },
  fetch: {
    mark: '☁️',
    title: { en: 'Fetching', ja: '取り寄せ中' },
    meanwhile: { en: 'answers go on as usual', ja: '質問には通常どおりお答えします' },
  },
  restore: {
    mark: '⏪',
    title: { en: 'Restoring', ja: '復元中' },
    meanwhile: { en: 'I tell people who ask to wait', ja: '質問した方にはお待ちいただいています' },
  },
};

/** `💾 **Backing up** ▰▰▰▰▰▱▱▱ 62 %: compressing 318 of 512 MB · answers go on as usual` */
export function progressLine(request: LiveRequest, job: Job, { stage, doneBytes, totalBytes }: BackupProgress): string {
  const { mark, title, meanwhile } = JOBS[job];
  const percent = totalBytes <= 0 ? null : Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
  const head = `${mark} **${request.say(title)}** ${bar(doneBytes, totalBytes)}${percent === null ? '' : ` ${percent} %`}`;
  const figures =
    percent === null
      ? { en: '', ja: '' }
      : {
          en: ` ${size(Math.min(doneBytes, totalBytes))} of ${size(totalBytes)}`,
          ja: `（${size(totalBytes)} のうち ${size(Math.min(doneBytes, totalBytes))}）`,
        };
  const step = { en: `${STAGES[stage].en}${figures.en}`, ja: `${STAGES[stage].ja}${figures.ja}` };
  return request.say({ en: `${head}: ${step.en} · ${meanwhile.en}`, ja: `${head}：${step.ja} · ${meanwhile.ja}` });
}

/** Shows each step in the reply; `under` is what stays above the line. */
export function showing(request: LiveRequest, job: Job, under = '') {
  const onProgress = (progress: BackupProgress): void => {
    const line = progressLine(request, job, progress);
    request.show({ content: under === '' ? line : `${under}\n${line}` });
  };
  return onProgress;
}
