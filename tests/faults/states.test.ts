import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playSequences } from '../support/states/sequence.ts';
import { tempFolder } from '../support/temp-store.ts';

test('whatever befalls two bots and their vault, the state that is right comes back', async (t) => {
  const { wrong, counts } = await playSequences(tempFolder(t), { first: 1, sequences: 20, operations: 25 });
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(wrong, []);
});
