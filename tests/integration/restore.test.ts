import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { AppError } from '../../src/errors.ts';
import { GUILD, openRestoreStage, PERSON, type RestoreStage } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

async function leftovers({ config }: RestoreStage): Promise<string[]> {
  const roots = [join(config.database.file, '..'), config.chroma.directory];
  const names = (await Promise.all(roots.map((root) => readdir(root)))).flat();
  return names.filter((name) => /stage|before|journal/.test(name));
}

async function scene(stage: RestoreStage): Promise<void> {
  await stage.teach('lighthouse', 'The lighthouse opens at nine in the morning.');
  await stage.teach('harbour', 'The harbour master is called Ines.');
  await stage.backUp('first');
  await stage.teach('ferry', 'The ferry to the island leaves twice a day.');
  stage.premises.door.library.remove(GUILD, 2);
}

test('a restore brings back what was backed up, and its safety backup what was there before', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  await scene(stage);
  const { restore } = stage;

  const preview = await restore.preview('first');
  assert.deepEqual(preview.documentsLost, { count: 1, titles: ['ferry'] });
  assert.deepEqual(preview.documentsReturning, { count: 1, titles: ['harbour'] });
  assert.deepEqual(preview.remarks, []);
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse'], 'looking changes nothing');

  const stages: string[] = [];
  const done = await restore.restore('first', PERSON, { onProgress: (one) => stages.push(one.stage) });
  assert.deepEqual(stage.titles(), ['harbour', 'lighthouse']);
  assert.deepEqual((await stage.found('Who is the harbour master?'))[0], 'harbour');
  assert.ok(!(await stage.found('ferry island')).includes('ferry'));
  assert.equal(done.documents, 2);
  assert.deepEqual([...new Set(stages)], ['checking', 'staging', 'saving', 'swapping', 'opening', 'done']);
  assert.deepEqual(await leftovers(stage), []);

  await restore.restore(done.safety.name, PERSON);
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
  assert.deepEqual((await stage.found('When does the ferry leave?'))[0], 'ferry');
});

test('numbers that were given out before a restore are not given out again', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  await scene(stage);
  await stage.restore.restore('first', PERSON);
  assert.equal(await stage.teach('buoy', 'The red buoy marks the shallow water.'), 4, 'number 3 was the ferry');
});

test('a backup of a newer program is refused in words before anything happens', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  await stage.teach('lighthouse', 'The lighthouse opens at nine in the morning.');
  await stage.backUp('newer', { schemaVersion: 99 });
  await stage.backUp('newest', { format: 2 });
  for (const name of ['newer', 'newest']) {
    await assert.rejects(stage.restore.restore(name, PERSON), {
      code: 'conflict',
      message: /newer NescordBot.*Update/,
    });
  }
  assert.deepEqual(stage.titles(), ['lighthouse']);
});

test('an index of another prefix or a newer Chroma is rebuilt, which the preview says', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  await stage.teach('lighthouse', 'The lighthouse opens at nine in the morning.');
  await stage.backUp('prefixed', { collectionPrefix: 'another' });
  await stage.backUp('newer', { chromaVersion: '1.10.0' });
  for (const name of ['prefixed', 'newer']) {
    const { remarks } = await stage.restore.preview(name);
    assert.match(remarks[0]?.en ?? '', /search index is rebuilt/);
    await stage.restore.restore(name, PERSON);
    assert.deepEqual((await stage.found('When does the lighthouse open?'))[0], 'lighthouse');
  }
});

const FAILURES = {
  'the database in the backup has other counts than its manifest': null,
  'what was restored cannot be opened': (() => {
    let opened = 0;
    return (stage: { reoccupy(): Promise<void> }) => ({
      reoccupy: () => {
        if ((opened += 1) > 1) return stage.reoccupy();
        return Promise.reject(new AppError('damaged', 'It does not open.'));
      },
    });
  })(),
  'what was restored opens and has other counts': (stage: { tables(): Promise<Readonly<Record<string, number>>> }) => ({
    tables: async () => ({ ...(await stage.tables()), documents: 99 }),
  }),
  'another program has the database open': () => ({
    claim: () => Promise.reject(new AppError('busy', 'Another program has it.')),
  }),
} as const;

for (const [what, disturb] of Object.entries(FAILURES)) {
  test(`everything is as it was when ${what}`, async (t) => {
    const stage = await openRestoreStage(t, tempFolder(t), disturb === null ? {} : { disturb });
    await scene(stage);
    const name = disturb === null ? 'lying' : 'first';
    if (disturb === null) await stage.backUp(name, { counts: { tables: { documents: 77 }, collections: {} } });
    await assert.rejects(stage.restore.restore(name, PERSON), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.match(
        error.message,
        disturb === null ? /not sound .*nothing was changed/ : /everything is as it was before/,
      );
      return true;
    });
    assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
    assert.deepEqual((await stage.found('When does the ferry leave?'))[0], 'ferry');
    assert.equal(await stage.teach('buoy', 'The red buoy marks the shallow water.'), 4);
    assert.deepEqual(await leftovers(stage), []);
  });
}

test('while a backup is restored, people are told so', async (t) => {
  const seen: string[] = [];
  const stage = await openRestoreStage(t, tempFolder(t), {
    disturb: (premises) => ({
      async reoccupy() {
        const { library, answers } = premises.door;
        for (const work of [
          () => library.list(GUILD, { offset: 0, limit: 1 }),
          () => library.remove(GUILD, 1),
          () => premises.knowledge(),
        ]) {
          assert.throws(work, { code: 'busy', message: /I am restoring a backup/, retryAfterMs: 60_000 });
        }
        await assert.rejects(library.search(GUILD, 'x', 1), { code: 'busy' });
        assert.deepEqual(answers.conversationBehind('1'), []);
        assert.deepEqual(library.suggest(GUILD, ''), []);
        assert.ok(premises.parts().every(({ state }) => state === 'starting'));
        seen.push('shut');
        await premises.reoccupy();
      },
    }),
  });
  await scene(stage);
  await stage.restore.restore('first', PERSON);
  assert.deepEqual(seen, ['shut']);
  assert.ok(stage.premises.parts().every(({ state }) => state === 'ok'));
});

test('a second process is refused while a bot has the volume', async (t) => {
  const folder = tempFolder(t);
  await openRestoreStage(t, folder);
  await assert.rejects(openRestoreStage(t, folder), { code: 'conflict', message: /Another NescordBot is running on/ });
});

test('a restore does not begin while another program has the database open', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  await scene(stage);
  const other = new Database(stage.config.database.file);
  t.after(() => other.close());
  other.prepare('SELECT count(*) FROM documents').get();
  await assert.rejects(stage.restore.restore('first', PERSON), {
    code: 'busy',
    message: /Another program.*working on the database/,
  });
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
  other.close();
  await stage.restore.restore('first', PERSON);
  assert.deepEqual(stage.titles(), ['harbour', 'lighthouse']);
});

test('when nothing at all can be opened the bot gives up, and its next start is as before the restore', async (t) => {
  const folder = tempFolder(t);
  let broken = false;
  const stage = await openRestoreStage(t, folder, {
    disturb: (premises) => ({
      async reoccupy() {
        if (broken) throw new AppError('unavailable', 'Chroma does not start.');
        await premises.reoccupy();
      },
    }),
  });
  await scene(stage);
  broken = true;
  await assert.rejects(stage.restore.restore('first', PERSON), {
    code: 'internal',
    message: /The bot stops; its next start/,
  });
  assert.match(String(await stage.premises.gaveUp), /could not be opened either/);
  assert.throws(() => stage.titles(), { code: 'busy' });
  await stage.premises[Symbol.asyncDispose]();
  const again = await openRestoreStage(t, folder);
  assert.deepEqual(again.titles(), ['ferry', 'lighthouse']);
});
