import { AppError } from '../../src/errors.ts';
import type { ApiParts } from '../../src/http/api-parts.ts';
import type { Library } from '../../src/knowledge/api.ts';
import type { Document } from '../../src/knowledge/model.ts';
import { BACKUP_TIME } from './fake-backups.ts';

/** Documents that are learnt at once, with one passage that all questions find, and figures that never change. */
export function createSmallLibrary(homeId: string): { library: Library; insights: ReturnType<ApiParts['insights']> } {
  const documents = new Map<number, Document>();
  const jobOf = (id: number, guildId: string) => ({
    id,
    kind: 'ingest' as const,
    guildId,
    documentId: id,
    state: 'done' as const,
    step: 'done' as const,
    done: 3,
    total: 3,
    attempts: 1,
    notBefore: 0,
    failure: null,
    replyTo: null,
    createdAt: BACKUP_TIME,
  });
  const find = (guildId: string, id: number): Document => {
    const found = documents.get(id);
    if (found !== undefined && found.guildId === guildId) return found;
    throw new AppError('not_found', `There is no document ${id}.`);
  };
  const passage = {
    chunkId: 1,
    documentId: 1,
    title: 'Rules',
    url: null,
    ordinal: 0,
    headings: ['Being kind'],
    text: 'Be kind.',
    tokens: 3,
    score: 0.5,
    similarity: 0.8,
    bm25: 1.2,
  };
  const library: Partial<Library> = {
    add({ guildId, title, name, url = null, content, addedBy }) {
      const id = documents.size + 1;
      const document: Document = {
        id,
        guildId,
        title,
        name,
        url,
        contentHash: '',
        sizeBytes: content.byteLength,
        addedBy,
        addedAt: BACKUP_TIME,
        state: 'ready',
        chunkCount: 3,
        failure: null,
      };
      documents.set(id, document);
      return { document, job: jobOf(id, guildId), duplicate: false };
    },
    list(guildId, { offset, limit }) {
      const items = [...documents.values()].filter((one) => one.guildId === guildId);
      return { items: items.slice(offset, offset + limit), total: items.length };
    },
    show: (guildId, id) => ({ document: find(guildId, id), firstChunks: [], job: jobOf(id, guildId) }),
    remove(guildId, id) {
      const found = find(guildId, id);
      documents.delete(id);
      return found;
    },
    search: async () => ({ passages: [passage], vectors: true, notice: null }),
    job: (id) => (documents.has(id) ? jobOf(id, homeId) : null),
    openJobs: () => [],
  };
  return {
    library: library as Library,
    insights: {
      figures: () => ({ questions: 2, answered: 1, refused: 1, failed: 0, up: 1, down: 0 }),
      unanswered: () => [{ guildId: homeId, question: 'Why?', times: 2, lastAskedAt: BACKUP_TIME }],
      unansweredPrivately: () => 1,
    },
  };
}
