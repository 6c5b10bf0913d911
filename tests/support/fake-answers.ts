import { AppError } from '../../src/errors.ts';
import type { AnswerEvent, Answers, AskRequest } from '../../src/knowledge/api.ts';
import type { Answer, Passage, Turn } from '../../src/knowledge/model.ts';

export interface ScriptedAnswers extends Answers {
  readonly asked: AskRequest[];
  readonly votes: string[];
  readonly linked: Map<string, number>;
  /** Answers wait here until it is resolved, when it is set. */
  hold: Promise<void> | null;
}

/**
 * Answers whose words are known beforehand: “You asked: …”. Some questions behave as they are called: `boom` fails,
 * `hang` waits until it is stopped, `long` fills three messages.
 */
export function createScriptedAnswers(): ScriptedAnswers {
  const asked: AskRequest[] = [];
  const votes: string[] = [];
  const linked = new Map<string, number>();
  const scripted: ScriptedAnswers = {
    asked,
    votes,
    linked,
    hold: null,
    async *ask(request): AsyncGenerator<AnswerEvent> {
      const questionId = asked.push(request);
      if (request.question === '')
        throw new AppError('invalid', { en: 'The question is empty.', ja: '質問が空です。' });
      yield { kind: 'searching' };
      await scripted.hold;
      if (request.question === 'boom') throw new Error('the secret cause');
      if (request.question === 'hang') await stopped(request.signal);
      yield { kind: 'reading', passages: 2 };
      yield { kind: 'text', text: 'You asked' };
      yield { kind: 'final', answer: answerTo(request, questionId) };
    },
    async *goOn({ questionId, length }): AsyncGenerator<AnswerEvent> {
      const request = asked[questionId - 1];
      if (request === undefined) throw new AppError('not_found', 'It is forgotten.');
      yield { kind: 'final', answer: { ...answerTo(request, questionId), text: `from ${length} on [1]` } };
    },
    checkGoOn({ questionId, userId }) {
      if (asked[questionId - 1]?.userId !== userId) throw new AppError('forbidden', 'It is not yours.');
    },
    conversationBehind: (messageId) => turnsOf(linked.get(messageId)),
    conversationIn: (channelId) =>
      asked.flatMap((request, index) => (request.channelId === channelId ? turnsOf(index + 1) : [])),
    linkMessage: (questionId, messageId) => void linked.set(messageId, questionId),
    vote(guildId, questionId, userId, vote) {
      if (asked[questionId - 1]?.guildId !== guildId) return false;
      votes.push(`${questionId} ${userId} ${vote}`);
      return true;
    },
    passagesOf(guildId, questionId) {
      const request = asked[questionId - 1];
      if (request === undefined || request.guildId !== guildId) return null;
      return { question: request.question, passages: answerTo(request, questionId).passages, removed: 0 };
    },
  };
  return scripted;

  function turnsOf(questionId: number | undefined): Turn[] {
    const request = questionId === undefined ? undefined : asked[questionId - 1];
    if (request === undefined) return [];
    return [
      { role: 'user', text: request.question },
      { role: 'model', text: `You asked: ${request.question}` },
    ];
  }
}

function answerTo({ question, locale }: AskRequest, questionId: number): Answer {
  const text = question === 'long' ? 'This is a long sentence. '.repeat(200) : `You asked: ${question}`;
  return {
    questionId,
    outcome: 'answered',
    rung: 'full',
    notice: null,
    text: `${text} [1]`,
    sources: [{ number: 1, documentId: 1, title: 'Rules', url: null, headings: ['Being kind'] }],
    nearest: [],
    passages: [1, 2, 3].map((chunkId) => passage(chunkId)),
    language: locale,
    engine: 'scripted',
    documentCount: 3,
    durationMs: 1200,
  };
}

function passage(chunkId: number): Passage {
  return {
    chunkId,
    documentId: 1,
    title: 'Rules',
    url: null,
    ordinal: chunkId - 1,
    headings: ['Being kind'],
    text: `Passage ${chunkId}`,
    tokens: 5,
    score: 1,
    similarity: null,
    bm25: null,
  };
}

function stopped(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new AppError('aborted', 'stopped', { cause: signal?.reason }));
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop);
  });
}
