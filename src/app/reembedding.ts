import { counted } from '../counted.ts';
import type { PartStatus } from '../health/ports.ts';
import type { JobHandler } from '../knowledge/jobs.ts';
import type { JobStore, KnowledgeStore } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';

export interface ReembeddingParts {
  readonly store: KnowledgeStore;
  readonly jobs: JobStore;
  readonly space: string;
  readonly log: Log;
}

/** After a change of the embedding model: how far it is with the documents, and that it is done. */
export function watchReembedding({ store, jobs, space, log }: ReembeddingParts) {
  return {
    /** Says it when the last of them is done. */
    watching: (handler: JobHandler): JobHandler => ({
      ...handler,
      async run(job, context) {
        const result = await handler.run(job, context);
        if (jobs.countOpen('reindex') > 1) return result; // this one is still counted
        const isRest = store.documentsWithoutVectors(space, 1).length > 0;
        if (isRest) log.warn(`Not all documents could be embedded again for ${space}`);
        else log.info(`All documents are embedded again for ${space}`);
        return result;
      },
    }),
    /** Nothing when there is nothing of it. */
    status(): Partial<PartStatus> {
      const left = jobs.countOpen('reindex');
      if (left === 0) return {};
      const total = Math.max(left, store.totals().documents);
      const done = total - left;
      const words = {
        en: `re-embedding for another model: ${done} of ${counted(total, 'document')}; until then search by meaning knows only those`,
        ja: `モデル変更のためベクトルを再作成中：${total} 件中 ${done} 件の文書。完了まで、意味による検索の対象は作成済みの文書だけです`,
      };
      return { state: 'degraded', detail: words.en, words };
    },
  };
}
