/**
 * Turns one bit after the other in all files of a stopped bot, starts it, has everything checked and every backup verified:
 * `npm run soak:bits`, or with other figures `BITS=50 SEED=7 npm run soak:bits`. The seed is printed, so that a failure can be
 * looked at again, and so is a table of what came of each.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempFolder } from '../../support/temp-store.ts';
import { sumOf, tableText, turnBits } from '../../support/turned-bits.ts';

const bits = Number(process.env.BITS ?? 300);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`of ${bits} bits that turned none is served as if it were whole, and no loss is unsaid (seed ${seed})`, async (t) => {
  const table = await turnBits({ folder: tempFolder(t), bits, seed, say: (line) => t.diagnostic(line) });
  t.diagnostic(`seed ${seed}\n${tableText(table)}`);
  assert.equal(sumOf(table, 'changed content served as whole'), 0);
  assert.equal(sumOf(table, 'loss unsaid'), 0);
});
