import {
  actionId,
  ago,
  button,
  count,
  counted,
  row,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import type { KeptInBackups, PersonStanding } from '../../src/knowledge/people-api.ts';

export function standing(request: LiveRequest, { people, library }: Services): View {
  const kept = people.about(request.userId);
  const lines = [
    request.say({
      en: '🔎 **What I keep about you, on all servers**',
      ja: '🔎 **全サーバーで保存しているあなたの情報**',
    }),
    ...heldLines(request, kept).map((line) => `- ${line}`),
    howLong(request, kept),
    ...(kept.forgottenAt === null
      ? []
      : [
          request.say({
            en: `You asked to be forgotten ${ago(kept.forgottenAt)}: of the time before, your id and that moment are kept, so that it is removed again when an older backup is restored.`,
            ja: `${ago(kept.forgottenAt)}に削除をご依頼いただきました。それ以前については、古いバックアップの復元時にも再び削除できるよう、ID と日時だけを保存しています。`,
          }),
        ]),
    inBackups(request, kept.backups),
    whereQuestionsGo(request, library.status(request.guildId).engine === 'offline'),
    request.say({
      en: 'What you write on Discord itself is kept by Discord.',
      ja: 'Discord 上のメッセージは Discord が保存しています。',
    }),
    request.say({
      en: '`/privacy export` gives you all of it, `/privacy forget-me` removes it.',
      ja: '`/privacy export` で書き出し、`/privacy forget-me` で削除できます。',
    }),
  ];
  const label = request.say({ en: 'Export', ja: '書き出す' });
  return { content: lines.join('\n'), components: [row(button(actionId('privacy', 'export'), label))] };
}

/** One line each. */
export function heldLines(
  request: LiveRequest,
  kept: Pick<PersonStanding, 'questions' | 'votes' | 'documents'>,
): string[] {
  const { questions, votes, documents } = kept;
  return [
    request.say({
      en: `${count(questions)} ${questions === 1 ? 'question with its answer' : 'questions with their answers'}`,
      ja: `質問と回答：${count(questions)} 件`,
    }),
    request.say({
      en: `${counted(votes, 'vote')} on answers`,
      ja: `回答への評価：${count(votes)} 件`,
    }),
    request.say({
      en: `your name on ${counted(documents, 'document')} you taught`,
      ja: `お名前が記録された文書：${count(documents)} 件`,
    }),
  ];
}

/** For how long what is removed can still be in them. */
export function inBackups(request: LiveRequest, { days, afterChanges, onGithub }: KeptInBackups): string {
  const sentences = [
    days === null
      ? request.say({
          en: 'Backups hold what is removed until whoever runs me removes them, as none are made by schedule.',
          ja: '定期バックアップが止まっているため、削除した情報は、運営者がバックアップを削除するまでその中に残ります。',
        })
      : request.say({
          en: `Backups hold what is removed for at most ${counted(days, 'day')}; pinned ones until they are unpinned.`,
          ja: `削除した情報は、バックアップの中に最長 ${days} 日間残ります。ピン留めされたものには、解除されるまで残ります。`,
        }),
    ...(afterChanges
      ? [
          request.say({
            en: 'Those made after changes go when more changes have followed.',
            ja: '変更後に作成されたバックアップは、その後の変更に伴って順に入れ替わります。',
          }),
        ]
      : []),
    ...(onGithub
      ? [
          request.say({
            en: 'Copies on GitHub stay there until its repository is deleted.',
            ja: 'GitHub にあるコピーは、リポジトリが削除されるまで残ります。',
          }),
        ]
      : []),
  ];
  return sentences.join(request.say({ en: ' ', ja: '' }));
}

/** As it is now: with another engine it is another truth. */
function whereQuestionsGo(request: LiveRequest, isOffline: boolean): string {
  return isOffline
    ? request.say({
        en: 'Answers are made where I run: your questions are sent to no AI service.',
        ja: '回答はボットの実行環境の中で作成され、質問が外部の AI サービスに送られることはありません。',
      })
    : request.say({
        en: 'Questions, and passages that fit them, are sent to Google’s Gemini, which writes the answers.',
        ja: '質問と関連する該当箇所は、回答を作成する Google の Gemini に送られます。',
      });
}

function howLong(request: LiveRequest, { historyDays }: PersonStanding): string {
  return historyDays === null
    ? request.say({
        en: 'Questions and votes are kept until you have them removed.',
        ja: '質問と評価は、削除をご依頼いただくまで保存されます。',
      })
    : request.say({
        en: `Questions and votes are removed after ${counted(historyDays, 'day')}.`,
        ja: `質問と評価は ${historyDays} 日後に自動的に削除されます。`,
      });
}
