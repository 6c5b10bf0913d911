import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { App } from '../../src/app.ts';
import { openTestApp } from '../support/app.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { guildOf, teachApp, titlesOf } from '../support/app-person.ts';
import { openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { PERSON } from '../support/restore-stage.ts';
import { openSmallDisk } from '../support/small-disk.ts';

const MANUAL = { kind: 'manual', reason: null, by: PERSON } as const;

/** Of a backup, whole or not. */
const isTrace = (name: string): boolean => /work|nescordbot_backup_/.test(name);
const found = async (app: App, words: string): Promise<string | undefined> =>
  (await app.knowledge.library.search(guildOf(app), words, 1)).passages[0]?.title;

/** Goes back to a time with a lighthouse and without a ferry, and undoes it. */
async function thereAndBack(t: TestContext, app: App): Promise<void> {
  const { backups } = app;
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { entry } = await backups.create(MANUAL);
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  const { safety } = await backups.restore(entry.name, PERSON);
  assert.deepEqual(titlesOf(app), ['lighthouse']);
  assert.equal(await found(app, 'When does the lighthouse open?'), 'lighthouse');
  await backups.restore(safety.name, PERSON);
  assert.deepEqual(titlesOf(app), ['ferry', 'lighthouse']);
  assert.equal(await found(app, 'How often does the ferry leave?'), 'ferry');
  const { store, indexServer, engine } = app.knowledge;
  const { space } = engine.embedder;
  const ids: number[] = [];
  for await (const page of indexServer.index.ids({ guildId: guildOf(app), space })) ids.push(...page);
  const stored = store.knowledge.guildVectorIds(guildOf(app), space.id, { after: 0, limit: 1000 });
  assert.deepEqual(
    ids.sort((a, b) => a - b),
    [...stored],
    'the index holds what SQLite holds',
  );
  t.diagnostic(`${ids.length} vectors`);
}

test('with Chroma on a server elsewhere a backup has no vectors of it, and a restore makes the index again', async (t) => {
  const { port } = (await openTestChroma(t)).endpoint();
  const app = await openTestApp(t, { firstLesson: false, env: { CHROMA_URL: `http://127.0.0.1:${port}` } });
  await thereAndBack(t, app);
  for (const { sidecar } of await app.backups.list()) {
    assert.deepEqual(
      sidecar?.manifest.files.map(({ path }) => path),
      ['sqlite/nescordbot.db'],
    );
    assert.equal(sidecar.manifest.chromaVersion, null);
  }
});

test('without a write-ahead log everything works, with writers throughout', async (t) => {
  const folder = await temporaryFolder(t);
  const { log, lines } = recordingLog();
  const app = await openTestApp(t, {
    log,
    firstLesson: false,
    env: { DATABASE_URL: `${join(folder, 'bot.db')}?journal_mode=DELETE` },
  });
  assert.ok(
    lines.some(({ message }) => /journal_mode=DELETE, as DATABASE_URL says/.test(message)),
    'it is said',
  );
  await thereAndBack(t, app);
  const { entry } = await app.backups.create({
    ...MANUAL,
    reason: (() => {
      for (let at = 0; at < 30; at += 1) {
        const content = Buffer.from(`The buoy number ${at} is red.`);
        app.knowledge.library.add({ guildId: guildOf(app), title: `b${at}`, name: `b${at}.md`, content, addedBy: 'u' });
      }
      return 'while jobs run';
    })(),
  });
  assert.equal(entry.sidecar?.manifest.counts.tables['documents'], 32);
  const db = new Database(app.knowledge.store.file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma('journal_mode', { simple: true }), 'delete');
});

test('a backup of the real thing that is called off at any stage leaves nothing behind', async (t) => {
  const app = await openTestApp(t, { firstLesson: false });
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning. '.repeat(2_000));
  const backups = join(dirname(app.knowledge.store.file), 'backups');
  for (const stop of ['checking', 'capturing', 'compressing', 'verifying']) {
    const calledOff = new AbortController();
    const made = app.backups.create(MANUAL, {
      signal: calledOff.signal,
      onProgress: ({ stage }) => (stage === stop ? calledOff.abort() : undefined),
    });
    await assert.rejects(made, { code: 'aborted' }, stop);
    assert.deepEqual(readdirSync(backups).filter(isTrace), [], stop);
  }
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  assert.equal((await app.backups.create(MANUAL)).entry.state, 'good', 'the gate is open again');
});

test('a backup volume that is made read-only, or goes away, is said in words, and nothing is written beneath it', async (t) => {
  const disk = openSmallDisk(t, 64);
  if (disk === null) return;
  const app = await openTestApp(t, { firstLesson: false, env: { BACKUP_DIRECTORY: disk.folder } });
  t.after(() => disk.close());
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { entry } = await app.backups.create(MANUAL);

  disk.remount('ro');
  const readOnly = {
    code: 'unavailable',
    message: new RegExp(`${disk.folder} is mounted read-only \\(EROFS\\), so nothing was changed.*Mount it writable`),
  };
  await assert.rejects(app.backups.create(MANUAL), readOnly);
  await assert.rejects(app.backups.restore(entry.name, PERSON), readOnly);
  assert.deepEqual(
    (await app.backups.list()).map(({ name }) => name),
    [entry.name],
  );
  assert.equal(await found(app, 'When does the lighthouse open?'), 'lighthouse');
  disk.remount('rw');
  assert.equal((await app.backups.create(MANUAL)).entry.state, 'good');

  disk.unmount();
  const gone = { code: 'unavailable', message: /volume is not mounted any more/ };
  for (const work of [
    () => app.backups.create(MANUAL),
    () => app.backups.restore(entry.name, PERSON),
    () => app.backups.list(),
  ])
    await assert.rejects(work(), gone);
  assert.deepEqual(readdirSync(disk.folder).filter(isTrace), [], 'nothing was written beneath the volume');
  assert.equal(await found(app, 'When does the lighthouse open?'), 'lighthouse');
});
