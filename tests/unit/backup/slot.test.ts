import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJobSlot } from '../../../src/backup/slot.ts';

/** Upkeep that goes on until it is told to stop, and then takes its time to clean up. */
function endless() {
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    stopped: stopped.promise,
    end: mayEnd.resolve,
    work: async (signal: AbortSignal) => {
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      stopped.resolve();
      await mayEnd.promise;
      return 'ended';
    },
  };
}

test('a job has upkeep stopped, waits until it has cleaned up, and nobody is told that the slot was taken', async () => {
  const slot = createJobSlot();
  const upkeep = endless();
  const tending = slot.whenFree(upkeep.work);
  await upkeep.begun;
  assert.equal(slot.running(), null);
  let isAtWork = false;
  const job = slot.run('backup', {}, async () => (isAtWork = true));
  await upkeep.stopped;
  assert.equal(isAtWork, false);
  upkeep.end();
  assert.equal(await tending, 'ended');
  await job;
  assert.ok(isAtWork);
});

test('no upkeep is begun while a job is under way, in this process or in another one, nor beside other upkeep', async () => {
  let isLocked = true;
  const slot = createJobSlot({ acquireLock: async () => (isLocked ? null : () => undefined) });
  const never = async () => assert.fail('it was begun');
  assert.equal(await slot.whenFree(never), null);
  isLocked = false;
  await slot.run('verify', {}, async () => assert.equal(await slot.whenFree(never), null));
  const upkeep = endless();
  const tending = slot.whenFree(upkeep.work);
  await upkeep.begun;
  assert.equal(await slot.whenFree(never), null);
  upkeep.end();
  await slot.close();
  assert.equal(await tending, 'ended', 'closing stops it and waits for it');
  assert.equal(await slot.whenFree(never), null);
});
