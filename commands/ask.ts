import { AppError } from '../src/errors.ts';
import {
  actionId,
  answerQuestion,
  goOnAnswering,
  flagOption,
  passagePage,
  smallTalk,
  textOption,
  slashCommand,
  type Action,
  type Command,
  type LiveRequest,
  type Request,
  type Services,
  type View,
} from '../src/discord/command.ts';

export const ask = {
  data: slashCommand(
    {
      name: 'ask',
      description: {
        en: "Ask a question; the answer comes from this server's knowledge, with its sources",
        ja: 'このサーバーのナレッジから、出典つきでお答えします',
      },
    },
    [
      textOption({
        name: 'question',
        ja: '質問',
        description: { en: 'What you would like to know', ja: '知りたいこと' },
        required: true,
      }),
      flagOption({
        name: 'private',
        ja: '自分だけに表示',
        description: { en: 'Only you see the answer', ja: '回答を自分だけに表示します' },
      }),
    ],
  ),
  access: 'everyone',
  help: [
    {
      usage: '/ask',
      words: {
        en: 'ask a question; add `private: True` to see the answer alone. Mentioning me with a question works too, and so does replying to an answer.',
        ja: '質問します。`自分だけに表示` を付けると、自分だけに回答が見えます。質問を添えたメンションや、回答への返信でもお答えします。',
      },
    },
  ],
  cost: 'question',
  reply: (request) => (request.flag('private') ? 'private' : 'public'),
  run(request, { answers, library }) {
    const courtesy = smallTalk(library, request.guildId, request.text('question') ?? '');
    if (courtesy !== null) return courtesy;
    const conversation = request.inThread ? conversationOf(request, answers) : [];
    const channelId = recordedChannel(request);
    const question = request.text('question') ?? '';
    return answerQuestion(
      answers,
      { ...request, question, channelId, conversation, echo: true, isPrivate: isAlone(request) },
      request.show,
    );
  },
  buttons: {
    up: { reply: 'private', run: (request, services) => vote(request, services, 'up') },
    down: { reply: 'private', run: (request, services) => vote(request, services, 'down') },
    passages: { reply: 'private', run: showPassages },
    page: { reply: 'update', run: showPassages },
    more: goOn('public'),
    'more-alone': goOn('private'),
  } satisfies Record<string, Action>,
} satisfies Command;

/** What was asked for one pair of eyes must not become the context of others' questions in the same thread. */
function recordedChannel(request: Request): string {
  return isAlone(request) ? `${request.channelId}/${request.userId}` : request.channelId;
}

/** A thread that somebody opened on an answer has that message's id. */
function conversationOf(request: Request, answers: Services['answers']) {
  return [...answers.conversationBehind(request.channelId), ...answers.conversationIn(recordedChannel(request))];
}

const isAlone = (request: Request): boolean => request.flag('private') === true;

/** Goes on with an answer that was cut; who may, and whether it still can, is known before anybody sees it. */
function goOn(reply: 'public' | 'private'): Action {
  const asked = ({ args, guildId, userId, locale }: Request) => {
    const [questionId = Number.NaN, length = Number.NaN] = args.map(Number);
    return { guildId, userId, locale, questionId, length };
  };
  return {
    reply,
    cost: 'question',
    check: (request, { answers }) => answers.checkGoOn(asked(request)),
    run: (request, { answers }) =>
      goOnAnswering(
        answers,
        { ...asked(request), signal: request.signal, level: request.level, isPrivate: reply === 'private' },
        request.show,
      ),
  };
}

function vote(request: LiveRequest, { answers }: Services, which: 'up' | 'down'): View {
  if (!answers.vote(request.guildId, Number(request.args[0]), request.userId, which)) throw forgotten();
  return {
    content:
      which === 'up'
        ? request.say({ en: '👍 Thank you, noted.', ja: '👍 ありがとうございます。記録しました。' })
        : request.say({
            en: '👎 Thank you, noted. Moderators can improve the answer by teaching me with `/knowledge add`.',
            ja: '👎 ありがとうございます。記録しました。モデレーターは `/knowledge add` で教えることで、回答を改善できます。',
          }),
  };
}

function showPassages(request: LiveRequest, { answers }: Services): View {
  const [questionId, page] = request.args.map(Number);
  const read = answers.passagesOf(request.guildId, questionId ?? Number.NaN);
  if (read === null) throw forgotten();
  return passagePage(read.passages, {
    title: read.question,
    removed: read.removed,
    page: page ?? 1,
    locale: request.locale,
    idOf: (page) => actionId('ask', 'page', questionId ?? 0, page),
  });
}

function forgotten(): AppError {
  return new AppError('not_found', {
    en: 'I no longer have that question. Please ask it again.',
    ja: 'この質問の記録はもう残っていません。もう一度お尋ねください。',
  });
}
