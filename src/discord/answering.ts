import { AppError } from '../errors.ts';
import type { Answers, AskRequest } from '../knowledge/api.ts';
import { answerReply, draftView, readingView, searchingView } from './answer-view.ts';
import type { Access, Reply, View } from './request.ts';

export interface Asked extends AskRequest {
  /** Shown in bold above the answer; left out where the question stands right above. */
  readonly echo: boolean;
  readonly level: Access;
}

/** Asks, shows the answer as it comes, and returns it whole, with its sources. */
export async function answerQuestion(answers: Answers, asked: Asked, show: (view: View) => void): Promise<Reply> {
  const heading = asked.echo ? asked.question : null;
  for await (const event of answers.ask(asked)) {
    switch (event.kind) {
      case 'searching':
        show(searchingView(heading, asked.locale));
        break;
      case 'reading':
        show(readingView(heading, event.passages, asked.locale));
        break;
      case 'text':
        show(draftView(heading, event.text));
        break;
      case 'final': {
        const { answer } = event;
        return {
          ...answerReply(answer, { ...asked, heading }),
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
