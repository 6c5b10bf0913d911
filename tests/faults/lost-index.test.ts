import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChromaClient } from 'chromadb';
import { findRunningServer } from '../../src/adapters/chroma/server.ts';
import { openKnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, teachApp } from '../support/app-person.ts';
import { createTestLog, openTestChroma } from '../support/chroma.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { openBase, teach, type Base } from '../support/knowledge-base.ts';
import { ownPort } from '../support/own-port.ts';
import { tempFolder } from '../support/temp-store.ts';

const guildId = '100000000000000001';
const text = Array.from({ length: 40 }, (_, at) => `## Lamp ${at}\n\nThe lamp number ${at} burns oil ${at}.`).join(
  '\n\n',
);

/** Any other program on the machine: there is nothing that it would have to know but the port. */
async function stranger(directory: string): Promise<ChromaClient> {
  const server = await findRunningServer(directory);
  assert.ok(server);
  const { headers: _, ...endpoint } = server.endpoint();
  return new ChromaClient(endpoint);
}

const ofLamps = async (client: ChromaClient) => {
  const found = (await client.listCollections()).find(({ metadata }) => metadata?.['guild_id'] === guildId);
  assert.ok(found);
  return found;
};

const damages: Record<string, (client: ChromaClient, base: Base) => Promise<void>> = {
  'all collections, the marker included': async (client) => {
    for (const { name } of await client.listCollections()) await client.deleteCollection({ name });
  },
  'some records': async (client) => {
    const collection = await ofLamps(client);
    await collection.delete({ ids: (await collection.get({ limit: 5, include: [] })).ids });
  },
  'a collection, and another one of as many records is under its name': async (client, base) => {
    const { name, metadata } = await ofLamps(client);
    const ids = base.store.knowledge.guildVectorIds(guildId, base.engine.embedder.space.id, { after: 0, limit: 1_000 });
    await client.deleteCollection({ name });
    const other = await client.createCollection({ name, ...(metadata && { metadata }), embeddingFunction: null });
    await other.add({ ids: ids.map(String), embeddings: ids.map((id) => [id, 1]) });
  },
};

for (const [what, damage] of Object.entries(damages)) {
  test(`when somebody deletes ${what}, the next look notices and makes it good from SQLite`, async (t) => {
    const folders = foldersIn(tempFolder(t));
    const log = createTestLog();
    const gate = createWriteGate();
    await using base = await openBase(folders, { log, gate });
    await teach(base, guildId, 'Lamps', text);
    await base.indexWatch.look();
    assert.ok(base.indexWatch.isWhole());
    const embedded = base.embedded.documents;

    await damage(await stranger(folders.chroma), base);
    const release = await gate.hold(); // it is put right when everybody else has written
    await base.indexWatch.look();
    assert.equal(base.indexWatch.isWhole(), false);
    assert.equal(chromaOf(base), 'degraded');
    const meanwhile = await base.library.search(guildId, 'the lamp number 27', 3);
    assert.equal(meanwhile.vectors, false);
    assert.match(meanwhile.notice?.en ?? '', /index is being repaired, so I searched by words alone/);
    assert.match(meanwhile.passages[0]?.text ?? '', /lamp number 27/);

    release();
    await base.indexWatch.settled();
    assert.equal(chromaOf(base), 'ok');
    assert.ok((await base.library.search(guildId, 'the lamp number 27', 3)).vectors);
    assert.equal(base.embedded.documents, embedded, 'nothing is embedded again');
    const key = { guildId, space: base.engine.embedder.space };
    assert.equal(await base.indexServer.index.count(key), base.store.knowledge.totals().chunks);
    await base.indexWatch.look();
    assert.ok(base.indexWatch.isWhole(), 'and then all is well');
    assert.equal(log.lines.filter((line) => /somebody has deleted it/.test(line)).length, 1, log.lines.join('\n'));
  });
}

test('what is taught while somebody deletes the collections again and again is learned, and said once', async (t) => {
  const folders = foldersIn(tempFolder(t));
  const log = createTestLog();
  await using base = await openBase(folders, { log });
  const client = await stranger(folders.chroma);
  const lessons = Array.from({ length: 12 }, (_, at) =>
    teach(base, guildId, `Lamps ${at}`, `${text}\n\n## Pier ${at}`),
  );
  const learned = new AbortController();
  void Promise.allSettled(lessons).then(() => learned.abort());
  for (let deleted = 0; deleted < 8 && !learned.signal.aborted;) {
    for (const { name } of await client.listCollections()) {
      const isDeleted = await client.deleteCollection({ name }).then(
        () => true,
        () => false, // it was being made
      );
      if (isDeleted) deleted += 1;
    }
  }
  await Promise.all(lessons); // each of them done, none given up
  await base.indexWatch.look();
  await base.indexWatch.settled();
  const key = { guildId, space: base.engine.embedder.space };
  assert.equal(await base.indexServer.index.count(key), base.store.knowledge.totals().chunks);
  await base.indexWatch.look();
  assert.ok(base.indexWatch.isWhole());
  assert.ok(log.lines.filter((line) => /somebody has deleted it/.test(line)).length <= 1, log.lines.join('\n'));
});

test('what is on its way into the index is not taken for lost', async (t) => {
  const folders = foldersIn(tempFolder(t));
  const [log, gate] = [createTestLog(), createWriteGate()];
  await using base = await openBase(folders, { log, gate });
  await teach(base, guildId, 'Lamps', text);
  const leave = await gate.enter();
  const client = await stranger(folders.chroma);
  await client.deleteCollection({ name: (await ofLamps(client)).name }); // as if it had not been begun yet
  await base.indexWatch.look();
  await base.library.search(guildId, 'the lamp number 27', 3);
  assert.ok(base.indexWatch.isWhole());
  assert.deepEqual(
    log.lines.filter((line) => /somebody has deleted it/.test(line)),
    [],
  );
  leave();
  await base.indexWatch.look();
  await base.indexWatch.settled();
  assert.ok((await base.library.search(guildId, 'the lamp number 27', 3)).vectors);
});

test('a question finds it before any look does, says so, and the next one has vectors again', async (t) => {
  const folders = foldersIn(tempFolder(t));
  await using base = await openBase(folders);
  await teach(base, guildId, 'Lamps', text);
  assert.ok((await base.library.search(guildId, 'the lamp number 27', 3)).vectors);
  const client = await stranger(folders.chroma);
  await client.deleteCollection({ name: (await ofLamps(client)).name });
  const found = await base.library.search(guildId, 'the lamp number 27', 3);
  assert.equal(found.vectors, false);
  assert.match(found.notice?.ja ?? '', /修復しているため/);
  await base.indexWatch.settled();
  assert.ok((await base.library.search(guildId, 'the lamp number 27', 3)).vectors);
});

test('a server elsewhere that is another one from one moment to the next, and empty, is filled again', async (t) => {
  const port = await ownPort();
  const env = environmentOf(foldersIn(tempFolder(t)));
  const config = parseConfig({ ...env, CHROMA_URL: `http://127.0.0.1:${port}`, HOME_GUILD_ID: guildId });
  const before = await openTestChroma(t, { choosePort: async () => port });
  await using base = await openKnowledgeBase(config, { log: createTestLog(), clock: Date.now, random: () => 0 });
  await teach(base, guildId, 'Lamps', text);
  await before.close();
  await openTestChroma(t, { choosePort: async () => port });
  await base.indexWatch.look();
  assert.equal(base.indexWatch.isWhole(), false);
  await base.indexWatch.settled();
  assert.ok((await base.library.search(guildId, 'the lamp number 27', 3)).vectors);
});

test('the looks of a running bot find it, and operators are told', async (t) => {
  const token = 'operator-token-0123456789-abcdefghij';
  const app = await openTestApp(t, { firstLesson: false, lookEveryMs: 20, env: { API_TOKEN: token } });
  await teachApp(app, 'lamps', text, '1');
  const { directory } = parseConfig({ CHROMADB_PERSIST_DIRECTORY: `${app.knowledge.store.file}/../chroma` }).chroma;
  const key = { guildId: guildOf(app), space: app.knowledge.engine.embedder.space };
  const client = await stranger(directory);
  const told = Promise.withResolvers<void>();
  const wasTold = () => app.alerts.recent().some(({ words }) => /index/.test(JSON.stringify(words)));
  const looking = setInterval(() => wasTold() && told.resolve(), 5);
  t.after(() => clearInterval(looking));
  for (const { name } of await client.listCollections()) await client.deleteCollection({ name });
  await told.promise;
  await app.knowledge.indexWatch.settled();
  assert.equal(await app.knowledge.indexServer.index.count(key), app.knowledge.store.knowledge.totals().chunks);
});

function chromaOf(base: Base): string | undefined {
  return base.status().find(({ name }) => name === 'chroma')?.state;
}
