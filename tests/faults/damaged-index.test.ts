import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openTestApp } from '../support/app.ts';
import { guildOf, teachApp } from '../support/app-person.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openBase, teach } from '../support/knowledge-base.ts';
import { foldersIn, type Folders } from '../support/kill-trial.ts';
import { PERSON } from '../support/restore-stage.ts';
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

function spoilTable(file: string): void {
  const db = new Database(file, { readonly: true });
  const page = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'collections'").pluck().get();
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  assert.ok(page !== undefined);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(file, bytes);
}

for (const [what, damage] of Object.entries({
  'is no database any more': (file: string) => writeFileSync(file, 'These are notes and no database. '.repeat(2_000)),
  'has a table that cannot be read': spoilTable,
  'is gone': (file: string) => rmSync(file),
})) {
  test(`a running bot whose index ${what} is backed up without it, and a restore makes it anew`, async (t) => {
    const { log, lines } = recordingLog();
    const app = await openTestApp(t, { firstLesson: false, log });
    const { backups } = app;
    await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
    damage(join(dirname(app.knowledge.store.file), 'chroma', 'chroma.sqlite3'));

    const { entry } = await backups.create({ kind: 'manual', reason: null, by: PERSON });
    assert.equal(entry.state, 'good');
    assert.equal(entry.sidecar?.manifest.chromaVersion, null);
    assert.ok(lines.some(({ message }) => /is made without the index/.test(message)));
    assert.equal((await backups.verify(entry.name, { drill: true })).sidecar?.drilled?.ok, true);

    const { documents, safety } = await backups.restore(entry.name, PERSON);
    assert.equal(documents, 1);
    assert.equal(safety.state, 'good');
    const { passages, vectors } = await app.knowledge.library.search(guildOf(app), 'When does the lighthouse open?', 1);
    assert.ok(vectors, 'vectors take part again');
    assert.match(passages[0]?.text ?? '', /nine in the morning/);
    const whole = await backups.create({ kind: 'manual', reason: null, by: PERSON });
    assert.notEqual(whole.entry.sidecar?.manifest.chromaVersion, null);
  });
}
