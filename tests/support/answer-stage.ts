import type { TestContext } from 'node:test';
import { createAnswers, type AnswerParts } from '../../src/knowledge/answer.ts';
import type { AnswerEvent, AskRequest, Retrieved } from '../../src/knowledge/api.ts';
import type { Answer, Passage } from '../../src/knowledge/model.ts';
import type { GenerationRequest, Generator } from '../../src/knowledge/ports.ts';
import { tempStore } from './temp-store.ts';

export function passage(chunkId: number, text: string, more: Partial<Passage> = {}): Passage {
  const documentId = more.documentId ?? chunkId;
  const base = { chunkId, documentId, title: `Document ${documentId}`, url: null, ordinal: 0, headings: [], text };
  return { ...base, tokens: Math.ceil(text.length / 4), score: 1 / chunkId, similarity: 0.8, bm25: 1, ...more };
}

type Script = (request: GenerationRequest, signal: AbortSignal | undefined) => AsyncIterable<string>;

/** A generator that writes these pieces, and then fails if an error is given. */
export function pieces(texts: readonly string[], error?: Error): Script {
  return async function* () {
    yield* texts;
    if (error !== undefined) throw error;
  };
}

/** A generator that writes these pieces and then waits until it is cancelled. */
export function thenHangs(texts: readonly string[]): Script {
  return async function* (_request, signal) {
    yield* texts;
    await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
}

/** Real answers over a real store, with a retriever and a generator that follow a script. */
export function answerStage(
  t: TestContext,
  found: Partial<Retrieved> | Error,
  script: Script,
  more: Partial<AnswerParts> = {},
) {
  const { store } = tempStore(t);
  const requests: GenerationRequest[] = [];
  const queries: string[] = [];
  const logged: string[] = [];
  const keep = (message: string) => void logged.push(message);
  const generator: Generator = {
    name: 'scripted',
    generate(request, signal) {
      requests.push(request);
      return script(request, signal);
    },
  };
  const answers = createAnswers({
    generator,
    retriever: {
      async retrieve(_guildId, question) {
        queries.push(question);
        if (found instanceof Error) throw found;
        return { passages: [], vectors: true, notice: null, relevant: true, ...found };
      },
    },
    history: store.history,
    store: store.knowledge,
    clock: () => 1_800_000_000_000,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    ...more,
  });

  async function ask(question: string, asked: Partial<AskRequest> = {}) {
    const events: AnswerEvent[] = [];
    const request = { guildId: 'g', channelId: 'c', userId: 'u', question, locale: 'en' as const, conversation: [] };
    for await (const event of answers.ask({ ...request, ...asked })) events.push(event);
    const last = events.at(-1);
    if (last?.kind !== 'final') throw new Error('The last event is not final.');
    const answer: Answer = last.answer;
    return { events, answer, texts: events.flatMap((event) => (event.kind === 'text' ? [event.text] : [])) };
  }
  return { answers, ask, store, requests, queries, logged };
}
