import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inProcess } from '../support/states/in-process.ts';
import { foldersOf, makeFolders } from '../support/states/machine.ts';
import { playSequences } from '../support/states/sequence.ts';
import { wholeProgram } from '../support/states/whole-program.ts';
import { seeded } from '../support/seeded.ts';
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

test('whatever step of a restore fails, all is as it was, and the next restore needs no restart', async (t) => {
  const folder = tempFolder(t);
  const folders = foldersOf(folder, 'one');
  makeFolders(folders);
  const [one] = inProcess.applications(seeded(1));
  using machine = await inProcess.open(folder, seeded(1));
  await using bot = await machine.start(folders, one?.variables ?? {});
  await bot.teach('kept');
  await bot.backUp();
  const name = (await bot.backups())[0]?.name ?? '';
  let step = 0;
  for (let isMet = true; isMet;) {
    step += 1;
    await bot.teach('new');
    const done = await machine.during({ kind: 'fails', step }, folders, () => bot.restore(name));
    assert.deepEqual(await bot.titles(), done.error === null ? ['kept'] : ['kept', 'new'], `step ${step}: ${done.at}`);
    await bot.restore(name);
    assert.deepEqual(await bot.titles(), ['kept'], `step ${step}: ${done.at}`);
    ({ isMet } = done);
  }
  t.diagnostic(`${step - 1} steps`);
  assert.ok(step > 50);
});
