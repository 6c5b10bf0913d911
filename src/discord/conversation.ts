import { isAppError, wordsIn } from '../errors.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Log } from '../log.ts';
import type { Allowance } from './allowance.ts';
import { searchingView } from './answer-view.ts';
import { answerQuestion } from './answering.ts';
import { isGone } from './failures.ts';
import type { Line } from './line.ts';
import type { Spoken } from './mention.ts';
import type { Notices } from './notices.ts';
import type { Outbox } from './outbox.ts';
import { smallTalk } from './small-talk.ts';
import type { Trouble } from './trouble.ts';
import type { Work } from './work.ts';

export interface ConversationParts {
  readonly answers: Answers;
  readonly library: Pick<Library, 'status'>;
  readonly outbox: Outbox;
  readonly allowance: Allowance;
  readonly line: Line;
  readonly work: Work;
  readonly trouble: Trouble;
  readonly notices: Notices;
  readonly log: Log;
}

/** Answers what is said to us in a channel, as a reply to it. */
export function createConversation({
  answers,
  library,
  outbox,
  allowance,
  line,
  work,
  trouble,
  notices,
  log,
}: ConversationParts) {
  return async function reply(spoken: Spoken): Promise<void> {
    const { channelId, messageId, locale } = spoken;
    const where = { command: 'mention', guild: spoken.guildId, user: spoken.userId };
    try {
      await allowance.take(spoken.guildId, spoken.userId);
      if (spoken.question === '') return void (await outbox.replyTo(channelId, messageId, hello(spoken)));
      const courtesy = smallTalk(library, spoken.guildId, spoken.question);
      if (courtesy !== null) return void (await outbox.replyTo(channelId, messageId, courtesy));
      const inLine = line.reserve();
      let ours: string;
      try {
        ours = await outbox.replyTo(channelId, messageId, searchingView(null, locale));
      } catch (error) {
        inLine.cancel();
        throw error;
      }
      const message = outbox.channelMessage(channelId, ours);
      await work.run({
        place: {
          ...message,
          isPrivate: false,
          withdraw: message.edit,
          instead: (view) => outbox.replyTo(channelId, messageId, view),
        },
        inLine,
        locale,
        failuresApart: false,
        form: null,
        where,
        do: (show, signal) => answerQuestion(answers, { ...spoken, signal, echo: false }, show),
      });
    } catch (error) {
      if (isGone(error)) return log.debug('A message was gone before it was answered', where);
      const reason = isAppError(error) ? error.code : 'internal';
      // Whoever may ask again and asks too much once more is told once more, as the time they were told is over.
      const lastsMs = isAppError(error, 'limit') ? error.retryAfterMs : null;
      if (!(await notices.isDue(spoken.userId, reason, lastsMs)))
        return log.debug('Refused again, without a word', where);
      const view = trouble.report(error, locale, where);
      await outbox
        .replyTo(channelId, messageId, view, 'notice')
        .catch((cause: unknown) => log.warn('A failure could not be told', { ...where, cause }));
    }
  };
}

function hello({ locale }: Spoken) {
  return {
    content: wordsIn(locale, {
      en: 'Ask me something about this server: mention me together with your question, or use `/ask`. `/help` shows more.',
      ja: 'このサーバーについてご質問ください。質問を添えて私にメンションするか、`/ask` をお使いください。詳しくは `/help` をどうぞ。',
    }),
  };
}
