import {
  actionId,
  ago,
  counted,
  link,
  MESSAGE_LIMIT,
  pageOf,
  pager,
  shown,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import type { Document } from '../../src/knowledge/model.ts';

const PER_PAGE = 10;
const MARKS = { ready: '✅', queued: '⏳', failed: '❌' } as const;

export function list(request: LiveRequest, { library }: Services, wanted: number): View {
  const { total } = library.list(request.guildId, { offset: 0, limit: 1 });
  const { page, pages, from } = pageOf(wanted, total, PER_PAGE);
  const { items } = library.list(request.guildId, { offset: from, limit: PER_PAGE });
  if (total === 0) {
    return {
      content: request.say({
        en: 'I know nothing yet. Teach me with `/knowledge add`.',
        ja: 'まだ何も覚えていません。`/knowledge add` で教えてください。',
      }),
    };
  }
  const legend = request.say({
    en: `Page ${page} of ${pages} · ${counted(total, 'document')} · ✅ learned ⏳ being read ❌ could not be read`,
    ja: `${pages} ページ中 ${page} ページ目 · ${total} 件 · ✅ 学習済み ⏳ 読み込み中 ❌ 読み取り失敗`,
  });
  const content = (linked: boolean) =>
    [...items.map((item) => line(request, item, linked)), smallPrint(legend)].join('\n');
  const whole = content(true);
  return {
    content: whole.length <= MESSAGE_LIMIT ? whole : content(false),
    components: pager(request.locale, page, pages, (page) => actionId('knowledge', 'list', page)),
  };
}

function line(request: LiveRequest, document: Document, linked: boolean): string {
  const passages = request.say({
    en: counted(document.chunkCount, 'passage'),
    ja: `該当箇所 ${document.chunkCount} 件`,
  });
  const name = link(shown(document.title, 60), linked ? document.url : null);
  return `${MARKS[document.state]} **#${document.id}** ${name} · ${passages} · ${ago(document.addedAt)}`;
}
