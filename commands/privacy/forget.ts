import {
  actionId,
  button,
  buttonsUntil,
  row,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { heldLines, inBackups } from './show.ts';

const PURPOSE = 'privacy forget';

/** Says what would go and what stays, before anything goes. */
export function askToForget(request: LiveRequest, { people, confirmations }: Services): View {
  const kept = people.about(request.userId);
  const lines = [
    request.say({
      en: '🧹 **Remove what I keep about you, on all servers?**',
      ja: '🧹 **全サーバーで保存しているあなたの情報を削除しますか？**',
    }),
    ...heldLines(request, kept).map((line) => `- ${line}`),
    request.say({
      en: '**Removed:** your questions with their answers, your votes, and your name on documents. It cannot be brought back; `/privacy export` gives you a copy first.',
      ja: '**削除されるもの：**質問と回答、評価、文書に残るお名前。元には戻せません。先に `/privacy export` で控えを受け取れます。',
    }),
    ...(kept.documents === 0
      ? []
      : [
          request.say({
            en: '**Stays:** the documents you taught, as the community’s knowledge, without your name. Ask a moderator to remove one with `/knowledge remove`; the export names them.',
            ja: '**残るもの：**教えていただいた文書は、お名前を外してコミュニティのナレッジとして残ります。削除したい文書があれば、モデレーターに `/knowledge remove` をご依頼ください（書き出しファイルに一覧があります）。',
          }),
        ]),
    request.say({
      en: '**Also stays:** how many questions there were, without names; what you did as an operator; log lines until they are rotated away; your id with the time of this wish, so that it is removed again when an older backup is restored. Your messages on Discord are Discord’s.',
      ja: '**そのほかに残るもの：**質問の件数（名前なし）、運営者としての操作記録、入れ替わるまでのログ、そして ID とご依頼の日時（古いバックアップを復元したときに再び削除するため）。Discord 上のメッセージは Discord に残ります。',
    }),
    inBackups(request, kept.backups),
  ];
  const text = lines.join('\n');
  const { args, expiresAt } = confirmations.issue(request, { purpose: PURPOSE, subject: request.userId, text });
  return {
    content: `${text}\n${buttonsUntil(request, expiresAt)}`,
    components: [
      row(
        button(actionId('privacy', 'forget', ...args), request.say({ en: 'Forget me', ja: '削除する' }), {
          style: 'danger',
        }),
        button(actionId('privacy', 'keep', ...args), request.say({ en: 'Keep it', ja: 'やめる' })),
      ),
    ],
  };
}

export async function forget(request: LiveRequest, { people, confirmations }: Services): Promise<View> {
  confirmations.redeem(request, PURPOSE);
  const gone = await people.forget(request.userId);
  if (gone.isDelayed) {
    return {
      content: request.say({
        en: '🧹 A backup is being restored. Your wish is written down, and is carried out before anybody is let in again. `/privacy show` tells you then.',
        ja: '🧹 バックアップの復元中です。ご依頼は記録しました。復元が終わり次第、利用再開の前に削除します。後ほど `/privacy show` でご確認ください。',
      }),
    };
  }
  return {
    content: [
      request.say({ en: '🧹 **Done.** Removed:', ja: '🧹 **削除しました。**' }),
      ...heldLines(request, gone).map((line) => `- ${line}`),
      request.say({
        en: 'When an older backup is restored, it is removed again before anybody is let in.',
        ja: '古いバックアップを復元した場合も、利用再開の前に再び削除されます。',
      }),
    ].join('\n'),
  };
}

export function keep(request: LiveRequest, { confirmations }: Services): View {
  confirmations.redeem(request, PURPOSE);
  return { content: request.say({ en: 'Nothing was removed.', ja: '何も削除していません。' }) };
}
