import { DatabaseSync } from 'node:sqlite';
import { isMarkerName } from './marker.ts';
import { isSegment } from './snapshot-files.ts';

/** Folders of the vector segments that a copy of Chroma's database knows. */
export function segmentsIn(file: string): string[] {
  using opened = open(file);
  const rows = opened.db.prepare("SELECT id FROM segments WHERE scope = 'VECTOR'").all();
  return rows.map(({ id }) => String(id)).filter(isSegment);
}

/**
 * Vectors per collection, as the server would count them: what its metadata segment holds, and what has been acknowledged
 * after that and waits in the queue (operations 0 add, 1 update, 2 upsert, 3 delete).
 */
export function describeChroma(file: string): { collections: Record<string, number> } {
  using opened = open(file);
  const rows = opened.db
    .prepare(
      `WITH held AS MATERIALIZED (
         SELECT c.id AS collection, c.name, s.id AS segment, coalesce(m.seq_id, 0) AS upto
         FROM collections c JOIN segments s ON s.collection = c.id AND s.scope = 'METADATA'
         LEFT JOIN max_seq_id m ON m.segment_id = s.id),
       waiting AS (
         SELECT h.segment, q.id, q.operation, max(q.seq_id) FROM embeddings_queue q
         JOIN held h ON h.collection = substr(q.topic, -36) AND q.seq_id > h.upto GROUP BY h.segment, q.id),
       judged AS (
         SELECT segment, operation, EXISTS (
           SELECT 1 FROM embeddings e WHERE e.segment_id = waiting.segment AND e.embedding_id = waiting.id) AS known
         FROM waiting),
       change AS MATERIALIZED (
         SELECT segment, sum(operation IN (0, 2) AND NOT known) - sum(operation = 3 AND known) AS vectors
         FROM judged GROUP BY segment)
       SELECT name, coalesce(change.vectors, 0)
         + (SELECT count(*) FROM embeddings e WHERE e.segment_id = held.segment) AS vectors
       FROM held LEFT JOIN change USING (segment) ORDER BY name`,
    )
    .all();
  const counts = rows.map(({ name, vectors }) => [String(name), Number(vectors)] as const);
  return { collections: Object.fromEntries(counts.filter(([name]) => !isMarkerName(name))) };
}

function open(file: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  return { db, [Symbol.dispose]: () => db.close() };
}
