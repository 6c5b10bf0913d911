import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createBackupsCheck } from '../../src/app/integrity/backups-check.ts';
import { createDatabaseCheck } from '../../src/app/integrity/database-check.ts';
import { createIndexCheck } from '../../src/app/integrity/index-check.ts';
import { AppError, isAppError } from '../../src/errors.ts';
import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import { createIntegrityWatch, type IntegrityCheck } from '../../src/health/integrity/watch.ts';
import type { Alert } from '../../src/health/ports.ts';
import { createTestLog } from '../support/chroma.ts';
import { BACKUP_TIME, createScriptedBackups } from '../support/fake-backups.ts';
import { collectGarbage } from '../support/garbage.ts';

type Finding = Awaited<ReturnType<IntegrityCheck['look']>>;

const sound: Finding = { state: 'sound', words: 'fine' };
const broken: Finding = { state: 'damaged', words: 'broken' };

/** A watch over one part, which shows what the test says, night after night. */
function openWatch(look: (signal: AbortSignal) => Promise<Finding>) {
  const open = new Map<string, Alert>();
  const announced: unknown[] = [];
  const reports: IntegrityReport[] = [];
  const watch = createIntegrityWatch({
    checks: [{ part: 'index', look }],
    history: { reports: () => reports, add: async (report) => void reports.unshift(report) },
    alerts: {
      raise: (alert) => void open.set(alert.key, alert),
      resolve: (key) => void open.delete(key),
      announce: (words) => void announced.push(words),
    },
    clock: () => 1_000,
    log: createTestLog(),
  });
  return { watch, open, announced };
}

test('damage is an alert until it is gone, a repair is told once, and every look is kept', async () => {
  const nights: Finding[] = [broken, broken, { state: 'repaired', words: 'made anew' }, sound];
  const { watch, open, announced } = openWatch(async () => nights.shift() ?? sound);
  await watch.look();
  assert.deepEqual(open.get('integrity:index'), { key: 'integrity:index', severity: 'critical', words: 'broken' });
  await watch.look();
  assert.equal(open.size, 1);
  await watch.look();
  assert.equal(open.size, 0);
  await watch.look();
  assert.deepEqual(announced, ['made anew']);
  const states = watch.history().map(({ findings }) => findings[0]?.state);
  assert.deepEqual(states, ['sound', 'repaired', 'damaged', 'damaged']);
});

test('what cannot be looked at is told at the third time, does not end an alert, and is forgotten when it can', async () => {
  const nights = [broken, null, null, null, sound];
  const { watch, open } = openWatch(async () => {
    const night = nights.shift() ?? null;
    if (night === null) throw new AppError('unavailable', 'nobody answers');
    return night;
  });
  await watch.look();
  await watch.look();
  await watch.look();
  assert.deepEqual([...open.keys()], ['integrity:index']);
  await watch.look();
  assert.deepEqual([...open.keys()], ['integrity:index', 'integrity:index-skipped']);
  assert.match(JSON.stringify(open.get('integrity:index-skipped')), /3 times in a row.*nobody answers/);
  await watch.look();
  assert.equal(open.size, 0);
});

test('one look at a time, and none holds up the end', async () => {
  const begun = Promise.withResolvers<void>();
  const { watch } = openWatch(async (signal) => {
    begun.resolve();
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    return sound;
  });
  const looking = watch.look();
  await begun.promise;
  await assert.rejects(watch.look(), (error) => isAppError(error, 'busy'));
  const ended = assert.rejects(looking, (error) => isAppError(error, 'aborted'));
  await watch.close();
  await ended;
  assert.deepEqual(watch.history(), []);
});

test('a look makes way for a restore, which needs the database for itself, and the next one comes as ever', async () => {
  const begun = Promise.withResolvers<void>();
  let nights = 0;
  const { watch } = openWatch(async (signal) => {
    begun.resolve();
    nights += 1;
    if (nights > 1) return sound;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
  });
  const look = assert.rejects(watch.look(), (error) => isAppError(error, 'aborted'));
  await begun.promise;
  await watch.interrupt();
  await look;
  await watch.interrupt();
  assert.deepEqual(watch.history(), []);
  assert.equal((await watch.look()).findings[0]?.state, 'sound');
});

test('a database that is exchanged while it is looked at is not called damaged, nor is anything mended in it', async () => {
  const first = {};
  let opened: unknown = first;
  const mended: string[] = [];
  const check = createDatabaseCheck({
    file: 'bot.db',
    open() {
      if (opened === null) throw new AppError('busy', 'A backup is being restored.');
      return opened;
    },
    ground: async () => null,
    files: {
      async problems() {
        opened = opened === first ? {} : null;
        return ['SQLite cannot read it: chunk_words'];
      },
      async rebuildWords(file) {
        mended.push(file);
        return 0;
      },
    },
  });
  const { signal } = new AbortController();
  await assert.rejects(check.look(signal), (error) => isAppError(error, 'busy'));
  await assert.rejects(check.look(signal), (error) => isAppError(error, 'busy'));
  assert.deepEqual(mended, []);
});

test('a check of the index that takes too long is ended, whatever the garbage collector takes meanwhile', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const mostMs = 60_000;
  const check = createIndexCheck(async (signal) => {
    // As it does at work: nobody listens, it is looked at now and then.
    for (const passedMs of [mostMs - 1, 1]) {
      await setImmediate();
      collectGarbage();
      assert.equal(signal.aborted, false, 'it is not late yet');
      t.mock.timers.tick(passedMs);
    }
    if (signal.aborted) throw new AppError('aborted', 'It takes too long.');
    throw new Error('nobody ended it');
  }, mostMs);
  await assert.rejects(check.look(new AbortController().signal), (error) => isAppError(error, 'aborted'));
});

test('backups are read back once the job under way is done, and left out only when that takes too long', async () => {
  const script = createScriptedBackups();
  let busyFor = 2;
  const manager = {
    ...script.backups,
    async verify(...given: Parameters<typeof script.backups.verify>) {
      if (busyFor > 0) {
        busyFor -= 1;
        throw new AppError('busy', 'A backup is being made.');
      }
      return script.backups.verify(...given);
    },
  };
  const check = createBackupsCheck({ manager, clock: () => BACKUP_TIME, waitsMs: [1, 1] });
  const { signal } = new AbortController();
  assert.equal((await check.look(signal)).state, 'sound');
  busyFor = 3;
  await assert.rejects(check.look(signal), (error) => isAppError(error, 'busy'));
});
