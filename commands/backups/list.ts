import { actionId, pager, smallPrint, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';
import { entryLine, legend } from './words.ts';

const PER_PAGE = 8;

/** Newest first, damaged ones included. */
export async function list(request: LiveRequest, { backups }: Services, wanted: number): Promise<View> {
  const entries = await backups.list();
  if (entries.length === 0) {
    return {
      content: request.say({
        en: 'There is no backup yet. `/backup` makes one.',
        ja: 'バックアップはまだありません。`/backup` で作成できます。',
      }),
    };
  }
  const pages = Math.ceil(entries.length / PER_PAGE);
  const page = Math.min(pages, Math.max(1, Math.trunc(wanted) || 1));
  const lines = entries.slice((page - 1) * PER_PAGE, page * PER_PAGE).map((entry) => entryLine(request, entry));
  const footer = request.say({
    en: `Page ${page} of ${pages} · ${entries.length} backups · `,
    ja: `${pages} ページ中 ${page} ページ目 · ${entries.length} 件 · `,
  });
  return {
    content: [...lines, smallPrint(`${footer}${legend(request)}`)].join('\n'),
    components: pager(request.locale, page, pages, (page) => actionId('backups', 'page', page)),
  };
}
