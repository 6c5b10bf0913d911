import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { assertAlone, search, type Folders, type KnowledgeChild } from './kill-trial.ts';

/** A document as whoever taught it knows it. */
export interface Taught {
  readonly id: number;
  readonly guildId: string;
  readonly word: string;
  /** `removing`: asked for, and never answered, so that both outcomes are right. */
  state: 'told' | 'removing' | 'removed';
}

interface Row {
  readonly id: number;
  readonly guild_id: string;
  readonly state: string;
  readonly chunk_count: number;
}

/** Every promise that was made, held against a process that has settled. Returns how many searches found their document. */
export async function checkAll(
  child: KnowledgeChild,
  { database, chroma }: Folders,
  taught: readonly Taught[],
  spaceId: string,
): Promise<number> {
  assertAlone(chroma, 1);
  const db = new Database(database, { readonly: true });
  try {
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(db.pragma('foreign_key_check'), []);
    const rows = db
      .prepare<[], Row>("SELECT id, guild_id, state, chunk_count FROM documents WHERE state <> 'removed'")
      .all();
    for (const row of rows) assertWhole(db, row, spaceId);
    const there = new Set(rows.map(({ id }) => id));
    for (const document of taught) {
      if (document.state === 'removing') document.state = there.has(document.id) ? 'told' : 'removed';
      assert.equal(there.has(document.id), document.state === 'told', `document ${document.id} was ${document.state}`);
    }
    for (const guildId of new Set(rows.map((row) => row.guild_id))) {
      // Rows of what was removed stay for a while, should it be brought back; the index forgets them at once.
      const chunks = db
        .prepare<[string], number>(
          `SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id
           WHERE c.guild_id = ? AND d.state <> 'removed' ORDER BY c.id`,
        )
        .pluck();
      const indexed = await child.order<number[]>({ do: 'ids', guildId });
      assert.deepEqual(indexed, chunks.all(guildId), `Chroma and SQLite differ over ${guildId}`);
    }
  } finally {
    db.close();
  }
  let found = 0;
  for (const { id, guildId, word, state } of taught) {
    const { documentIds, vectors } = await search(child, guildId, word);
    assert.ok(vectors, 'vectors took part');
    if (state === 'told') assert.equal(documentIds[0], id, `${word} finds its document`);
    else assert.ok(!documentIds.includes(id), `${word} was removed`);
    if (state === 'told') found += 1;
  }
  return found;
}

/** Ready, with all its passages from the first to the end, each with its vector. */
function assertWhole(db: Database.Database, { id, state, chunk_count: expected }: Row, spaceId: string): void {
  const parts = db
    .prepare<[string, number], { ordinal: number; text: string; vectors: number }>(
      `SELECT ordinal, text, (SELECT count(*) FROM vectors v JOIN spaces s ON s.key = v.space
         WHERE v.chunk_id = c.id AND s.id = ?) AS vectors
       FROM chunks c WHERE document_id = ? ORDER BY ordinal`,
    )
    .all(spaceId, id);
  assert.equal(state, 'ready', `document ${id}`);
  assert.equal(parts.length, expected, `passages of document ${id}`);
  assert.deepEqual(
    parts.map(({ ordinal, vectors }) => [ordinal, vectors]),
    parts.map((_, at) => [at, 1]),
    `document ${id}`,
  );
  assert.match(parts.at(-1)?.text ?? '', /This is the end of/, `document ${id}`);
}
