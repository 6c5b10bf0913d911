import { newestName } from '../../src/backup/coverage-model.ts';
import {
  actionId,
  counted,
  fitting,
  pageOf,
  pager,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { onlyIn, placesLegend, placesOf } from './copies.ts';
import { entryLine, legend, newestMark, remoteLine } from './words.ts';

const PER_PAGE = 8;
/** Of each reason; the less, the longer they are altogether. */
const REASON_CHARACTERS = [120, 60, 25, 0];

/** By date, the latest first, damaged ones included; a mark says which one counts as the newest. */
export async function list(request: LiveRequest, { backups, offSite }: Services, wanted: number): Promise<View> {
  const [here, copies, elsewhere] = await Promise.all([backups.list(), offSite.copies(), offSite.elsewhere()]);
  const newest = newestName(here, elsewhere);
  const entries = [
    ...here.map((entry) => ({
      createdAt: entry.createdAt,
      line: (most: number) =>
        newestMark(entry, newest) + entryLine(request, entry, placesOf(request, copies.get(entry.name) ?? []), most),
    })),
    ...elsewhere.map((remote) => ({
      createdAt: remote.createdAt,
      line: (most: number) =>
        newestMark(remote, newest) + remoteLine(request, remote, onlyIn(request, remote.copies), most),
    })),
  ].sort((a, b) => b.createdAt - a.createdAt);
  if (entries.length === 0) {
    return {
      content: request.say({
        en: 'There is no backup yet. `/backup` makes one.',
        ja: 'バックアップはまだありません。`/backup` で作成できます。',
      }),
    };
  }
  const { page, pages, from } = pageOf(wanted, entries.length, PER_PAGE);
  const shown = entries.slice(from, from + PER_PAGE);
  const footer = request.say({
    en: `Page ${page} of ${pages} · ${counted(entries.length, 'backup')} · `,
    ja: `${pages} ページ中 ${page} ページ目 · ${entries.length} 件 · `,
  });
  const small = smallPrint(`${footer}${legend(request)}${copies.size === 0 ? '' : ` ${placesLegend(request)}`}`);
  return {
    content: fitting(REASON_CHARACTERS.map((most) => () => [...shown.map(({ line }) => line(most)), small].join('\n'))),
    components: pager(request.locale, page, pages, (page) => actionId('backups', 'page', page)),
  };
}
