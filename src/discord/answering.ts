import { AppError, wordsIn } from '../errors.ts';
import type { AnswerEvent, Answers, AskRequest, GoOnRequest } from '../knowledge/api.ts';
import { answerReply, draftView, readingView, searchingView, type Surroundings } from './answer-view.ts';
import type { Access, Reply, View } from './request.ts';

export interface Asked extends AskRequest {
  /** Shown in bold above the answer; left out where the question stands right above. */
  readonly echo: boolean;
  readonly level: Access;
  /** Only the asker sees the answer, and what follows it. */
  readonly isPrivate?: boolean;
}

type Show = (view: View) => void;

/** Asks, shows the answer as it comes, and returns it whole, with its sources. */
export function answerQuestion(answers: Answers, asked: Asked, show: Show): Promise<Reply> {
  return shown(answers, answers.ask(asked), { ...asked, heading: asked.echo ? asked.question : null }, show);
}

/** The same for what follows an answer that was cut. */
export function goOnAnswering(
  answers: Answers,
  asked: GoOnRequest & Pick<Asked, 'level' | 'isPrivate'>,
  show: Show,
): Promise<Reply> {
  const heading = wordsIn(asked.locale, { en: '… (continued)', ja: '…（続き）' });
  return shown(answers, answers.goOn(asked), { ...asked, question: '', heading }, show);
}

async function shown(
  answers: Answers,
  events: AsyncIterable<AnswerEvent>,
  around: Surroundings,
  show: Show,
): Promise<Reply> {
  const { heading, locale } = around;
  for await (const event of events) {
    switch (event.kind) {
      case 'searching':
        show(searchingView(heading, locale));
        break;
      case 'reading':
        show(readingView(heading, event.passages, locale));
        break;
      case 'text':
        show(draftView(heading, event.text));
        break;
      case 'final': {
        const { answer } = event;
        return {
          ...answerReply(answer, around),
          shownIn: (messageId) => answers.linkMessage(answer.questionId, messageId),
        };
      }
    }
  }
  throw new AppError('internal', {
    en: 'The answer ended before it was complete. Please ask again.',
    ja: '回答が途中で終わってしまいました。もう一度お尋ねください。',
  });
}
