import { setImmediate } from 'node:timers/promises';
import type { Clock, JobStore, KnowledgeStore } from './ports.ts';

const pageSize = 20;

/**
 * After a change of the embedding model: queues the ready documents that lack vectors in the new space. To be called
 * at every start; a document that is queued already is not queued twice. Returns how many are waiting.
 */
export async function queueReindex(
  { store, jobs, clock }: { store: KnowledgeStore; jobs: JobStore; clock: Clock },
  spaceId: string,
): Promise<number> {
  let queued = 0;
  for (let after = 0; ;) {
    const documents = store.documentsWithoutVectors(spaceId, pageSize, after);
    for (const { guildId, id } of documents) jobs.addJob('reindex', guildId, id, clock());
    queued += documents.length;
    const last = documents.at(-1);
    if (!last || documents.length < pageSize) return queued;
    after = last.id;
    await setImmediate();
  }
}
