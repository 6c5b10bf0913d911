import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { Content, Premises } from '../../src/backup/ports.ts';
import { AppError, isAppError } from '../../src/errors.ts';
import { openTestChroma } from '../support/chroma.ts';
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

test('a backup is restored on a real volume', async (t) => {
  const folder = tempFolder(t);
  let shut = 0;
  const stage = await openRestoreStage(t, folder, {
    disturb: (premises) => ({
      async reoccupy() {
        await assertShut(premises);
        shut += 1;
        await premises.reoccupy();
      },
    }),
  });
  await scene(stage);
  const { restore } = stage;
  let safety = '';

  await t.test('a second process is refused while a bot has the volume', async (t) => {
    await assert.rejects(openRestoreStage(t, folder), {
      code: 'conflict',
      message: /Another NescordBot is running on/,
    });
  });

  await t.test('it does not begin while another program has the database open', async () => {
    const other = new Database(stage.config.database.file);
    other.prepare('SELECT count(*) FROM documents').get();
    await assert.rejects(restore.restore('first', PERSON), {
      code: 'busy',
      message: /Another program.*working on the database/,
    });
    other.close();
    assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
  });

  await t.test('it brings back what was backed up, as its preview says', async () => {
    const preview = await restore.preview('first');
    assert.deepEqual(preview.documentsLost, { count: 1, titles: ['ferry'] });
    assert.deepEqual(preview.documentsReturning, { count: 1, titles: ['harbour'] });
    assert.deepEqual(preview.remarks, []);
    assert.deepEqual(stage.titles(), ['ferry', 'lighthouse'], 'looking changes nothing');

    const stages: string[] = [];
    const before = shut;
    const done = await restore.restore('first', PERSON, { onProgress: (one) => stages.push(one.stage) });
    safety = done.safety.name;
    assert.deepEqual(stage.titles(), ['harbour', 'lighthouse']);
    assert.deepEqual((await stage.found('Who is the harbour master?'))[0], 'harbour');
    assert.ok(!(await stage.found('ferry island')).includes('ferry'));
    assert.equal(done.documents, 2);
    assert.deepEqual([...new Set(stages)], ['checking', 'staging', 'saving', 'swapping', 'opening', 'done']);
    assert.deepEqual(await leftovers(stage), []);
    assert.equal(shut, before + 1, 'people were told meanwhile');
    assert.ok(stage.premises.parts().every(({ state }) => state === 'ok'));
  });

  await t.test('numbers that were given out before are not given out again', async () => {
    assert.equal(await stage.teach('buoy', 'The red buoy marks the shallow water.'), 4, 'number 3 was the ferry');
  });

  await t.test('its safety backup brings back what was there before', async () => {
    await restore.restore(safety, PERSON);
    assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
    assert.deepEqual((await stage.found('When does the ferry leave?'))[0], 'ferry');
  });

  await t.test('a backup of a newer program is refused in words before anything happens', async () => {
    await stage.backUp('newer', { schemaVersion: 99 });
    await stage.backUp('newest', { format: 2 });
    for (const name of ['newer', 'newest']) {
      await assert.rejects(restore.restore(name, PERSON), { code: 'conflict', message: /newer NescordBot.*Update/ });
    }
    assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
  });

  await t.test('an index of another prefix or a newer Chroma is rebuilt, which the preview says', async () => {
    await stage.backUp('prefixed', { collectionPrefix: 'another' });
    await stage.backUp('of newer Chroma', { chromaVersion: '1.10.0' });
    for (const name of ['prefixed', 'of newer Chroma']) {
      const { remarks } = await restore.preview(name);
      assert.match(remarks.map(({ en }) => en).join('\n'), /search index is rebuilt/);
      await restore.restore(name, PERSON);
      assert.deepEqual((await stage.found('When does the lighthouse open?'))[0], 'lighthouse');
    }
  });
});

/** Nobody is let in, and everybody is told why. */
async function assertShut(premises: RestoreStage['premises']): Promise<void> {
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
}

/** What goes wrong, by what it is called. */
const FAILURES: Readonly<Record<string, (premises: Premises) => Partial<Premises>>> = {
  'the database in the backup has other counts than its manifest': () => ({}),
  'what was restored cannot be opened': (premises) => {
    let opened = 0;
    return {
      reoccupy: () => {
        if ((opened += 1) > 1) return premises.reoccupy();
        return Promise.reject(new AppError('damaged', 'It does not open.'));
      },
    };
  },
  'what was restored opens and has other counts': (premises) => ({
    tables: async () => ({ ...(await premises.tables()), documents: 99 }),
  }),
  'another program has the database open': () => ({
    claim: () => Promise.reject(new AppError('busy', 'Another program has it.')),
  }),
};

test('everything is as it was when a restore fails', async (t) => {
  let undisturbed: Premises | undefined;
  let now: Premises | undefined;
  const contents: Content[] = [];
  const stage = await openRestoreStage(t, tempFolder(t), {
    disturb(premises) {
      undisturbed = premises;
      contents.push(...premises.contents);
      const present = () => now ?? premises;
      return {
        contents,
        hold: () => present().hold(),
        resume: () => present().resume(),
        reoccupy: () => present().reoccupy(),
        tables: () => present().tables(),
        claim: () => present().claim(),
      };
    },
  });
  await scene(stage);
  let [titles, number] = [['ferry', 'lighthouse'], 3];
  for (const [what, disturb] of Object.entries(FAILURES)) {
    await t.test(`because ${what}`, async () => {
      const isLying = what.includes('manifest');
      if (isLying)
        await stage.backUp('lying', { counts: { tables: { documents: 77 }, collections: {}, knowledge: null } });
      assert.ok(undisturbed !== undefined);
      now = { ...undisturbed, ...disturb(undisturbed) };
      await assert.rejects(stage.restore.restore(isLying ? 'lying' : 'first', PERSON), (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.match(error.message, isLying ? /not sound .*nothing was changed/ : /everything is as it was before/);
        return true;
      });
      now = undisturbed;
      assert.deepEqual(stage.titles(), titles);
      assert.deepEqual((await stage.found('When does the ferry leave?'))[0], 'ferry');
      number += 1;
      assert.equal(await stage.teach(`buoy ${number}`, `The red buoy ${number} marks the shallow water.`), number);
      titles = [`buoy ${number}`, ...titles].sort();
      assert.deepEqual(await leftovers(stage), []);
    });
  }
  await t.test('but for what was unpacked, where that cannot be deleted', async () => {
    const premises = undisturbed ?? assert.fail();
    const undeletable: Content = { name: 'chroma', root: stage.config.database.file, owns: () => false, place: String };
    const hold = () => {
      premises.hold();
      contents.push(undeletable);
    };
    let resumed = 0;
    const resume = () => {
      resumed += 1;
      premises.resume();
    };
    now = { ...premises, hold, resume };
    await assert.rejects(stage.restore.restore('lying', PERSON), /not sound/);
    assert.ok(stage.lines.some(({ message }) => message.includes('could not be deleted; the next start does it')));
    assert.equal(resumed, 1, 'people are let in again');
  });
});

test('when nothing at all can be opened the bot gives up, and its next start is as before the restore', async (t) => {
  const folder = tempFolder(t);
  const failures: AppError[] = [];
  let broken = false;
  const stage = await openRestoreStage(t, folder, {
    disturb: (premises) => ({
      async reoccupy() {
        if (!broken) return premises.reoccupy();
        const failure = new AppError('unavailable', `Chroma does not start (${failures.length}).`);
        failures.push(failure);
        throw failure;
      },
    }),
  });
  await scene(stage);
  broken = true;
  await assert.rejects(stage.restore.restore('first', PERSON), (error: AppError) => {
    assert.equal(error.code, 'internal');
    assert.match(error.message, /The bot ends now.*start it again: it puts everything back by itself/);
    assert.ok(error.cause instanceof SuppressedError);
    assert.deepEqual([error.cause.suppressed, error.cause.error], failures, 'both are told');
    return true;
  });
  const hopeless = await stage.premises.gaveUp;
  assert.ok(isAppError(hopeless));
  const { en, ja } = hopeless.words as { en: string; ja: string };
  const safety = / and (\S+) has it, too/.exec(en)?.[1] ?? assert.fail(en);
  for (const part of ['.before-restore-', safety]) for (const words of [en, ja]) assert.ok(words.includes(part), words);
  assert.match(
    en,
    /could not be opened again\. Reason: .*Nothing of it was deleted.*start it again: it puts everything back/,
  );
  assert.match(en, new RegExp(`If it does not start, restore ${safety} with the shell command backup restore\\.`));
  assert.match(ja, /削除されていません.*自動的に元に戻ります.*シェルコマンド backup restore/);
  assert.throws(() => stage.titles(), { code: 'busy' });
  await stage.premises[Symbol.asyncDispose]();
  const again = await openRestoreStage(t, folder);
  assert.deepEqual(again.titles(), ['ferry', 'lighthouse']);
});

test('a database that does not even tell how much is in it is left, with nothing of it kept open', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  const { file } = stage.config.database;
  const other = new Database(file);
  other.exec('DROP TABLE vectors');
  other.close();
  await stage.premises.vacate(0);
  await stage.premises.claim();
  await openTestChroma(t, { directory: stage.config.chroma.directory });
  assert.ok(stage.lines.some(({ message }) => message.includes('does not tell how much is in it')));
});
