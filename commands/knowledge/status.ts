import { shown, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';
import type { Job } from '../../src/knowledge/model.ts';

export function knowledgeStatus(request: LiveRequest, { library }: Services): View {
  const { documents, ready, failed, chunks, openJobs, space, engine } = library.status(request.guildId);
  const lines = [
    request.say({
      en: `📚 **${documents} documents** · ${chunks} passages · ${ready} learned · ${failed} could not be read`,
      ja: `📚 **文書 ${documents} 件** · ${chunks} 節 · 学習済み ${ready} 件 · 読み取り失敗 ${failed} 件`,
    }),
    request.say({ en: `Vectors: ${space} · answers: ${engine}`, ja: `ベクトル：${space} · 回答：${engine}` }),
    ...openJobs.slice(0, 10).map((job) => jobLine(job)),
  ];
  if (openJobs.length > 10) {
    lines.push(request.say({ en: `… and ${openJobs.length - 10} more`, ja: `…ほか ${openJobs.length - 10} 件` }));
  }
  return { content: lines.join('\n') };
}

export function jobLine(job: Job): string {
  const figures = job.total > 0 ? ` ${job.done}/${job.total}` : '';
  const failure = job.failure === null ? '' : ` · ${shown(job.failure, 100)}`;
  return `⏳ ${job.kind}${job.documentId === null ? '' : ` #${job.documentId}`} · ${job.step}${figures}${failure}`;
}
