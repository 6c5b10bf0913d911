import { isAppError } from '../errors.ts';
import * as texts from './answer-texts.ts';
import type { AnswerEvent, Answers, AskRequest } from './api.ts';
import { createComposer, type ComposerLimits, type ComposerParts, type Outcome } from './compose.ts';
import { createGoOn } from './go-on.ts';
import { turnsOf } from './conversation.ts';
import { courtesyIn } from './courtesy-model.ts';
import { languageOf } from './language.ts';
import type { Answer, Passage } from './model.ts';
import type { HistoryStore, KnowledgeStore } from './ports.ts';
import { UNRECORDED, type StoredPassage } from './store-ports.ts';

export interface AnswerLimits extends ComposerLimits {
  /** Characters (code points) of a question. */
  readonly questionLength: number;
  /** For the whole answer, from the question to its end. */
  readonly timeoutMs: number;
}

export const defaultAnswerLimits: AnswerLimits = {
  questionLength: 2_000,
  passages: 8,
  contextTokens: 6_000,
  outputTokens: 1_200,
  timeoutMs: 90_000,
  conversationTurns: 8,
};

export interface AnswerParts extends ComposerParts {
  readonly history: HistoryStore;
  readonly store: Pick<KnowledgeStore, 'counts' | 'passages'>;
  readonly limits?: Partial<AnswerLimits>;
}

export function createAnswers(parts: AnswerParts): Answers {
  const { generator, history, store, clock, log } = parts;
  const limits = { ...defaultAnswerLimits, ...parts.limits };
  const compose = createComposer(parts, limits);
  const { check: checkGoOn, goOn } = createGoOn(parts, limits);

  async function* ask(request: AskRequest): AsyncGenerator<AnswerEvent> {
    const startedAt = clock();
    const question = validQuestion(request.question, limits.questionLength);
    const language = languageOf(question, request.locale);
    const isQuestion = courtesyIn(question) === null; // a greeting is nothing that somebody should write an answer to
    const timeOut = new AbortController();
    const timer = setTimeout(() => timeOut.abort(new texts.TimeOut(limits.timeoutMs)), limits.timeoutMs);
    const signal = AbortSignal.any([timeOut.signal, ...(request.signal === undefined ? [] : [request.signal])]);
    const record = (found: Pick<Outcome, 'text' | 'rung'> & Partial<Outcome>, outcome: Answer['outcome'] | 'failed') =>
      history.recordQuestion({
        guildId: request.guildId,
        channelId: request.channelId,
        userId: request.userId,
        question,
        answer: found.text,
        outcome,
        rung: found.rung,
        engine: found.engine ?? generator.name,
        chunkIds: (found.passages ?? []).map(({ chunkId }) => chunkId),
        citedChunkIds: found.citedChunkIds ?? [],
        durationMs: clock() - startedAt,
        askedAt: startedAt,
      });
    try {
      yield { kind: 'searching' };
      const found = yield* compose({ ...request, question, signal }, language);
      if (request.signal?.aborted === true) throw texts.cancelled(request.signal.reason);
      const documentCount = store.counts(request.guildId).documents;
      const durationMs = clock() - startedAt;
      const questionId = isQuestion ? recorded(() => record(found, found.outcome)) : UNRECORDED;
      const { notices, citedChunkIds: _, nearest, isCut = false, ...shown } = found;
      const notice = notices.map((words) => words[request.locale]).join(' ');
      const answer: Answer = {
        ...shown,
        questionId,
        notice: notice === '' ? null : notice,
        nearest: nearest.map(({ documentId, title, url, headings }) => ({ documentId, title, url, headings })),
        language,
        documentCount,
        durationMs,
        continuesAt: isCut && questionId !== UNRECORDED ? found.text.length : null,
      };
      yield { kind: 'final', answer };
    } catch (error) {
      if (request.signal?.aborted === true) {
        throw isAppError(error, 'aborted') ? error : texts.cancelled(request.signal.reason ?? error);
      }
      try {
        if (isQuestion) record({ text: '', rung: 'keywords' }, 'failed');
      } catch (cause) {
        log.error('A failed question could not be recorded', { cause });
      }
      throw error;
    } finally {
      clearTimeout(timer);
      // Whoever stops listening stops the generator, too.
      timeOut.abort();
    }
  }

  /** An answer that is there goes out, even where a full disk takes nothing more. */
  function recorded(work: () => number): number {
    try {
      return work();
    } catch (error) {
      log.error('An answered question could not be recorded', { error });
      return UNRECORDED;
    }
  }

  return {
    ask,
    goOn,
    checkGoOn,
    // Only the exchange behind the message: others nearby may have been somebody else's, or private.
    conversationBehind(messageId) {
      const recorded = history.questionByMessage(messageId);
      return recorded === null ? [] : turnsOf([recorded]);
    },
    conversationIn: (channelId) => turnsOf(history.recentQuestions(channelId, Math.ceil(limits.conversationTurns / 2))),
    linkMessage: (questionId, messageId) => history.linkMessage(questionId, messageId),
    vote: (guildId, questionId, userId, vote) =>
      history.question(questionId)?.guildId === guildId && history.recordFeedback(questionId, userId, vote, clock()),
    passagesOf(guildId, questionId) {
      const recorded = history.question(questionId);
      if (recorded === null || recorded.guildId !== guildId) return null;
      const passages = store.passages(guildId, recorded.chunkIds).map(unscored);
      return { question: recorded.question, passages, removed: recorded.chunkIds.length - passages.length };
    },
  };
}

function validQuestion(text: string, limit: number): string {
  // Control characters are no part of a question; line ends and tabs are.
  const question = text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .trim();
  const length = Array.from(question).length;
  if (length === 0) throw texts.emptyQuestion();
  if (length > limit) throw texts.longQuestion(length, limit);
  return question;
}

/** Scores belong to a search, and are not kept. */
function unscored(passage: StoredPassage): Passage {
  return { ...passage, score: 0, similarity: null, bm25: null };
}
