import { randomBytes } from 'node:crypto';
import { isAppError, type Locale } from '../errors.ts';
import type { Log } from '../log.ts';
import * as texts from './answer-texts.ts';
import type { AnswerEvent, AskRequest, Retrieved, Retriever } from './api.ts';
import { choosePassages, numberPassages } from './budget.ts';
import { readableTurns, retrievalQuery } from './conversation.ts';
import { createDraft, type Checked, type Draft } from './draft.ts';
import { passagesAsAnswer } from './excerpt.ts';
import { growing, type Grown } from './growing.ts';
import type { Answer, Passage, Rung } from './model.ts';
import {
  LengthReached,
  type Clock,
  type GenerationRequest,
  type Generator,
  type KnowledgeStore,
  type NumberedPassage,
} from './ports.ts';
import { promptWords, renderInstructions, renderPrompt } from './prompt.ts';
import { until } from './until.ts';

export interface ComposerLimits {
  /** Passages asked of the retriever. */
  readonly passages: number;
  /** Tokens of passages that are given to the generator. */
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** Earlier questions and answers that are read with a follow-up. */
  readonly conversationTurns: number;
}

export interface ComposerParts {
  readonly retriever: Retriever;
  readonly generator: Generator;
  readonly store: Pick<KnowledgeStore, 'counts'>;
  readonly clock: Clock;
  readonly log: Log;
  /** A word that no document can contain; random where it is not given. */
  readonly boundary?: () => string;
}

/** A question whose signal also says when its time is up, with a `TimeOut` as the reason. */
export type Asked = AskRequest & { readonly signal: AbortSignal };

/** What an answer says, before it has an id. */
export interface Outcome extends Checked {
  readonly outcome: Answer['outcome'];
  readonly rung: Rung;
  readonly notices: readonly Readonly<Record<Locale, string>>[];
  /** Those that were read, best first. */
  readonly passages: readonly Passage[];
  /** One of each of the closest documents, where nothing answered. */
  readonly nearest: readonly Passage[];
  /** Who wrote it: not always the one that would have been asked first. */
  readonly engine: string;
  /** It reached the length limit. */
  readonly isCut?: boolean;
}

/**
 * Finds passages and makes an answer of them, on the highest rung that can be reached.
 * @throws AppError `aborted`; `unavailable`: nothing could be searched
 */
export function createComposer(parts: ComposerParts, limits: ComposerLimits) {
  const { retriever, generator, store, clock, log } = parts;
  const boundary = parts.boundary ?? (() => `KB${randomBytes(9).toString('hex')}`);

  async function* compose(request: Asked, language: Locale): AsyncGenerator<AnswerEvent, Outcome> {
    const query = retrievalQuery(request.question, request.conversation);
    const retrieved = await search(request.guildId, query, request.signal);
    const rung = retrieved.vectors ? 'full' : 'keywords';
    const notices = retrieved.vectors ? [] : [retrieved.notice ?? texts.vectorsMissing];
    const passages = choosePassages(retrieved.passages, limits.contextTokens);
    if (!retrieved.relevant || passages.length === 0)
      return refusal(request, language, retrieved.passages, rung, notices);
    yield { kind: 'reading', passages: passages.length };

    const numbered = numberPassages(passages);
    const draft = createDraft(numbered, promptWords(language));
    let engine = generator.name;
    const onEngine = (name: string) => void (engine = name);
    const { text, failure } = yield* generated({ ...request, onEngine }, query, language, numbered, draft);
    if (request.signal.aborted && !(failure instanceof texts.TimeOut)) throw texts.cancelled(failure);
    if (failure === null && text.trim() !== '') {
      const checked = draft.checked(text);
      if (checked === null) return refusal(request, language, passages, rung, notices, engine);
      return { ...checked, outcome: 'answered', rung, notices, passages, nearest: [], engine };
    }
    const isCut = failure instanceof LengthReached;
    const start = draft.checkedStart(text);
    if (start === null || !isCut) report(engine, failure, start === null);
    if (start !== null) {
      const words = texts.cutShort(engine, failure, clock());
      const found: Omit<Outcome, 'outcome' | 'nearest'> = {
        ...start,
        rung,
        notices: [...notices, words],
        passages,
        engine,
        isCut,
      };
      return { ...found, outcome: 'answered', nearest: [] };
    }
    const best = passages.flatMap((passage) => numbered.filter((each) => each.passage === passage));
    const checked = draft.checked(passagesAsAnswer(best));
    if (checked === null) return refusal(request, language, passages, rung, notices, engine);
    const words = texts.passagesInstead(engine, failure, clock());
    const lower = rung === 'full' ? 'passages' : rung;
    return {
      ...checked,
      outcome: 'answered',
      rung: lower,
      notices: [...notices, words],
      passages,
      nearest: [],
      engine,
    };
  }

  async function search(guildId: string, query: string, signal: AbortSignal): Promise<Retrieved> {
    try {
      return await until(signal, retriever.retrieve(guildId, query, limits.passages, signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!isAppError(error)) throw error;
      throw texts.nothingToBeHad(error);
    }
  }

  async function* generated(
    { question, conversation, signal, onEngine }: Asked & Pick<GenerationRequest, 'onEngine'>,
    query: string,
    language: Locale,
    passages: readonly NumberedPassage[],
    draft: Draft,
  ): AsyncGenerator<AnswerEvent, Grown> {
    const word = boundary();
    const generation = {
      instructions: renderInstructions(language, word),
      prompt: renderPrompt({ question, passages, language, boundary: word }),
      conversation: readableTurns(conversation, limits.conversationTurns),
      // Engines that read no prompt do not read the conversation either: what the question leans on stands in the query.
      question: query,
      passages,
      language,
      maxOutputTokens: limits.outputTokens,
      ...(onEngine === undefined ? {} : { onEngine }),
    };
    const writing = growing(generator.generate(generation, signal), signal, limits.outputTokens * 8);
    let seen = '';
    try {
      for (;;) {
        const step = await writing.next();
        if (step.done === true) return step.value;
        const text = draft.visible(step.value);
        if (text !== '' && text !== seen) yield { kind: 'text', text };
        seen = text;
      }
    } finally {
      await writing.return({ text: '', failure: null });
    }
  }

  function refusal(
    { guildId }: Asked,
    language: Locale,
    passages: readonly Passage[],
    rung: Rung,
    notices: Outcome['notices'],
    engine = generator.name,
  ): Outcome {
    const words = store.counts(guildId).documents === 0 ? texts.nothingTaught : texts.nothingFound;
    const nearest = [...new Map(passages.toReversed().map((passage) => [passage.documentId, passage])).values()];
    const named = nearest.toReversed().slice(0, 3);
    return {
      outcome: 'refused',
      rung,
      notices,
      text: words[language],
      sources: [],
      citedChunkIds: [],
      passages,
      nearest: named,
      engine,
    };
  }

  function report(engine: string, failure: unknown, isAllLost: boolean): void {
    const details = { engine, failure };
    const message = isAllLost
      ? 'An answer could not be generated; the passages were shown'
      : 'An answer broke off; its beginning was shown';
    if (failure instanceof texts.TimeOut || isAppError(failure, 'limit') || isAppError(failure, 'blocked')) {
      log.warn(message, details);
    } else log.error(message, details);
  }

  return compose;
}
