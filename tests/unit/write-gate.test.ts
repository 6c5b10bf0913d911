import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';

/** What happened, in order, with a note for each permit that is given. */
function diary() {
  const lines: string[] = [];
  return {
    lines,
    note: async (name: string, permit: Promise<() => void>): Promise<() => void> => {
      const leave = await permit;
      lines.push(name);
      return leave;
    },
  };
}

test('writers are inside together; a snapshot waits for them and is alone', async () => {
  const gate = createWriteGate();
  const { lines, note } = diary();
  const first = await note('first', gate.enter());
  const second = await note('second', gate.enter());
  const holding = note('snapshot', gate.hold());
  first();
  await setImmediate();
  assert.deepEqual(lines, ['first', 'second']);
  second();
  const release = await holding;
  const later = note('later', gate.enter());
  await setImmediate();
  assert.deepEqual(lines, ['first', 'second', 'snapshot']);
  release();
  (await later)();
  assert.deepEqual(lines, ['first', 'second', 'snapshot', 'later']);
});

test('a stream of writers does not keep a snapshot waiting, nor snapshots a writer', async () => {
  const gate = createWriteGate();
  const { lines, note } = diary();
  const inside = await gate.enter();
  const waiting = [
    note('snapshot 1', gate.hold()),
    note('writer 1', gate.enter()),
    note('writer 2', gate.enter()),
    note('snapshot 2', gate.hold()),
    note('writer 3', gate.enter()),
  ];
  inside();
  for (const permit of waiting) (await permit)();
  assert.deepEqual(lines, ['snapshot 1', 'writer 1', 'writer 2', 'snapshot 2', 'writer 3']);
});

test('who gives up waiting lets those behind pass, and a permit given back twice counts once', async () => {
  const gate = createWriteGate();
  const inside = await gate.enter();
  const stop = new AbortController();
  const holding = gate.hold(stop.signal);
  const behind = gate.enter();
  stop.abort();
  await assert.rejects(holding, { code: 'aborted' });
  const other = await behind;
  other();
  other();
  const snapshot = gate.hold();
  let held = false;
  void snapshot.then(() => (held = true));
  await setImmediate();
  assert.equal(held, false, 'the first writer is still inside');
  inside();
  (await snapshot)();
  await assert.rejects(gate.enter(stop.signal), { code: 'aborted' });
  (await gate.hold())();
});
