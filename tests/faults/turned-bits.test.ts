import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempFolder } from '../support/temp-store.ts';
import { sumOf, tableText, turnBits } from '../support/turned-bits.ts';

// `npm run soak` does the same with three hundred, another seed each time.
test('of bits that turned in any file of a stopped bot none is served as if it were whole, and no loss is unsaid', async (t) => {
  const table = await turnBits({
    folder: tempFolder(t),
    bits: 20,
    seed: 20_261_130,
    say: (line) => t.diagnostic(line),
  });
  t.diagnostic(tableText(table));
  assert.equal(sumOf(table, 'changed content served as whole'), 0);
  assert.equal(sumOf(table, 'loss unsaid'), 0);
});
