import type { SettingLine, SettingSource } from '../../src/health/settings-model.ts';
import type { Locale } from '../../src/errors.ts';
import {
  actionId,
  cut,
  MESSAGE_LIMIT,
  pageOf,
  pager,
  shown,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';

const PER_PAGE = 12;
const LONGEST = 90;

const SOURCES: Readonly<Record<SettingSource, Readonly<Record<Locale, string>>>> = {
  environment: { en: 'environment', ja: '環境変数' },
  '.env': { en: 'file .env', ja: '.env ファイル' },
  railway: { en: 'Railway', ja: 'Railway' },
  saved: { en: 'changed in Discord or by the API', ja: 'Discord・API で変更' },
  default: { en: 'default', ja: '既定値' },
  unset: { en: 'not set', ja: '未設定' },
};

/** What somebody set comes first: that is what one looks for. */
export function settingsPage(request: LiveRequest, { records }: Services, wanted: number): View {
  const all = records.settings();
  const rank = ({ source }: SettingLine): number => (source === 'unset' ? 2 : source === 'default' ? 1 : 0);
  const lines = all.toSorted((a, b) => rank(a) - rank(b));
  const { page, pages, from } = pageOf(wanted, lines.length, PER_PAGE);
  const count = (least: number) => all.filter((line) => rank(line) === least).length;
  const content = [
    request.say({
      en: `⚙️ **Settings** · ${count(0)} set, ${count(1)} by default, ${count(2)} not set`,
      ja: `⚙️ **設定** · 指定 ${count(0)} 件、既定値 ${count(1)} 件、未設定 ${count(2)} 件`,
    }),
    ...lines.slice(from, from + PER_PAGE).flatMap((line, at, onPage) => {
      const before = onPage[at - 1];
      const isSame = before?.group.en === line.group.en && rank(before) === rank(line);
      return isSame ? lineOf(request, line) : [`**${request.say(line.group)}**`, lineOf(request, line)];
    }),
    smallPrint(
      request.say({
        en: `Page ${page} of ${pages}. Secrets are masked. They are changed where the bot runs, and read at its start.`,
        ja: `${page}/${pages} ページ。秘密の値は伏せています。変更はボットの実行環境で行い、再起動時に読み込まれます。`,
      }),
    ),
  ].join('\n');
  const components = pager(request.locale, page, pages, (to) => actionId('settings', 'page', to));
  return { content: cut(content, MESSAGE_LIMIT), components };
}

function lineOf(request: LiveRequest, { name, value, source, about }: SettingLine): string {
  const from = request.say(SOURCES[source]);
  if (value === null) return `\`${name}\` · ${from} · ${shown(request.say(about), LONGEST)}`;
  return `\`${name}\` = ${shown(value, LONGEST)} · ${from}`;
}
