import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIndexWatch } from '../../src/app/index-watch.ts';
import { AppError } from '../../src/errors.ts';
import { createTestLog } from '../support/chroma.ts';

const space = { id: 'offline', model: 'offline', dimensions: 2 };
const report = { added: 0, removed: 0, rebuilt: [], dropped: 0, checked: 1, beyond: 0 };
const SERVER = { name: 'chroma', state: 'ok', detail: '/data/chromadb' } as const;
const broken = () => new AppError('damaged', 'Chroma cannot read or write its index.');

/** One server with one passage, in an index that counts well. */
function openWatch() {
  const [log, mends] = [createTestLog(), new Array<readonly string[]>()];
  let trouble: AppError | null = null;
  const watch = createIndexWatch({
    store: {
      guildsWithDocuments: () => ['g1'],
      guildVectorIds: () => [1],
      totals: () => ({ guilds: 1, documents: 1, chunks: 1, vectors: 1 }),
    },
    index: {
      collections: async () => [{ guildId: 'g1', spaceId: space.id, id: 'one' }],
      count: async () => 1,
    },
    space,
    gate: { isEntered: () => false },
    async mend(anew) {
      mends.push(anew);
      if (trouble !== null) throw trouble;
      return report;
    },
    log,
  });
  const look = async () => {
    await watch.look();
    await watch.settled();
  };
  return { watch, mends, look, lines: log.lines, failWith: (error: AppError | null) => void (trouble = error) };
}

test('what a question finds damaged is made anew by the next look, and is said to be repaired for as long', async () => {
  const { watch, mends, look } = openWatch();
  watch.failed('g1', new AppError('unavailable', 'Chroma cannot be reached.'));
  assert.equal(watch.loss(), null, 'what cannot be reached is not damaged for that');
  watch.failed('g1', new AppError('damaged', 'Broken.', { retryAfterMs: 5_000 }));
  assert.equal(watch.loss(), null, 'what is repeated while nobody asks may be of another server');
  watch.failed('g1', broken());
  assert.deepEqual(watch.loss(), { isMending: true, failure: null });
  assert.match(watch.statusOf(SERVER).words?.['en' as never] ?? '', /are made anew from the database/);
  await look();
  assert.deepEqual([mends, watch.loss(), watch.isWhole()], [[[]], null, true]);
  watch.failed('g1', broken());
  await look();
  assert.deepEqual(mends, [[], ['g1']], 'the second time its collection is begun anew');
  assert.equal(watch.statusOf(SERVER).state, 'ok');
});

test('while it cannot be made anew nobody is told that it is: the words say why, and what to do', async () => {
  const { watch, mends, look, failWith } = openWatch();
  failWith(new AppError('unavailable', 'Chroma cannot work now: the disk is full.'));
  watch.failed('g1', broken());
  await look();
  assert.equal(watch.loss()?.isMending, false);
  const { state, words } = watch.statusOf(SERVER);
  const { en, ja } = words as { en: string; ja: string };
  assert.equal(state, 'degraded');
  assert.match(
    en,
    /could not be made anew: Chroma cannot work now: the disk is full\..*tried again each minute.*restart the bot/,
  );
  assert.match(ja, /作り直しもできませんでした.*1 分ごとに再試行.*再起動してください/);
  assert.doesNotMatch(`${en}${ja}`, /are made anew from the database|作り直しています/);
  failWith(null);
  await look();
  assert.deepEqual([watch.loss(), mends.length], [null, 2], 'once it can be, it is');
});

test('what still fails after it was made anew is not made anew for ever, until somebody has compared it', async () => {
  const { watch, mends, look } = openWatch();
  for (let time = 0; time < 6; time += 1) {
    watch.failed('g1', broken());
    await look();
  }
  assert.equal(mends.length, 2);
  assert.equal(watch.loss()?.isMending, false);
  assert.match(watch.statusOf(SERVER).detail, /made anew 2 times and still cannot be read.*restart the bot/);
  watch.agreed();
  await look();
  assert.deepEqual([mends.length, watch.loss()], [3, null]);
});
