import { randomBytes } from 'node:crypto';
import { AppError, isAppError, type Locale, type Words } from '../errors.ts';
import type { AnswerEvent, GoOnRequest } from './api.ts';
import type { AnswerParts } from './answer.ts';
import { numberPassages } from './budget.ts';
import { mapProse } from './code-spans.ts';
import type { ComposerLimits } from './compose.ts';
import { createDraft, type Checked } from './draft.ts';
import { growing } from './growing.ts';
import { languageOf } from './language.ts';
import type { Answer, Passage, Rung } from './model.ts';
import { LengthReached, type NumberedPassage } from './ports.ts';
import { NO_ANSWER, promptWords, renderInstructions, renderPrompt, saysNoAnswer } from './prompt.ts';
import type { RecordedQuestion } from './store-ports.ts';
import * as texts from './answer-texts.ts';

/** Longer than this no answer becomes, however often somebody has it go on. */
const LONGEST = 20_000;
const GO_ON = `Your answer was cut off for its length. Go on exactly where it ends, without repeating any of it and without an introduction; cite the passages as before. If a block of code was cut, open it again. If nothing is missing, write ${NO_ANSWER}.`;

type Limits = ComposerLimits & { readonly timeoutMs: number };

/** Goes on with answers that were cut at the length limit, from the same passages and with the same numbers. */
export function createGoOn({ generator, history, store, clock, log, boundary }: AnswerParts, limits: Limits) {
  const underWay = new Set<number>();

  function check({ guildId, userId, questionId, length }: GoOnRequest): RecordedQuestion {
    const recorded = Number.isSafeInteger(questionId) ? history.question(questionId) : null;
    if (recorded === null || recorded.guildId !== guildId) throw new AppError('not_found', forgotten);
    if (recorded.userId !== userId) throw new AppError('forbidden', notYours);
    const given = new Set(store.passages(guildId, recorded.chunkIds).map(({ chunkId }) => chunkId));
    const isThere = recorded.citedChunkIds.length > 0 && recorded.citedChunkIds.every((id) => given.has(id));
    if (!isThere) throw new AppError('not_found', changed);
    const hasOtherLength = recorded.answer.length !== length;
    // What it had from a document that is gone was taken out of it.
    if (hasOtherLength && given.size < recorded.chunkIds.length) throw new AppError('not_found', changed);
    if (hasOtherLength || underWay.has(questionId)) throw new AppError('conflict', wentOn);
    return recorded;
  }

  async function* goOn(request: GoOnRequest): AsyncGenerator<AnswerEvent> {
    const { questionId } = request;
    const recorded = check(request);
    underWay.add(questionId);
    try {
      yield* write(recorded, request);
    } finally {
      underWay.delete(questionId);
    }
  }

  async function* write(recorded: RecordedQuestion, request: GoOnRequest): AsyncGenerator<AnswerEvent> {
    const { guildId, questionId, locale } = request;
    const startedAt = clock();
    const passages = store
      .passages(guildId, recorded.chunkIds)
      .map((passage): Passage => Object.assign(passage, { score: 0, similarity: null, bm25: null }));
    const numbered = numberPassages(passages);
    const cited = recorded.citedChunkIds.flatMap((id) => numbered.filter(({ passage }) => passage.chunkId === id));
    // In front of what comes, so that it is numbered on from what was there.
    const head = `${cited.map(({ number }) => `[${number}]`).join('')}\n\n`;
    const language = languageOf(recorded.question, locale);
    const draft = createDraft(numbered, `${promptWords(language)}\n${GO_ON}`);
    yield { kind: 'reading', passages: passages.length };

    let engine = generator.name;
    const word = boundary?.() ?? `KB${randomBytes(9).toString('hex')}`;
    const prompt = renderPrompt({ question: recorded.question, passages: numbered, language, boundary: word });
    const generation = {
      instructions: renderInstructions(language, word),
      prompt: GO_ON,
      conversation: [
        { role: 'user', text: prompt },
        { role: 'model', text: asGiven(recorded.answer, cited) },
      ] as const,
      question: recorded.question,
      passages: numbered,
      language,
      maxOutputTokens: limits.outputTokens,
      goesOn: true,
      onEngine: (name: string) => void (engine = name),
    };
    const late = AbortSignal.timeout(limits.timeoutMs);
    const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
    const writing = growing(generator.generate(generation, signal), signal, limits.outputTokens * 8);
    let step = await writing.next();
    for (let seen = ''; step.done !== true; step = await writing.next()) {
      const text = afterHead(draft.visible(head + step.value));
      if (text !== '' && text !== seen) yield { kind: 'text', text };
      seen = text;
    }
    const { text, failure } = step.value;
    if (request.signal?.aborted === true) throw texts.cancelled(request.signal.reason);
    if (failure !== null && !(failure instanceof LengthReached)) {
      log.warn('An answer could not be gone on with', { engine, failure });
      throw isAppError(failure) ? failure : new texts.TimeOut(limits.timeoutMs);
    }
    const isOver = text.trim() === '' || saysNoAnswer(text);
    const checked = isOver ? null : failure === null ? draft.checked(head + text) : draft.checkedStart(head + text);
    const rest = checked === null ? null : restOf(checked);
    if (checked === null || rest === null) throw new AppError('not_found', nothingMore);

    const whole = joined(recorded.answer, rest.text);
    history.extendAnswer(questionId, { answer: whole, citedChunkIds: checked.citedChunkIds });
    const isCut = failure !== null;
    const answer: Answer = {
      questionId,
      outcome: 'answered',
      rung: recorded.rung as Rung,
      notice: isCut ? texts.cutShort(engine, failure, clock())[locale] : null,
      ...rest,
      nearest: [],
      passages,
      language,
      engine,
      documentCount: store.counts(guildId).documents,
      durationMs: clock() - startedAt,
      continuesAt: isCut && whole.length < LONGEST ? whole.length : null,
    };
    yield { kind: 'final', answer };
  }

  return { check: (request: GoOnRequest): void => void check(request), goOn };
}

/** The answer with the numbers that the passages have now, instead of those that people read. */
function asGiven(answer: string, cited: readonly NumberedPassage[]): string {
  const given = new Map<string, number>();
  for (const { number, passage } of cited) {
    const place = JSON.stringify([passage.documentId, passage.headings]);
    if (!given.has(place)) given.set(place, number);
  }
  const numbers = [...given.values()];
  return mapProse(answer, (prose) =>
    prose.replace(/\[(\d{1,3})\]/g, (mark, shown: string) => {
      const number = numbers[Number(shown) - 1];
      return number === undefined ? mark : `[${number}]`;
    }),
  );
}

function afterHead(text: string): string {
  const end = text.indexOf('\n\n');
  return end === -1 ? '' : text.slice(end).trim();
}

/** Null where what follows cites nothing: then it is nobody's. */
function restOf(checked: Checked): Pick<Checked, 'text' | 'sources'> | null {
  const text = afterHead(checked.text);
  const sources = checked.sources.filter(({ number }) => text.includes(`[${number}]`));
  return sources.length === 0 ? null : { text, sources };
}

function joined(before: string, after: string): string {
  if (before.endsWith('```') || /^(?:[-*>#|]|\d{1,3}[.)][ \t]|```)/.test(after)) return `${before}\n${after}`;
  return /[\u3000-\u9fff\uff00-\uffef]$/.test(before) ? before + after : `${before} ${after}`;
}

const forgotten: Words = {
  en: 'I no longer have that question. Please ask it again.',
  ja: 'この質問の記録はもう残っていません。もう一度お尋ねください。',
};
const notYours: Words = {
  en: 'Only the person who asked can have this answer go on. Ask me yourself with `/ask`.',
  ja: '続きを読めるのは質問した方だけです。`/ask` でご自身でもお尋ねください。',
};
const wentOn: Words = {
  en: 'I have gone on with this answer already; the rest is further below.',
  ja: 'この回答の続きはすでに書かれています。下のメッセージをご覧ください。',
};
const changed: Words = {
  en: 'The documents behind this answer have changed since, so it ends here. Please ask again.',
  ja: '回答のもとになった文書がその後変わったため、続きはありません。もう一度お尋ねください。',
};
const nothingMore: Readonly<Record<Locale, string>> = {
  en: 'There is nothing to add: that was all that the documents say about it.',
  ja: '続きはありません。文書に書かれている内容は以上です。',
};
