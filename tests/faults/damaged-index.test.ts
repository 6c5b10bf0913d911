import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openBase, teach } from '../support/knowledge-base.ts';
import { foldersIn, type Folders } from '../support/kill-trial.ts';
import { tempFolder } from '../support/temp-store.ts';

const guildId = '100000000000000001';
/** Chroma writes its vector files from 1,000 records on. */
const parts = Array.from({ length: 1_050 }, (_, at) => `## Part ${at}\n\nThe lamp number ${at} burns with oil ${at}.`);

function vectorFile({ chroma }: Folders): string {
  const folder = readdirSync(chroma, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && readdirSync(join(chroma, entry.name)).includes('data_level0.bin'),
  );
  assert.ok(folder, 'there is a vector file to damage');
  return join(chroma, folder.name, 'data_level0.bin');
}

const damages: Record<string, (folders: Folders) => void> = {
  'an emptied index folder': ({ chroma }) => {
    rmSync(chroma, { recursive: true });
    mkdirSync(chroma);
  },
  'a vector file that was cut short': (folders) => truncateSync(vectorFile(folders), 4_096),
  'a vector file full of garbage': (folders) => writeFileSync(vectorFile(folders), Buffer.alloc(200_000, 0xa5)),
  "garbage in Chroma's own database": ({ chroma }) =>
    writeFileSync(join(chroma, 'chroma.sqlite3'), Buffer.alloc(100_000, 0x5a)),
};

test('whatever happens to the index, the next start makes it good from SQLite, and nothing is embedded again', async (t) => {
  const folder = tempFolder(t);
  const sound = foldersIn(folder);
  {
    await using base = await openBase(sound);
    await teach(base, guildId, 'Lamps', `# Lamps\n\n${parts.join('\n\n')}`);
  }

  for (const [name, damage] of Object.entries(damages)) {
    await t.test(`after ${name}`, async (t) => {
      const place = tempFolder(t);
      cpSync(folder, place, { recursive: true });
      const folders = { database: join(place, 'bot.db'), chroma: join(place, 'chroma') };
      damage(folders);
      await using base = await openBase(folders);
      const { passages, vectors } = await base.library.search(guildId, 'the lamp number 777', 3);
      assert.ok(vectors, 'vectors take part');
      assert.match(passages[0]?.text ?? '', /lamp number 777/);
      const { chunks } = base.store.knowledge.totals();
      assert.equal(await base.indexServer.index.count({ guildId, space: base.engine.embedder.space }), chunks);
      assert.deepEqual(base.embedded, { documents: 0, queries: 1 });
    });
  }
});
