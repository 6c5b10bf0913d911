import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inProcess } from '../support/states/in-process.ts';
import { playSequences } from '../support/states/sequence.ts';
import { wholeProgram } from '../support/states/whole-program.ts';
import { tempFolder } from '../support/temp-store.ts';

for (const [name, form, sequences, operations, atOnce] of [
  ['in one process', inProcess, 20, 25, 1],
  ['as whole programs', wholeProgram, 2, 8, 2],
] as const) {
  test(`whatever befalls bots and their vault, the state that is right comes back: ${name}`, async (t) => {
    const { wrong, counts } = await playSequences(tempFolder(t), { form, first: 1, sequences, operations, atOnce });
    t.diagnostic(JSON.stringify(counts));
    assert.deepEqual(wrong, []);
  });
}
