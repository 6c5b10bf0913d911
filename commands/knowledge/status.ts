import { isAppError } from '../../src/errors.ts';
import { counted, jobLine, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';
import { unansweredQuestions } from './unanswered.ts';
import { recorded } from '../backups/recorded.ts';
import type { Job } from '../../src/knowledge/model.ts';

export function knowledgeStatus(request: LiveRequest, services: Services, dismissed: string | null = null): View {
  const questions = unansweredQuestions(request, services, dismissed);
  const { documents, ready, failed, chunks, openJobs, space, engine } = services.library.status(request.guildId);
  return {
    content: [
      request.say({
        en: `📚 **${counted(documents, 'document')}** · ${counted(chunks, 'passage')} · ${ready} learned · ${failed} could not be read`,
        ja: `📚 **文書 ${documents} 件** · 該当箇所 ${chunks} 件 · 学習済み ${ready} 件 · 読み取り失敗 ${failed} 件`,
      }),
      request.say({
        en: `Vectors: ${space} · answers: ${engine}`,
        ja: `ベクトル：${space} · 回答：${engine === 'offline' ? 'オフライン' : engine}`,
      }),
      ...jobLines(request, services, openJobs, 10),
      ...questions.lines,
    ].join('\n'),
    components: questions.components,
  };
}

export async function dismissQuestion(request: LiveRequest, services: Services): Promise<View> {
  const [key = ''] = request.args;
  await recorded(request, services, { action: 'unanswered dismiss', detail: key }, () =>
    services.insights.dismiss(request.guildId, key, services.clock()),
  );
  return knowledgeStatus(request, services, key);
}

export async function bringBackQuestion(request: LiveRequest, services: Services): Promise<View> {
  const [key = ''] = request.args;
  await recorded(request, services, { action: 'unanswered bring-back', detail: key }, () =>
    services.insights.bringBack(request.guildId, key),
  );
  return knowledgeStatus(request, services);
}

/** What is under way or waiting, by the titles that people know. */
export function jobLines(
  request: LiveRequest,
  { library, clock }: Services,
  jobs: readonly Job[],
  most: number,
): string[] {
  const titleOf = ({ guildId, documentId }: Job): string | null => {
    if (documentId === null) return null;
    try {
      return library.show(guildId, documentId).document.title;
    } catch (error) {
      if (isAppError(error, 'not_found')) return null; // removed in the meantime
      throw error;
    }
  };
  const lines = jobs.slice(0, most).map((job) => jobLine(job, titleOf(job), request.locale, clock()));
  const more = jobs.length - lines.length;
  return more <= 0 ? lines : [...lines, request.say({ en: `… and ${more} more`, ja: `…ほか ${more} 件` })];
}
