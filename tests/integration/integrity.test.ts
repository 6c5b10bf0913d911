import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { openIntegrityHistory } from '../../src/app/integrity/history.ts';
import { createDatabaseCheck } from '../../src/app/integrity/database-check.ts';
import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import { openTestApp } from '../support/app.ts';
import { createTestLog } from '../support/chroma.ts';
import { start } from '../support/start-stage.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';
import { backupThreads } from '../support/threads.ts';

const BY = { id: 'cli', name: 'cli' };
const statesOf = ({ findings }: IntegrityReport) => findings.map(({ part, state }) => `${part} ${state}`);

/** Takes the newest leaf of the index of words for zeros, as a bad sector would. */
function damageWords(file: string): void {
  const db = new Database(file);
  db.unsafeMode(true);
  db.exec(
    `UPDATE chunk_words_data SET block = zeroblob(length(block)) WHERE id = (SELECT max(id) FROM chunk_words_data)`,
  );
  db.close();
}

test('a bot finds what is broken, makes anew what it can, and asks for help with the rest', async (t) => {
  const app = await openTestApp(t);
  const { integrity, alerts, backups, knowledge } = app;
  const guildId = knowledge.store.knowledge.guildsWithDocuments()[0] ?? '';
  const { entry } = await backups.create({ kind: 'manual', reason: null, by: BY });
  const well = await integrity.look();
  assert.deepEqual(statesOf(well), ['database sound', 'contents sound', 'index sound', 'backups sound']);

  const { file } = knowledge.store;
  damageWords(file);
  const { index } = knowledge.indexServer;
  const key = { guildId, space: knowledge.engine.embedder.space };
  const ids: number[] = [];
  for await (const page of index.ids(key)) ids.push(...page);
  await index.remove(key, ids.slice(0, 5));
  const archive = join(dirname(file), 'backups', `${entry.name}.tar.zst`);
  const bytes = await readFile(archive);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(archive, bytes);

  const found = await integrity.look();
  assert.deepEqual(statesOf(found), ['database repaired', 'contents sound', 'index repaired', 'backups damaged']);
  assert.equal(await index.count(key), ids.length);
  assert.ok((await knowledge.store.knowledge.searchWords(guildId, ['backup'], 5)).length > 0, 'words are found again');
  const open = alerts.open().filter(({ key: about }) => about.startsWith('integrity:'));
  assert.deepEqual(
    open.map(({ key: about, severity }) => [about, severity]),
    [['integrity:backups', 'critical']],
  );
  assert.match(JSON.stringify(open), new RegExp(entry.name));

  await backups.create({ kind: 'manual', reason: null, by: BY });
  await backups.delete(entry.name, BY);
  assert.deepEqual(statesOf(await integrity.look()), [
    'database sound',
    'contents sound',
    'index sound',
    'backups sound',
  ]);
  assert.equal(alerts.open().filter(({ key: about }) => about.startsWith('integrity:')).length, 0);
  assert.equal(integrity.history().length, 3);
  t.diagnostic(`a look took ${found.durationMs} ms with repairs, ${well.durationMs} ms without`);
});

test('a restore does not find the database in the hands of a check', async (t) => {
  const folder = tempFolder(t);
  let checking: Database.Database | null = null;
  const onVacate = async () => void checking?.close();
  await using bot = await start(t, { DATA_DIR: folder }, { onVacate });
  const name = await bot.backUp();
  checking = new Database(join(folder, 'nescordbot.db'), { readonly: true });
  checking.prepare('SELECT count(*) FROM documents').get();
  await bot.restore(name);
  assert.equal(checking.open, false);
});

test('damage of the database beyond its index of words is left as it is, and told with the way back', async (t) => {
  const { file, store } = tempStore(t);
  store.close();
  const bytes = await readFile(file);
  bytes.fill(0xff, 4096, 6 * 4096);
  await writeFile(file, bytes);
  const check = createDatabaseCheck({
    file,
    open: () => store,
    ground: async () => null,
    files: createDatabaseFiles(backupThreads),
  });
  const { state, words } = await check.look(new AbortController().signal);
  assert.equal(state, 'damaged');
  assert.match(JSON.stringify(words), /is damaged: .*\/restore/);
});

test('what was found outlives the bot, a quarter of a year of it, and a file that is no history is begun anew', async (t) => {
  const file = join(tempFolder(t), 'integrity.json');
  const report: IntegrityReport = {
    at: 1,
    durationMs: 2,
    findings: [{ part: 'index', state: 'sound', words: 'fine' }],
  };
  const log = createTestLog();
  const first = await openIntegrityHistory(file, log);
  for (let at = 1; at <= 91; at += 1) await first.add({ ...report, at });
  const second = await openIntegrityHistory(file, log);
  assert.deepEqual([second.reports().length, second.reports()[0]?.at], [90, 91]);
  for (const text of ['', '{}', '[{"at":1}]', '[null]', '[{"at":1,"durationMs":1,"findings":[7]}]']) {
    await writeFile(file, text);
    assert.deepEqual((await openIntegrityHistory(file, log)).reports(), [], text);
  }
});
