import type { Database } from 'better-sqlite3';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';

type StaleCollections = Pick<KnowledgeStore, 'staleCollections' | 'markCollectionStale' | 'clearStaleCollection'>;

export function createStaleCollections(db: Database): StaleCollections {
  const all = db.prepare<[], ReturnType<StaleCollections['staleCollections']>[number]>(
    'SELECT guild_id AS guildId, marks FROM stale_collections ORDER BY guild_id',
  );
  const mark = db.prepare<[string]>(
    'INSERT INTO stale_collections (guild_id) VALUES (?) ON CONFLICT DO UPDATE SET marks = marks + 1',
  );
  const clear = db.prepare<[string, number]>('DELETE FROM stale_collections WHERE guild_id = ? AND marks = ?');
  return {
    staleCollections: () => all.all(),
    markCollectionStale: (guildId) => void mark.run(guildId),
    clearStaleCollection: (guildId, marks) => void clear.run(guildId, marks),
  };
}
