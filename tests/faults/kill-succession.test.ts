import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { isSegment } from '../../src/adapters/chroma/snapshot-files.ts';
import { foldersIn, search, startKnowledgeChild, textAbout, type KnowledgeChild } from '../support/kill-trial.ts';
import { tempFolder } from '../support/temp-store.ts';

const guildId = '100000000000000001';

/** The names of all collections with vectors, and the folders that belong to none. */
function lookInto(chroma: string) {
  using db = closing(new DatabaseSync(join(chroma, 'chroma.sqlite3'), { readOnly: true }));
  const names = (sql: string) =>
    db.db
      .prepare(sql)
      .all()
      .map(({ name }) => String(name));
  const alive = new Set(names('SELECT id AS name FROM segments'));
  return {
    collections: names("SELECT name FROM collections WHERE name NOT LIKE '%installation'"),
    dead: readdirSync(chroma).filter((name) => isSegment(name) && !alive.has(name)),
  };
}

const closing = (db: DatabaseSync) => ({ db, [Symbol.dispose]: () => db.close() });

async function stop(child: KnowledgeChild): Promise<void> {
  child.process.disconnect();
  await child.exited;
}

test('killed before any change in Chroma while a collection is made anew, the bot has all of it at the next start', async (t) => {
  const folders = foldersIn(tempFolder(t));
  let child = startKnowledgeChild(folders, 128);
  t.after(() => child.process.kill('SIGKILL'));
  await child.ready;
  await child.order({ do: 'add', guildId, title: 'lighthouse', text: textAbout('lighthouse', 3) });
  await child.order({ do: 'settle' });
  const ids = await child.order({ do: 'ids', guildId });
  const [name] = lookInto(folders.chroma).collections;
  const changes = await child.order<number>({ do: 'tend', guildId, killAt: null });
  assert.deepEqual(await child.order({ do: 'ids', guildId }), ids);
  assert.deepEqual(lookInto(folders.chroma), { collections: [name], dead: [] });

  await stop(child); // right after such work there is a rest
  child = startKnowledgeChild(folders, 128);
  await child.ready;
  for (let killAt = changes; killAt > 0; killAt -= 1) {
    const killed = child.order({ do: 'tend', guildId, killAt });
    await assert.rejects(killed, /The child ended/, `before change ${killAt} of ${changes}`);
    child = startKnowledgeChild(folders, 128);
    await child.ready;
    assert.deepEqual(lookInto(folders.chroma).collections, [name], `killed before change ${killAt}`);
    assert.deepEqual(await child.order({ do: 'ids', guildId }), ids);
    const { documentIds, vectors } = await search(child, guildId, 'lighthouse');
    assert.deepEqual([new Set(documentIds).size, vectors], [1, true]);
  }
  t.diagnostic(`${changes} kills`);
  // At the last starts folders may have died while the server ran; the next start finds them.
  await stop(child);
  child = startKnowledgeChild(folders, 128);
  await child.ready;
  assert.ok(lookInto(folders.chroma).dead.length <= 1, 'the folders of all those starts are gone');
});
