import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { openStore, type Store } from '../../src/adapters/sqlite/open.ts';
import { wordsIn, type Words } from '../../src/errors.ts';
import { tempFolder } from '../support/temp-store.ts';

interface Stage {
  readonly folder: string;
  readonly file: string;
  readonly store: Store;
  readonly mended: string[];
}

function stageIn(t: TestContext): Stage {
  const folder = join(tempFolder(t), 'data');
  rmSync(folder, { recursive: true, force: true });
  cpSync(tempFolder(t), folder, { recursive: true });
  const file = join(folder, 'bot.db');
  const mended: string[] = [];
  const onMended = (words: Words) => void mended.push(wordsIn('en', words));
  const store = openStore({ file, timeoutMs: 1_000, onMended });
  t.after(() => store.close());
  store.nameLog(true);
  store.settings.saveSetting('global', 'first', 1);
  return { folder, file, store, mended };
}

/** What a copy of the files as they lie there has, as after a power cut. */
function savedIn(t: TestContext, { folder }: Stage): unknown[] {
  const copy = join(tempFolder(t), 'copy');
  cpSync(folder, copy, { recursive: true });
  const db = new Database(join(copy, 'bot.db'));
  try {
    assert.deepEqual(db.pragma('integrity_check', { simple: true }), 'ok');
    return db.prepare("SELECT key FROM settings WHERE scope = 'global' ORDER BY key").pluck().all();
  } finally {
    db.close();
  }
}

const save = ({ store }: Stage, key: string) => store.settings.saveSetting('global', key, 1);

const losses: Readonly<Record<string, { take: (stage: Stage) => () => void; says: RegExp; ja: RegExp }>> = {
  'the folder is moved away': {
    take: ({ folder }) => (renameSync(folder, `${folder}-away`), () => renameSync(`${folder}-away`, folder)),
    says: /The folder .*data is gone.*its volume is not mounted.*Mount it again/,
    ja: /フォルダー .* がデータベースごとなくなりました/,
  },
  'the database file is moved away': {
    take: ({ file }) => (renameSync(file, `${file}-away`), () => renameSync(`${file}-away`, file)),
    says: /bot\.db was deleted or moved away.*restore a backup/,
    ja: /削除または移動されました/,
  },
  'another database is put in its place': {
    take: ({ file }) => {
      renameSync(file, `${file}-away`);
      cpSync(`${file}-away`, file);
      return () => renameSync(`${file}-away`, file);
    },
    says: /was replaced while the bot was running.*delete .*bot\.db-wal and .*bot\.db-shm/,
    ja: /置き換えられました/,
  },
  'another log is put in the place of its own': {
    take: ({ file }) => {
      renameSync(`${file}-wal`, `${file}-away`);
      writeFileSync(`${file}-wal`, readFileSync(`${file}-away`));
      return () => renameSync(`${file}-away`, `${file}-wal`);
    },
    says: /bot\.db-wal, which belongs to the open database, was replaced.*Restart the bot/,
    ja: /置き換えされました/,
  },
};

for (const [what, { take, says, ja }] of Object.entries(losses)) {
  test(`once ${what}, nothing more is acknowledged, and all goes on when it is back`, async (t) => {
    const stage = stageIn(t);
    const { condition } = stage.store;
    assert.equal(await condition.look(), null);
    const putBack = take(stage);
    assert.throws(() => save(stage, 'lost'), { code: 'unavailable', message: says });
    await assert.rejects(stage.store.probe.probe(), { code: 'unavailable', message: says });
    const trouble = await condition.look();
    assert.match(wordsIn('ja', trouble?.words ?? ''), ja);
    assert.equal(condition.trouble(), trouble);
    putBack();
    assert.equal(await condition.look(), null);
    save(stage, 'kept');
    assert.ok(savedIn(t, stage).includes('kept'));
  });
}

test('what was saved is whole after its folder was deleted and another bot began there: neither spoils the other', (t) => {
  const stage = stageIn(t);
  rmSync(stage.folder, { recursive: true });
  cpSync(tempFolder(t), stage.folder, { recursive: true });
  const other = openStore({ file: stage.file, timeoutMs: 1_000 });
  t.after(() => other.close());
  other.settings.saveSetting('global', 'other', 1);
  assert.throws(() => save(stage, 'lost'), { code: 'unavailable' });
  stage.store.close();
  other.settings.saveSetting('global', 'another', 1);
  assert.deepEqual(savedIn(t, stage), ['another', 'other']);
});

for (const names of [['-wal'], ['-shm'], ['-wal', '-shm']]) {
  test(`when ${names.join(' and ')} of the open database are deleted, all that was saved is moved into the file`, async (t) => {
    const stage = stageIn(t);
    for (const name of names) rmSync(`${stage.file}${name}`);
    save(stage, 'second');
    assert.deepEqual(savedIn(t, stage), ['first', 'second']);
    assert.equal(stage.mended.length, 1);
    assert.match(stage.mended[0] ?? '', /was deleted while the bot was running.*nothing is lost/);
    for (const name of names) rmSync(`${stage.file}${name}`);
    assert.equal(await stage.store.condition.look(), null, 'without anybody writing, too');
    assert.deepEqual(savedIn(t, stage), ['first', 'second']);
    save(stage, 'third');
    assert.deepEqual(savedIn(t, stage), ['first', 'second', 'third']);
  });
}

test('while somebody reads, a log that was deleted cannot be made anew: nothing is acknowledged until it is', async (t) => {
  const stage = stageIn(t);
  const reader = new Database(stage.file, { readonly: true });
  t.after(() => reader.close());
  reader.prepare('SELECT * FROM settings').all();
  rmSync(`${stage.file}-wal`);
  assert.throws(() => save(stage, 'second'), {
    code: 'unavailable',
    message: /bot\.db-wal.*was deleted.*Restart the bot/,
  });
  reader.close();
  assert.equal(await stage.store.condition.look(), null);
  assert.deepEqual(savedIn(t, stage), ['first', 'second']);
});

test('a database that was emptied is said to be damaged, and so is one whose pages are not what they were', async (t) => {
  const stage = stageIn(t);
  rmSync(`${stage.file}-wal`);
  truncateSync(stage.file, 0);
  const trouble = await stage.store.condition.look();
  assert.deepEqual([trouble?.code, /is empty.*Restore a backup/.test(trouble?.message ?? '')], ['damaged', true]);

  const other = stageIn(t);
  const { store, file } = other;
  store.close();
  const db = new Database(file);
  const find = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'settings'").pluck();
  const page = find.get() ?? assert.fail();
  db.close();
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, (page - 1) * 4096, page * 4096));
  const damaged = openStore({ file, timeoutMs: 1_000 });
  t.after(() => damaged.close());
  assert.throws(() => damaged.settings.setting('global', 'first'), { code: 'damaged' });
  assert.equal(damaged.condition.trouble()?.code, 'damaged');
  assert.equal((await damaged.condition.look())?.code, 'damaged', 'it does not mend by itself');
  damaged.condition.judged(null);
  assert.equal(damaged.condition.trouble(), null, 'once all of it was looked through and found whole');
});

test('files that are only touched, copied elsewhere or looked into with other programs are no loss', async (t) => {
  const stage = stageIn(t);
  const other = new Database(stage.file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.exec("INSERT INTO settings (scope, key, value) VALUES ('global', 'other', '1')");
  other.pragma('optimize');
  await other.backup(join(dirname(stage.folder), 'copy.db'));
  other.close();
  cpSync(stage.folder, `${stage.folder}-copy`, { recursive: true, preserveTimestamps: true });
  assert.equal(await stage.store.condition.look(), null);
  save(stage, 'second');
  assert.deepEqual(savedIn(t, stage), ['first', 'other', 'second']);
});
