import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJobBoard } from '../../src/app/job-board.ts';
import type { Library } from '../../src/knowledge/api.ts';
import type { Job } from '../../src/knowledge/model.ts';

const jobOf = (id: number, createdAt: number, state: Job['state'] = 'queued') =>
  ({ id, createdAt, state, step: 'waiting', failure: null }) as Job;

function libraryWith(...jobs: Job[]) {
  const watched = new Map<number, (job: Job) => void>();
  const library = {
    job: (id: number) => jobs.find((one) => one.id === id) ?? null,
    watchJob(id: number, onChange: (job: Job) => void) {
      watched.set(id, onChange);
      return () => void watched.delete(id);
    },
  } as Partial<Library> as Library;
  return { library, watched };
}

test('a watched job that came with the backup is watched on, and one that did not ends in words', () => {
  const board = createJobBoard();
  const before = libraryWith(jobOf(1, 100), jobOf(2, 200), jobOf(3, 300));
  board.enter(before.library);
  const told: string[] = [];
  const stop = board.watch(3, () => told.push('never'));
  for (const id of [1, 2]) board.watch(id, ({ state, failure }) => told.push(`${id} ${state} ${failure ?? ''}`));
  stop();
  board.leave();
  assert.equal(before.watched.size, 0);

  const after = libraryWith(jobOf(1, 100), jobOf(2, 999));
  board.enter(after.library);
  assert.deepEqual([...after.watched.keys()], [1], 'number 2 is another job now');
  after.watched.get(1)?.(jobOf(1, 100, 'done'));
  assert.equal(told.length, 2);
  assert.match(told[0] ?? '', /^2 failed A backup from before this was restored/);
  assert.equal(told[1], '1 done ');
});
