import { AppError } from '../errors.ts';
import type { Library, Retriever } from './api.ts';
import { parseNewDocument, type TitleOf } from './new-document.ts';
import type { JobRunner } from './jobs.ts';
import { REMOVED_KEPT_MS } from './purge.ts';
import type { Document } from './model.ts';
import type { Clock, JobStore, KnowledgeStore } from './ports.ts';

export interface LibraryParts {
  readonly store: KnowledgeStore;
  readonly jobs: JobStore;
  readonly runner: Pick<JobRunner, 'wake' | 'watch'>;
  readonly retriever: Retriever;
  readonly clock: Clock;
  /** A quick look at bytes, which throws AppError `invalid` when they are no text; the chunker reads all of them later. */
  readonly assertText: (content: Uint8Array) => void;
  readonly titleOf: TitleOf;
  /** The largest document that is taken. */
  readonly limitBytes: number;
  /** The embedding space's id and the engine's name, for people. */
  readonly space: string;
  readonly engine: () => string;
}

const firstChunks = 3;
const mostOpenJobs = 100;

export function createLibrary(parts: LibraryParts): Library {
  const { store, jobs, runner, clock } = parts;

  function found(guildId: string, documentId: number): Document {
    const document = Number.isSafeInteger(documentId) ? store.document(guildId, documentId) : null;
    if (document) return document;
    throw new AppError('not_found', {
      en: `There is no document ${documentId} here. \`/knowledge list\` shows what there is.`,
      ja: `ドキュメント ${documentId} は見つかりません。\`/knowledge list\` で一覧を確認できます。`,
    });
  }

  return {
    add(request) {
      const document = parseNewDocument(request, parts.limitBytes, parts.titleOf);
      parts.assertText(document.content);
      const added = store.addDocument(document, clock());
      if (!added.duplicate) runner.wake();
      return added;
    },
    list: (guildId, page) => store.documents(guildId, page),
    show(guildId, documentId) {
      const document = found(guildId, documentId);
      const chunks = store.chunks(documentId, { offset: 0, limit: firstChunks });
      return { document, firstChunks: chunks, job: jobs.documentJob(documentId) };
    },
    suggest: (guildId, text) => store.suggestDocuments(guildId, text.trim(), 25),
    async search(guildId, query, limit, signal) {
      if (query.trim() === '') {
        throw new AppError('invalid', {
          en: 'Say what to search for: the query is empty.',
          ja: '検索する言葉を入力してください。',
        });
      }
      const { passages, vectors, notice } = await parts.retriever.retrieve(guildId, query, limit, signal);
      return { passages, vectors, notice };
    },
    remove(guildId, documentId) {
      found(guildId, documentId);
      const removed = store.removeDocument(guildId, documentId, clock());
      runner.wake();
      return removed?.document ?? found(guildId, documentId);
    },
    bringBack(guildId, documentId, replyTo = null) {
      const now = clock();
      const when = { now, removedAfter: now - REMOVED_KEPT_MS };
      const back = Number.isSafeInteger(documentId) ? store.bringBack(guildId, documentId, when, replyTo) : 'gone';
      if (back === 'gone') throw goneForGood();
      if (back === 'busy') throw stillReading();
      if (!back.duplicate) runner.wake();
      return back;
    },
    status: (guildId) => ({
      ...store.counts(guildId),
      openJobs: jobs.openJobs(guildId, mostOpenJobs),
      space: parts.space,
      engine: parts.engine(),
    }),
    job: (jobId) => jobs.job(jobId),
    watchJob: (jobId, onChange) => runner.watch(jobId, onChange),
    openJobs: () => jobs.openJobs(null, mostOpenJobs),
  };
}

function goneForGood(): AppError {
  const minutes = REMOVED_KEPT_MS / 60_000;
  return new AppError('not_found', {
    en: `That document was removed over ${minutes} minutes ago, or came back already, so there is nothing to undo. Should it be missing, add it again.`,
    ja: `この文書は削除から ${minutes} 分以上たっているか、すでに元に戻されているため、取り消せません。必要な場合は、もう一度追加してください。`,
  });
}

function stillReading(): AppError {
  return new AppError(
    'busy',
    {
      en: 'I was just reading it and have not stopped yet. Press the button again in a moment.',
      ja: 'ちょうど読み込みを止めているところです。少し待ってから、もう一度ボタンを押してください。',
    },
    { retryAfterMs: 2_000 },
  );
}
