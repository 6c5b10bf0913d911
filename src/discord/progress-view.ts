import { counted } from '../counted.ts';
import { wordsIn, type Locale } from '../errors.ts';
import type { Document, Job, JobStep } from '../knowledge/model.ts';
import { bar } from './bar.ts';
import type { ReplyAddress } from './reply-address.ts';
import type { View } from './request.ts';
import { actionId, button, row } from './components.ts';
import { ago, cut, shown, worded, size } from './writing.ts';

const STEPS: Readonly<Record<JobStep, Readonly<Record<Locale, string>>>> = {
  waiting: { en: 'Waiting its turn', ja: '順番を待っています' },
  chunking: { en: 'Reading', ja: '読んでいます' },
  embedding: { en: 'Reading', ja: '読んでいます' },
  indexing: { en: 'Filing', ja: '索引に登録しています' },
  removing: { en: 'Removing', ja: '削除しています' },
  done: { en: 'Done', ja: '完了' },
};

/** One line for lists of jobs; the title is null where there is no document (any more). */
export function jobLine(job: Job, title: string | null, locale: Locale, now: number): string {
  const name = title === null ? '' : ` **${shown(title, 60)}**`;
  const why = reasonOf(job, locale);
  const waits =
    job.state === 'queued' && job.notBefore > now
      ? wordsIn(locale, { en: ` · goes on ${ago(job.notBefore)}`, ja: ` · 再開：${ago(job.notBefore)}` })
      : '';
  const figures = job.total > 0 ? ` ${job.done.toLocaleString('en')}/${job.total.toLocaleString('en')}` : '';
  const step = job.state === 'queued' ? STEPS.waiting : job.kind === 'reindex' ? REINDEXING : STEPS[job.step];
  const reason = why === null ? '' : ` · ${shown(why, 150)}`;
  return `⏳${name} ${wordsIn(locale, step)}${figures}${waits}${reason}`;
}

const REINDEXING = { en: 'Learning again for the new model', ja: '新しいモデルで学習し直しています' };

/** Why it waits or failed, in the person's language where that is known. */
function reasonOf(thing: Pick<Job, 'failure' | 'failureWords'> | null, locale: Locale): string | null {
  const words = thing?.failureWords ?? thing?.failure ?? null;
  return words === null ? null : wordsIn(locale, words);
}

/** How a job is coming along, in one message. The document is null when it was removed meanwhile. */
export function jobView(
  job: Job,
  document: Document | null,
  { locale, isReturn = false }: Pick<ReplyAddress, 'locale' | 'isReturn'>,
  now: number,
): View {
  const name = document === null ? '' : shown(document.title);
  if (document === null && (job.state === 'done' || job.state === 'failed')) {
    return { content: wordsIn(locale, { en: 'That document was removed.', ja: 'この文書は削除されました。' }) };
  }
  if (job.state === 'failed') return failed(job, document, name, locale);
  if (job.state === 'done') return done(document, name, { locale, isReturn });
  return { content: `⏳ **${name}**\n${step(job, locale, now)}` };
}

function step(job: Job, locale: Locale, now: number): string {
  if (job.state === 'queued' && job.notBefore > now) {
    const why = reasonOf(job, locale);
    return wordsIn(locale, {
      en: `It is stored. Reading goes on ${ago(job.notBefore)}${why === null ? '' : `: ${shown(why, 200)}`}`,
      ja: `保存済みです。読み込みの再開：${ago(job.notBefore)}${why === null ? '' : `（${shown(why, 200)}）`}`,
    });
  }
  const words = wordsIn(locale, STEPS[job.step]);
  if (job.total === 0) return `${words} …`;
  const figures = wordsIn(locale, {
    en: `${job.done.toLocaleString('en')} of ${counted(job.total, 'passage')}`,
    ja: `該当箇所 ${job.total.toLocaleString('ja')} 件のうち ${job.done.toLocaleString('ja')} 件`,
  });
  return `${bar(job.done, job.total)} ${words} … ${figures}`;
}

function done(
  document: Document | null,
  name: string,
  { locale, isReturn }: { readonly locale: Locale; readonly isReturn: boolean },
): View {
  const chunks = document?.chunkCount ?? 0;
  const back = {
    en: `↩️ **${name}** is back: ${counted(chunks, 'passage')}. Answers use it again.`,
    ja: `↩️ **${name}** を元に戻しました（該当箇所 ${chunks.toLocaleString('ja')} 件）。再び回答に使われます。`,
  };
  return {
    content: wordsIn(
      locale,
      isReturn
        ? back
        : {
            en: `✅ **${name}** is learned: ${counted(chunks, 'passage')} from ${size(document?.sizeBytes ?? 0)}. Ask me about it with \`/ask\`.`,
            ja: `✅ **${name}** を覚えました（${size(document?.sizeBytes ?? 0)}、該当箇所 ${chunks.toLocaleString('ja')} 件）。\`/ask\` でお尋ねください。`,
          },
    ),
    components: document === null ? [] : [row(showButton(document.id, locale))],
  };
}

function failed(job: Job, document: Document | null, name: string, locale: Locale): View {
  const unknown = wordsIn(locale, { en: 'the reason was not kept.', ja: '理由は記録されていません。' });
  const why = worded(cut(reasonOf(job, locale) ?? reasonOf(document, locale) ?? unknown, 1000));
  return {
    content: wordsIn(locale, {
      en: `❌ **${name}** could not be read: ${why}\nIt is not used in answers. Put it right and add it again.`,
      ja: `❌ **${name}** を読み取れませんでした：${why}\n回答には使われません。直してから、もう一度追加してください。`,
    }),
    components: document === null ? [] : [row(showButton(document.id, locale))],
  };
}

function showButton(documentId: number, locale: Locale) {
  return button(actionId('knowledge', 'show', documentId), wordsIn(locale, { en: 'Show', ja: '表示' }));
}
