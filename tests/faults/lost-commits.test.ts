import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { wordsIn } from '../../src/errors.ts';
import { readMarkerFile } from '../../src/health/marker.ts';
import { start, type Start } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

const TITLES = ['lighthouse', 'ferry', 'harbour'];
const WAL = 'nescordbot.db-wal';

/** Looks again whenever something changes in the folder. */
async function changesInto(folder: string, isThere: () => Promise<boolean>): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const watcher = watch(folder, () => changed.resolve());
  while (!(await isThere())) {
    await changed.promise;
    changed = Promise.withResolvers<void>();
  }
  watcher.close();
}

/** What lies on the disk of a bot that was killed after it had acknowledged three documents, two of them since its start. */
async function killed(t: TestContext): Promise<string> {
  const folder = join(tempFolder(t), 'killed');
  const DATA_DIR = tempFolder(t);
  const [first = '', ...rest] = TITLES;
  {
    await using earlier = await start(t, { DATA_DIR });
    await earlier.teach(first);
  }
  await using bot = await start(t, { DATA_DIR });
  assert.ok(bot.premises, bot.lines.join('\n'));
  for (const title of rest) await bot.teach(title);
  const { knowledge } = bot.premises.state()?.position ?? assert.fail();
  const marker = join(DATA_DIR, '.nescordbot.db.installation.json');
  await changesInto(DATA_DIR, async () => (await readMarkerFile(marker))?.position?.knowledge === knowledge);
  cpSync(DATA_DIR, folder, { recursive: true, filter: (name) => !/-shm$|\.lock$/.test(name) });
  assert.ok(existsSync(join(folder, WAL)));
  return folder;
}

const volumeLike = (t: TestContext, folder: string): string => {
  const DATA_DIR = join(tempFolder(t), 'volume');
  cpSync(folder, DATA_DIR, { recursive: true });
  return DATA_DIR;
};

const alarmsOf = (bot: Start): string[] =>
  (bot.premises?.notices() ?? [])
    .map(({ words }) => wordsIn('en', words))
    .filter((words) => /behind|has lost/.test(words));

test('a bit that turned in the log of a killed bot is noticed, whichever it is, where it loses what was acknowledged', async (t) => {
  const folder = await killed(t);
  const log = readFileSync(join(folder, WAL));
  let losses = 0;
  for (let at = 1; at <= 9; at += 1) {
    const DATA_DIR = volumeLike(t, folder);
    const changed = Buffer.from(log);
    const byte = Math.floor((log.length * at) / 10);
    changed[byte] = (changed[byte] ?? 0) ^ 1;
    writeFileSync(join(DATA_DIR, WAL), changed);
    await using bot = await start(t, { DATA_DIR });
    assert.equal(bot.error, null, bot.lines.join('\n'));
    const missing = TITLES.filter((title) => !bot.titles().includes(title));
    assert.ok(
      missing.length === 0 || alarmsOf(bot).length > 0,
      `${missing.join()} lost at byte ${byte}, and nothing said`,
    );
    if (missing.length > 0) losses += 1;
    const timeline = bot.premises?.state()?.lineage[0];
    if (alarmsOf(bot).length > 0) assert.deepEqual([timeline?.number, timeline?.cause], [2, 'rollback']);
  }
  t.diagnostic(`of 9 bits ${losses} lost a document, and each was said`);
  assert.ok(losses > 0);
});

test('a log that is gone is noticed, and said once', async (t) => {
  const folder = await killed(t);
  rmSync(join(folder, WAL));
  await using bot = await start(t, { DATA_DIR: folder });
  assert.deepEqual(bot.titles(), TITLES.slice(0, 1));
  assert.equal(alarmsOf(bot).length, 1, bot.lines.join('\n'));
});

test('an ordinary kill is no loss, and nothing is said of one', async (t) => {
  const folder = await killed(t);
  await using bot = await start(t, { DATA_DIR: volumeLike(t, folder) });
  assert.deepEqual(bot.titles().toSorted(), TITLES.toSorted());
  assert.deepEqual(alarmsOf(bot), []);
  assert.equal(bot.premises?.state()?.lineage.length, 1);
});
