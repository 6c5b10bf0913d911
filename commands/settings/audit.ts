import type { AuditEvent, AuditPlace, AuditRecord } from '../../src/health/audit-model.ts';
import type { Locale } from '../../src/errors.ts';
import { plainLine } from '../../src/plain-text.ts';
import {
  actionId,
  authorIn,
  button,
  cut,
  MESSAGE_LIMIT,
  row,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';

const PER_PAGE = 10;

const OUTCOMES: Readonly<Record<AuditEvent['outcome'], Readonly<Record<Locale, string>>>> = {
  asked: { en: '❔ asked', ja: '❔ 確認中' },
  confirmed: { en: '☑️ confirmed', ja: '☑️ 承認' },
  cancelled: { en: '↩️ cancelled', ja: '↩️ 中止' },
  done: { en: '✅ done', ja: '✅ 完了' },
  denied: { en: '⛔ denied', ja: '⛔ 権限なし' },
  refused: { en: '🚫 refused', ja: '🚫 拒否' },
  failed: { en: '❌ failed', ja: '❌ 失敗' },
};

const PLACES: Readonly<Record<AuditPlace, Readonly<Record<Locale, string>>>> = {
  discord: { en: 'Discord', ja: 'Discord' },
  api: { en: 'API', ja: 'API' },
  dashboard: { en: 'dashboard', ja: 'ダッシュボード' },
  cli: { en: 'shell', ja: 'シェル' },
  bot: { en: 'by itself', ja: '自動' },
};

/** From before a time on, newest first; null begins with the newest. */
export async function auditPage(request: LiveRequest, { records }: Services, before: number | null): Promise<View> {
  const from = before !== null && Number.isSafeInteger(before) ? before : null;
  const { records: found, next } = await records.trail.page({ before: from, limit: PER_PAGE });
  const lines = found.map((record) => lineOf(request, record));
  const none = request.say({ en: 'Nothing is recorded yet.', ja: '記録はまだありません。' });
  const content = [
    request.say({ en: '📜 **Who did what**', ja: '📜 **操作記録**' }),
    ...(lines.length === 0 ? [none] : lines),
    smallPrint(
      request.say({
        en: 'Kept in a file beside the database, which a restore leaves as it is.',
        ja: 'データベースの隣のファイルに保存され、復元しても巻き戻りません。',
      }),
    ),
  ].join('\n');
  const words = request.say({ en: 'Newest', ja: '最新' });
  const buttons = [
    ...(from === null ? [] : [button(actionId('settings', 'audit', ''), words)]),
    ...(next === null
      ? []
      : [button(actionId('settings', 'audit', next), request.say({ en: 'Older ▶', ja: '以前 ▶' }))]),
  ];
  return { content: cut(content, MESSAGE_LIMIT), components: buttons.length === 0 ? [] : [row(...buttons)] };
}

function lineOf(request: LiveRequest, { at, by, from, action, outcome, backup, detail }: AuditRecord): string {
  const who = authorIn(request.locale, by);
  const what = [action, ...(backup === undefined ? [] : [backup.replace(/^nescordbot_backup_/, '')])].join(' ');
  const facts = [
    `<t:${Math.floor(at / 1000)}:f>`,
    who,
    ...(from === 'discord' || by.startsWith(from) ? [] : [request.say(PLACES[from])]),
    quoteOf(what, 60),
    request.say(OUTCOMES[outcome]),
    ...(detail === undefined ? [] : [quoteOf(detail, 100)]),
  ];
  return facts.join(' · ');
}

/** As it was recorded, which is in English for everybody. */
function quoteOf(text: string, most: number): string {
  return `\`${cut(plainLine(text).replaceAll('`', "'"), most)}\``;
}
