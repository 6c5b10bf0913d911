/**
 * Sequences of what can befall two bots and their vault, held against who knows which state is right: `npm run soak:states`, or
 * with other figures `SEQUENCES=100 SEED=7 npm run soak:states`. The first seed is printed, and with each wrong choice its own:
 * `SEQUENCES=1` and that seed play it again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playSequences } from '../../support/states/sequence.ts';
import { tempFolder } from '../../support/temp-store.ts';

const sequences = Number(process.env.SEQUENCES ?? 2_000);
const first = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`of ${sequences} sequences none ends with a wrong state (first seed ${first})`, async (t) => {
  const { wrong, counts } = await playSequences(tempFolder(t), { first, sequences, operations: 25 });
  t.diagnostic(`first seed ${first}\n${JSON.stringify(counts, null, 2)}`);
  assert.deepEqual(wrong, []);
});
