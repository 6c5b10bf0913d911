import { isAppError, type AppError } from '../errors.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { PeopleStore } from '../knowledge/people-ports.ts';
import type { SettingsStore } from '../knowledge/ports.ts';
import type { Insights } from '../knowledge/store-ports.ts';
import { createJobBoard, type JobBoard } from './job-board.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import { restoring, starting } from './refusals.ts';

/**
 * Knowledge as Discord has it for as long as the bot runs, whichever knowledge base is behind it. While a backup is being
 * restored everything is refused with words, or, where nobody could be told, is empty.
 */
export interface Door {
  readonly library: Library;
  readonly answers: Answers;
  readonly settings: SettingsStore;
  readonly insights: Insights;
  /** @throws AppError `busy` while a backup is being restored */
  people(purpose: 'read' | 'change'): PeopleStore;
  /** What is behind the door now; null while a backup takes its place. */
  current(): KnowledgeBase | null;
  /** Nothing is changed by people any more. */
  hold(): void;
  /** What is said before it while it is shut. */
  refusal(): AppError;
  /** Resolves when the last answer under way has ended, or after that time. */
  quiet(withinMs: number): Promise<void>;
  /** Shuts the door and resolves with what was behind it when the last answer under way has ended, or was ended. */
  empty(drainMs: number, why?: () => AppError): Promise<KnowledgeBase | null>;
  /** Still shut. */
  put(knowledge: KnowledgeBase): void;
  /** Opens the door on what was put there; without anything there it stays shut. */
  open(): void;
  /** Called when somebody added, removed or brought back a document. */
  onChange(listener: () => void): void;
  /** Called when something else is behind the door. */
  onExchange(listener: () => void): void;
  /** Called when people are let in again, whatever they find: what was refused meanwhile can be done now. */
  onReturn(listener: () => void): void;
}

/** For work that was ended to notice it. */
const GRACE_MS = 5_000;

export function createDoor(): Door {
  let knowledge: KnowledgeBase | null = null;
  let state: 'open' | 'held' | 'shut' = 'shut';
  let leaving = new AbortController();
  const underWay = new Set<Promise<void>>();
  const board: JobBoard = createJobBoard();
  const changeListeners: (() => void)[] = [];
  const exchangeListeners: (() => void)[] = [];
  const returnListeners: (() => void)[] = [];
  let shown: KnowledgeBase | null = null;
  let refusal = starting;

  const inside = (): KnowledgeBase | null => (state === 'shut' ? null : knowledge);
  function reading(): KnowledgeBase {
    const found = inside();
    if (found === null) throw refusal();
    return found;
  }
  function writing(): KnowledgeBase {
    const found = reading();
    if (state !== 'open') throw restoring();
    // What would be written into nothing is not begun; what is damaged elsewhere may well take it.
    const trouble = found.store.condition.trouble();
    if (isAppError(trouble, 'unavailable')) throw trouble;
    return found;
  }

  /** Counts work as under way until it is over, and ends it when the door shuts for good. */
  function begin(signal: AbortSignal | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    underWay.add(promise);
    const { signal: shutting } = leaving;
    return {
      signal: signal === undefined ? shutting : AbortSignal.any([signal, shutting]),
      reason: (error: unknown) => (shutting.aborted && signal?.aborted !== true ? refusal() : error),
      end() {
        underWay.delete(promise);
        resolve();
      },
    };
  }

  const library: Library = {
    add(request) {
      const added = writing().library.add(request);
      if (!added.duplicate) for (const tell of changeListeners) tell();
      return added;
    },
    remove(guildId, documentId) {
      const removed = writing().library.remove(guildId, documentId);
      for (const tell of changeListeners) tell();
      return removed;
    },
    bringBack(guildId, documentId, replyTo) {
      const back = writing().library.bringBack(guildId, documentId, replyTo);
      if (!back.duplicate) for (const tell of changeListeners) tell();
      return back;
    },
    list: (guildId, page) => reading().library.list(guildId, page),
    show: (guildId, documentId) => reading().library.show(guildId, documentId),
    suggest: (guildId, text) => inside()?.library.suggest(guildId, text) ?? [],
    async search(guildId, query, limit, signal) {
      const { library: current } = reading();
      const work = begin(signal);
      try {
        return await current.search(guildId, query, limit, work.signal);
      } catch (error) {
        throw work.reason(error);
      } finally {
        work.end();
      }
    },
    status: (guildId) => reading().library.status(guildId),
    job: (jobId) => reading().library.job(jobId),
    watchJob: (jobId, onChange) => board.watch(jobId, onChange),
    openJobs: () => inside()?.library.openJobs() ?? [],
  };

  const answers: Answers = {
    async *ask(request) {
      const { answers: current } = reading();
      const work = begin(request.signal);
      try {
        yield* current.ask({ ...request, signal: work.signal });
      } catch (error) {
        throw work.reason(error);
      } finally {
        work.end();
      }
    },
    async *goOn(request) {
      const { answers: current } = writing();
      const work = begin(request.signal);
      try {
        yield* current.goOn({ ...request, signal: work.signal });
      } catch (error) {
        throw work.reason(error);
      } finally {
        work.end();
      }
    },
    checkGoOn: (request) => writing().answers.checkGoOn(request),
    // Called for every message that is written, with nobody waiting for words.
    conversationBehind: (messageId) => inside()?.answers.conversationBehind(messageId) ?? [],
    conversationIn: (channelId) => inside()?.answers.conversationIn(channelId) ?? [],
    // The answer is on its way and goes out; only what is said in reply to it will not find it.
    linkMessage: (questionId, messageId) => inside()?.answers.linkMessage(questionId, messageId),
    vote: (guildId, questionId, userId, vote) => writing().answers.vote(guildId, questionId, userId, vote),
    passagesOf: (guildId, questionId) => reading().answers.passagesOf(guildId, questionId),
  };

  return {
    library,
    answers,
    settings: {
      setting: (scope, key) => reading().store.settings.setting(scope, key),
      saveSetting: (scope, key, value) => writing().store.settings.saveSetting(scope, key, value),
    },
    insights: {
      figures: (from, until) => reading().store.insights.figures(from, until),
      unanswered: (since, limit, guildId) => reading().store.insights.unanswered(since, limit, guildId),
      unansweredPrivately: (since) => reading().store.insights.unansweredPrivately(since),
      dismiss: (guildId, key, now) => writing().store.insights.dismiss(guildId, key, now),
      bringBack: (guildId, key) => writing().store.insights.bringBack(guildId, key),
    },
    people: (purpose) => (purpose === 'change' ? writing() : reading()).store.people,
    current: () => knowledge,
    hold() {
      if (state === 'open') state = 'held';
    },
    refusal: () => refusal(),
    async quiet(withinMs) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, withinMs);
      await Promise.race([Promise.all(underWay), late.promise]);
      clearTimeout(timer);
    },
    async empty(drainMs, why = restoring) {
      state = 'shut';
      refusal = why;
      const left = knowledge;
      // Whoever asked and does not listen any more must not keep everybody waiting.
      const late = Promise.withResolvers<void>();
      const timers = [
        setTimeout(() => leaving.abort(refusal()), drainMs),
        setTimeout(late.resolve, drainMs + GRACE_MS),
      ];
      await Promise.race([Promise.all(underWay), late.promise]);
      for (const timer of timers) clearTimeout(timer);
      underWay.clear();
      board.leave();
      knowledge = null;
      return left;
    },
    put(next) {
      knowledge = next;
    },
    open() {
      if (knowledge === null) return;
      if (leaving.signal.aborted) leaving = new AbortController();
      state = 'open';
      board.enter(knowledge.library);
      const before = shown;
      shown = knowledge;
      if (before === null) return;
      if (before !== knowledge) for (const tell of exchangeListeners) tell();
      for (const tell of returnListeners) tell();
    },
    onChange: (listener) => void changeListeners.push(listener),
    onExchange: (listener) => void exchangeListeners.push(listener),
    onReturn: (listener) => void returnListeners.push(listener),
  };
}
