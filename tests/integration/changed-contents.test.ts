import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { App } from '../../src/app.ts';
import { isAppError, wordsIn, type Locale } from '../../src/errors.ts';
import { aliceVariables } from '../support/age-keys.ts';
import { auditFileOf } from '../../src/app/audit-log.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, teachApp, titlesOf } from '../support/app-person.ts';
import { ended } from '../support/knowledge-parts.ts';
import { turnBit } from '../support/turned-bit.ts';

const BY = { id: 'u1', name: 'Morgan' };
const FERRY = 'The ferry to the island leaves at seven in the morning from the western pier.';
const LIGHTHOUSE = 'The lighthouse keeper rings the bell whenever fog rolls in from the northern bay.';

type Env = Readonly<Record<string, string>>;

/** A bot that was taught two documents. */
async function taught(t: TestContext, env: Env = {}): Promise<{ app: App; ferry: number; file: string }> {
  const app = await openTestApp(t, { firstLesson: false, env });
  const ferry = await teachApp(app, 'Ferry', FERRY);
  await teachApp(app, 'Lighthouse', LIGHTHOUSE);
  return { app, ferry, file: app.knowledge.store.file };
}

const shown = async (app: App, question: string) =>
  (await app.knowledge.library.search(guildOf(app), question, 5)).passages;
const ferryTexts = async (app: App) =>
  (await shown(app, 'When does the ferry leave?')).filter(({ title }) => title === 'Ferry').map(({ text }) => text);
const contentOf = (app: App, id: number) => Buffer.from(app.knowledge.store.knowledge.content(id)).toString();

/** A check of the contents, once one that somebody's question began has ended. */
async function look(app: App) {
  for (;;) {
    try {
      const { findings } = await app.integrity.look(undefined, ['contents']);
      const [{ state, words } = { state: 'none', words: '' }] = findings;
      return { state, en: wordsIn('en', words), ja: wordsIn('ja', words) };
    } catch (error) {
      if (!isAppError(error, 'busy')) throw error;
      await setImmediate();
    }
  }
}

/** What a check had made anew is there when this resolves. */
async function settled(app: App): Promise<void> {
  const { library } = app.knowledge;
  for (const job of library.openJobs()) if (job.kind === 'ingest') await ended(library, job);
}

const chunkRow = (file: string, id: number) => {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare<[number], Record<string, unknown>>('SELECT * FROM chunks WHERE document_id = ?').get(id);
  } finally {
    db.close();
  }
};

/** What of a passage reaches people, or finds it. */
const columns = ['text', 'headings', 'words', 'text_hash'] as const;

for (const column of columns) {
  test(`a passage whose ${column} the disk has changed is not shown, and is made anew with its number`, async (t) => {
    const { app, ferry, file } = await taught(t);
    await teachApp(app, 'Timetable', '# Sundays\n\nNothing sails on Sundays, says the harbour master.');
    const row = chunkRow(file, ferry);
    const of = column === 'headings' ? `headings <> '[]'` : `document_id = ${ferry}`;
    turnBit(file, ['chunks', column], of);
    const { state, en } = await look(app);
    assert.equal(state, 'repaired');
    assert.match(en, /(“Ferry”|“Timetable”) had changed on the disk.*made anew/);
    await settled(app);
    assert.deepEqual(chunkRow(file, ferry), row);
    assert.deepEqual(await ferryTexts(app), [FERRY]);
    assert.equal((await look(app)).state, 'sound');
  });
}

test('changed text is not quoted by the very next answer, and is put right without waiting for the night', async (t) => {
  const { app, ferry, file } = await taught(t);
  turnBit(file, ['chunks', 'text'], `document_id = ${ferry}`);
  assert.deepEqual(await ferryTexts(app), [], 'nobody reads what was changed');
  while (app.integrity.history().length === 0) await setImmediate();
  assert.equal(app.integrity.history()[0]?.findings[0]?.state, 'repaired');
  await settled(app);
  assert.deepEqual(await ferryTexts(app), [FERRY]);
});

test('a vector that the disk has changed is made anew, and is not handed on to a passage of the same text', async (t) => {
  const { app, ferry, file } = await taught(t);
  const { store, engine } = app.knowledge;
  const { id: space } = engine.embedder.space;
  const vectorOf = (id: number) => store.knowledge.documentVectors(id, space, { after: 0, limit: 1 })[0]?.vector;
  const before = vectorOf(ferry);
  turnBit(file, ['vectors', 'vector'], `chunk_id IN (SELECT id FROM chunks WHERE document_id = ${ferry})`);
  assert.notDeepEqual(vectorOf(ferry), before);
  // Of the same title and text, so that its vector comes from the cache; another file all the same.
  const again = await teachApp(app, 'Ferry', `${FERRY}\n`);
  assert.deepEqual(vectorOf(again), before);
  assert.equal((await look(app)).state, 'repaired');
  await settled(app);
  assert.deepEqual(vectorOf(ferry), before);
});

const environments: Readonly<Record<string, Env>> = {
  'a backup': {},
  'an encrypted backup': { ...aliceVariables, BACKUP_ENCRYPT_LOCAL: 'true' },
};

for (const [what, env] of Object.entries(environments)) {
  test(`a document that the disk has changed is restored from ${what}, it alone, and that is told and recorded`, async (t) => {
    const { app, ferry, file } = await taught(t, env);
    await app.backups.create({ kind: 'manual', reason: null, by: BY });
    const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
    await teachApp(app, 'Harbour', 'The harbour master is called Ines.');
    turnBit(file, ['document_contents', 'content'], `document_id = ${ferry}`);
    await app.backups.create({ kind: 'manual', reason: null, by: BY }); // the newest, and as little whole

    const { state, en, ja } = await look(app);
    assert.equal(state, 'repaired', en);
    assert.match(en, new RegExp(`“Ferry”.*restored from ${entry.name}`));
    assert.match(ja, new RegExp(`「Ferry」.*${entry.name} から復元`));
    assert.equal(contentOf(app, ferry), FERRY);
    assert.deepEqual(titlesOf(app), ['Ferry', 'Harbour', 'Lighthouse']);
    assert.equal((await look(app)).state, 'sound');
    const records = await auditOf(app);
    assert.deepEqual(
      records.filter(({ action }) => action === 'document restore').map(({ outcome, backup }) => [outcome, backup]),
      [['done', entry.name]],
    );
  });
}

for (const column of ['title', 'url', 'name', 'guild_id', 'added_by', 'content_hash', 'search_key']) {
  test(`what is kept about a document comes back when the disk has changed its ${column}`, async (t) => {
    const { app, file } = await taught(t);
    const { library } = app.knowledge;
    const given = { guildId: guildOf(app), title: 'Tides', name: 'tides.md', url: 'https://example.org/tides' };
    const { document, job } = library.add({ ...given, content: Buffer.from('High tide is at noon.'), addedBy: 'u1' });
    await ended(library, job);
    const before = app.knowledge.store.knowledge.document(guildOf(app), document.id);
    await app.backups.create({ kind: 'manual', reason: null, by: BY });
    turnBit(file, ['documents', column], `id = ${document.id}`);
    const passages = await shown(app, 'When is high tide?');
    const isShown = ['content_hash', 'search_key'].includes(column);
    if (!isShown) assert.ok(!passages.some(({ documentId }) => documentId === document.id), 'nothing changed is shown');
    await look(app);
    await settled(app);
    const { state } = await look(app);
    assert.equal(state, 'sound');
    assert.deepEqual(app.knowledge.store.knowledge.document(guildOf(app), document.id), before);
    assert.deepEqual(
      app.knowledge.library.suggest(guildOf(app), 'tides').map(({ id }) => id),
      [document.id],
    );
  });
}

test('what no backup has whole is said to be lost, is left out of answers, and comes back when it is given again', async (t) => {
  const { app, ferry, file } = await taught(t);
  turnBit(file, ['document_contents', 'content'], `document_id = ${ferry}`);
  assert.throws(() => contentOf(app, ferry), { code: 'damaged' });
  const first = await look(app);
  assert.equal(first.state, 'damaged');
  assert.match(first.en, /“Ferry”, and no backup here has it whole.*Add the same file again/);
  assert.deepEqual(await ferryTexts(app), [FERRY], 'its passages are whole, each by its own hash');
  turnBit(file, ['chunks', 'text'], `document_id = ${ferry}`);
  assert.equal((await look(app)).state, 'damaged');
  assert.deepEqual(await ferryTexts(app), []);
  const failureIn = (locale: Locale) => {
    const { failureWords } = app.knowledge.library.show(guildOf(app), ferry).document;
    return wordsIn(locale, failureWords ?? '');
  };
  assert.match(failureIn('en'), /no backup here has it whole.*Add the same file again/);
  assert.match(failureIn('ja'), /もう一度追加/);
  assert.ok(app.alerts.open().some(({ key, severity }) => key === 'integrity:contents' && severity === 'critical'));

  assert.equal(await teachApp(app, 'Ferry', FERRY), ferry);
  assert.deepEqual(await ferryTexts(app), [FERRY]);
  assert.equal((await look(app)).state, 'sound');
  assert.ok(!app.alerts.open().some(({ key }) => key === 'integrity:contents'));
});

test('a file that is given again mends one that is there and was changed, though it is no new one', async (t) => {
  const { app, ferry, file } = await taught(t);
  turnBit(file, ['document_contents', 'content'], `document_id = ${ferry}`);
  const { library } = app.knowledge;
  const content = Buffer.from(FERRY);
  const { duplicate, job } = library.add({ guildId: guildOf(app), name: 'Ferry.md', content, addedBy: 'u1' });
  assert.equal(duplicate, true);
  await ended(library, job);
  assert.equal(contentOf(app, ferry), FERRY);
  assert.equal((await look(app)).state, 'sound');
});

test('rows of an older version have no checksums, are checked by what they have, and get theirs', async (t) => {
  const { app, ferry, file } = await taught(t);
  const db = new Database(file);
  t.after(() => db.close());
  const unsealed = () =>
    ['documents', 'chunks', 'vectors'].map((table) =>
      db.prepare<[], number>(`SELECT count(*) FROM ${table} WHERE checksum IS NULL`).pluck().get(),
    );
  for (const table of ['documents', 'chunks', 'vectors']) db.exec(`UPDATE ${table} SET checksum = NULL`);
  turnBit(file, ['chunks', 'text'], `document_id = ${ferry}`);
  assert.deepEqual(await ferryTexts(app), []);
  await app.backups.create({ kind: 'manual', reason: null, by: BY });
  await look(app);
  await settled(app);
  assert.equal((await look(app)).state, 'sound');
  assert.deepEqual(unsealed(), [0, 0, 0]);
  assert.deepEqual(await ferryTexts(app), [FERRY]);
});

test('passages that the index of words has lost are found by words again', async (t) => {
  const { app, ferry, file } = await taught(t);
  const db = new Database(file);
  db.exec(`DELETE FROM chunk_words WHERE rowid IN (SELECT id FROM chunks WHERE document_id = ${ferry})`);
  db.close();
  const found = () => app.knowledge.store.knowledge.searchWords(guildOf(app), ['pier'], 5);
  assert.equal((await found()).length, 0);
  assert.match((await look(app)).en, /index of words lacked 1 passage/);
  assert.equal((await found()).length, 1);
});

test('a backup says which documents in it are not as they were stored, when it is made and when it is verified', async (t) => {
  const { app, ferry, file } = await taught(t);
  turnBit(file, ['document_contents', 'content'], `document_id = ${ferry}`);
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  const verified = await app.backups.verify(entry.name);
  for (const { state, problem } of [entry, verified]) {
    assert.equal(state, 'good', 'it is all there is of what came since the last one');
    assert.match(problem ?? '', /document \d+ “Ferry” is not as it was stored: its text/);
  }
});

test('a backup in which a document was changed is restored all the same, and that document from another one', async (t) => {
  const { app, ferry, file } = await taught(t);
  await app.backups.create({ kind: 'manual', reason: null, by: BY });
  await teachApp(app, 'Harbour', 'The harbour master is called Ines.');
  turnBit(file, ['document_contents', 'content'], `document_id = ${ferry}`);
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  assert.equal((await look(app)).state, 'repaired');
  const looks = app.integrity.history().length;
  await app.backups.restore(entry.name, BY);
  while (app.integrity.history().length === looks) await setImmediate();
  assert.equal(app.integrity.history()[0]?.findings[0]?.state, 'repaired');
  assert.equal(contentOf(app, ferry), FERRY);
  assert.deepEqual(titlesOf(app), ['Ferry', 'Harbour', 'Lighthouse']);
});

async function auditOf(app: App) {
  const text = await readFile(auditFileOf(app.knowledge.store.file), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { action: string; outcome: string; backup?: string });
}
