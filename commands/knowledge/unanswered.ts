import { actionId, button, row, shown, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';

const MOST = 5;
const DAY_MS = 24 * 3_600_000;
const DAYS = 30;

/** What members asked in vain: what to write next. Each can be dismissed, and the one that just was, brought back. */
export function unansweredQuestions(
  request: LiveRequest,
  { insights, clock }: Services,
  dismissed: string | null,
): { readonly lines: readonly string[]; readonly components: NonNullable<View['components']> } {
  const found = insights.unanswered(clock() - DAYS * DAY_MS, MOST, request.guildId);
  const buttons = found.map(({ key }, at) =>
    button(
      actionId('knowledge', 'dismiss', key),
      request.say({ en: `Dismiss ${at + 1}`, ja: `${at + 1} を一覧から外す` }),
    ),
  );
  const undo = request.say({ en: 'Undo: list it again', ja: '元に戻す' });
  return {
    lines: [
      ...(found.length === 0
        ? []
        : [
            request.say({
              en: `**What to write next**: asked in the last ${DAYS} days, and not answered`,
              ja: `**次に書くとよいこと**（過去 ${DAYS} 日間に答えられなかった質問）`,
            }),
          ]),
      ...found.map(({ question, times }, at) => `${at + 1}. ${shown(question, 150)}${times === 1 ? '' : ` ×${times}`}`),
      ...(dismissed === null
        ? []
        : [request.say({ en: 'That question is not listed any more.', ja: 'その質問を一覧から外しました。' })]),
    ],
    components: [
      ...(buttons.length === 0 ? [] : [row(...buttons)]),
      ...(dismissed === null ? [] : [row(button(actionId('knowledge', 'relist', dismissed), undo))]),
    ],
  };
}
