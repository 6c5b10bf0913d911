import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore, type Store } from '../../src/adapters/sqlite/open.ts';
import { settlePeople } from '../../src/app/forgetting.ts';
import { openHousekeeping } from '../../src/app/housekeeping.ts';
import { createPeopleDesk } from '../../src/app/people.ts';
import { createTombstones } from '../../src/app/tombstones.ts';
import { AppError } from '../../src/errors.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openRestoreStage, PERSON } from '../support/restore-stage.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const MIKA = '100000000000000001';
const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 21);

function asks(store: Store, askedAt: number, userId = MIKA): number {
  return store.history.recordQuestion({
    guildId: '200000000000000001',
    channelId: 'c',
    userId,
    question: 'Where is the harbour?',
    answer: 'In the bay.',
    outcome: 'answered',
    rung: 'written',
    engine: 'offline',
    chunkIds: [],
    citedChunkIds: [],
    durationMs: 1,
    askedAt,
  });
}

const noTrail = { by: async () => [] };

test('a removal that a crash interrupted is finished by the next start, before anybody is let in', async (t) => {
  const folder = tempFolder(t);
  const stage = await openRestoreStage(t, folder);
  const store = stage.premises.knowledge().store;
  asks(store, NOW);
  // As far as it had come: written down, nothing removed.
  await stage.premises.tombstones.add([{ userId: MIKA, at: NOW }]);
  await stage.premises[Symbol.asyncDispose]();
  const again = await openRestoreStage(t, folder);
  assert.equal(again.premises.knowledge().store.people.countOf(MIKA).questions, 0);
  assert.deepEqual(again.premises.knowledge().store.people.forgotten(), [{ userId: MIKA, at: NOW }]);
});

test('a restore that cannot remove again what was removed puts back what was there', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t), {
    disturb: () => ({ settle: () => Promise.reject(new AppError('limit', 'The disk is full.')) }),
  });
  const people = () => stage.premises.knowledge().store.people;
  asks(stage.premises.knowledge().store, NOW);
  await stage.backUp('first');
  await stage.premises.tombstones.add([{ userId: MIKA, at: NOW }]);
  people().removeQuestionsOf({ userId: MIKA, at: NOW }, 10);
  await assert.rejects(stage.restore.restore('first', PERSON), /everything is as it was before/);
  assert.equal(people().countOf(MIKA).questions, 0);
});

test('while a backup is restored nobody’s wish is lost: it is refused in words, or written down and carried out', async (t) => {
  const { store } = tempStore(t);
  const folder = tempFolder(t);
  const { log } = recordingLog();
  const config = { database: { file: join(folder, 'bot.db') }, backup: { directory: folder } } as never;
  const tombstones = createTombstones(config, log);
  let asked = 0;
  let shutAfter = 0;
  const desk = createPeopleDesk(
    { historyDays: 90 },
    {
      store: () => {
        if ((asked += 1) > shutAfter) throw new AppError('busy', 'I am restoring a backup.');
        return store.people;
      },
      tombstones,
      trail: noTrail,
      onForgotten: () => undefined,
      backups: () => ({ days: 7, afterChanges: false, onGithub: false }),
      clock: () => NOW,
      log,
    },
  );
  asks(store, NOW);
  await assert.rejects(desk.forget(MIKA), /restoring/);
  assert.deepEqual(await tombstones.read(), []);
  [asked, shutAfter] = [0, 2];
  assert.equal((await desk.forget(MIKA)).isDelayed, true);
  assert.equal(store.people.countOf(MIKA).questions, 1);
  await settlePeople(store.people, tombstones, log);
  assert.equal(store.people.countOf(MIKA).questions, 0);
});

test('each place alone remembers who is to be forgotten, and a spoilt line hides no other', async (t) => {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'backups'));
  const { log, lines } = recordingLog();
  const config = {
    database: { file: join(folder, 'bot.db') },
    backup: { directory: join(folder, 'backups') },
  } as never;
  const tombstones = createTombstones(config, log);
  const [own, copy] = [join(folder, '.bot.db.forgotten.jsonl'), join(folder, 'backups', '.nescordbot-forgotten.jsonl')];
  const mika = { userId: MIKA, at: NOW };
  const sam = { userId: '2', at: NOW };
  await tombstones.add([mika]);
  await appendFile(own, 'nonsense\n{"user":3,"at":"2026"}\n{"user":"4","at":"soon"}\n{"user":');
  await Promise.all([tombstones.add([sam]), tombstones.add([{ ...mika, at: NOW + 1 }])]);
  const all = [{ ...mika, at: NOW + 1 }, sam];
  assert.deepEqual(await tombstones.read(), all);
  assert.equal((await readFile(own, 'utf8')).split('\n').length, 3);
  await rm(own);
  assert.deepEqual(await tombstones.read(), all);
  await rm(join(folder, 'backups'), { recursive: true });

  // Both files are gone, as on a new machine: the database that was restored has it, and tells the files.
  const store = openStore({ file: join(folder, 'bot.db'), timeoutMs: 1000 });
  t.after(() => store.close());
  store.people.saveForgotten(all);
  asks(store, NOW);
  await settlePeople(store.people, tombstones, log);
  assert.equal(store.people.countOf(MIKA).questions, 0);
  assert.deepEqual(await tombstones.read(), all);
  // No folder of backups is made for it: it may be a mount that is missing.
  assert.ok(lines.some(({ level, message }) => level === 'warn' && message.includes(copy)));
  await rm(own);
  await mkdir(own);
  assert.deepEqual(await tombstones.read(), []);
  assert.ok(lines.some(({ message }) => /cannot be read; the other copies are used/.test(message)));
});

test('every day what is older than HISTORY_DAYS goes, counted in the log, and what came in late of the forgotten', async (t) => {
  const { store } = tempStore(t);
  const { log, lines } = recordingLog();
  for (let day = 1; day <= 120; day += 1) asks(store, NOW - day * DAY, 'sam');
  asks(store, NOW - 5);
  store.people.saveForgotten([{ userId: MIKA, at: NOW }]);
  // Asked for while a restore was about to let people in again: only the file knows of it.
  const late = { userId: '100000000000000002', at: NOW };
  asks(store, NOW - 5, late.userId);
  const figures = store.insights.figures(NOW - 200 * DAY, NOW + DAY);
  const tombstones = { read: async () => [late] };
  const options = {
    people: () => store.people,
    tombstones,
    historyDays: 90,
    mayDeleteByAge: () => true,
    clock: () => NOW,
    log,
  };
  {
    await using keeping = openHousekeeping(options);
    await keeping.tidy();
  }
  assert.equal(store.people.countOf('sam').questions, 90);
  assert.equal(store.people.countOf(MIKA).questions, 0);
  assert.equal(store.people.countOf(late.userId).questions, 0);
  assert.equal(store.people.forgotten().length, 2);
  assert.deepEqual(store.insights.figures(NOW - 200 * DAY, NOW + DAY), figures);
  assert.ok(lines.some(({ message }) => message === 'Removed 30 questions, answers included, older than 90 days'));
  {
    await using keeping = openHousekeeping({ ...options, historyDays: null, clock: () => NOW + 1000 * DAY });
    await keeping.tidy();
  }
  assert.equal(store.people.countOf('sam').questions, 90, 'HISTORY_DAYS=0 keeps them');
  await using keeping = openHousekeeping({
    ...options,
    people: () => {
      throw new AppError('unavailable', 'The disk is gone.');
    },
  });
  await keeping.tidy();
  assert.ok(lines.some(({ level, message }) => level === 'error' && /trying again in 10 minutes/.test(message)));
});

test('while it is not certain what time it is no question goes because it is old, and it goes once it is', async (t) => {
  const { store } = tempStore(t);
  asks(store, NOW - 5 * DAY, 'sam');
  asks(store, NOW - 5);
  const { log } = recordingLog();
  let isCertain = false;
  await using keeping = openHousekeeping({
    people: () => store.people,
    // Of somebody who asked to be forgotten under another clock; and of somebody who just did.
    tombstones: { read: async () => [{ userId: 'sam', at: NOW + 800 * DAY }, { userId: MIKA, at: NOW + 400 * DAY }] }, // prettier-ignore
    historyDays: 90,
    mayDeleteByAge: () => isCertain,
    clock: () => NOW + 400 * DAY,
    log,
  });
  await keeping.tidy();
  assert.equal(store.people.countOf('sam').questions, 1);
  assert.equal(store.people.countOf(MIKA).questions, 0, 'who asks to be forgotten is, all the same');
  isCertain = true;
  await keeping.tidy();
  assert.equal(store.people.countOf('sam').questions, 0);
});

test('an export of very much is packed, and one that fits nowhere is refused with the way out', async (t) => {
  const { store } = tempStore(t);
  const { log } = recordingLog();
  const people = {
    ...store.people,
    questionsOf: (_: string, { after }: { after: number }) =>
      after >= 60
        ? []
        : Array.from({ length: 100 }, (_value, index) => ({
            id: after + index / 100 + 1,
            guildId: 'g',
            channelId: 'c',
            question: 'q',
            answer: 'x'.repeat(size),
            outcome: 'answered',
            askedAt: NOW,
          })),
  };
  let size = 4000;
  const desk = createPeopleDesk(
    { historyDays: null },
    {
      store: () => people,
      tombstones: { read: async () => [], add: async () => undefined },
      trail: { by: async () => [{ at: NOW, from: 'discord', action: 'backup', outcome: 'done', by: MIKA }] },
      onForgotten: () => undefined,
      backups: () => ({ days: 7, afterChanges: false, onGithub: false }),
      clock: () => NOW,
      log,
    },
  );
  const { name, content } = await desk.exportOf(MIKA, 'ja');
  assert.equal(name, `nescordbot-${MIKA}-2026-11-21.json.gz`);
  assert.ok(content.byteLength < 8_000_000);
  size = 30_000;
  await assert.rejects(desk.exportOf(MIKA, 'en'), { code: 'limit', message: /Ask whoever runs this bot/ });
  const small = { ...people, questionsOf: () => [] };
  Object.assign(people, small);
  const file = await desk.exportOf(MIKA, 'ja');
  const text = Buffer.from(file.content).toString('utf8');
  const parsed = JSON.parse(text) as Record<string, unknown>;
  assert.match(String(parsed['about']), /保存している/);
  assert.deepEqual(parsed['actions'], [
    { at: '2026-11-21T00:00:00.000Z', from: 'discord', action: 'backup', outcome: 'done', by: MIKA },
  ]);
});
