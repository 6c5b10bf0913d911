import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { wordsIn } from '../../src/errors.ts';
import { sendCopies } from '../support/send-copies.ts';
import { start } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

interface Note {
  identity: { installationId: string; lineage: { number: unknown }[]; position: { knowledge: unknown; talk: number } };
}

/** A bot that is gone, and a vault with the two backups that it made, the second with one document more. */
async function lostBot(t: TestContext) {
  const root = tempFolder(t);
  const [data, vault, scratchFolder] = [join(root, 'data'), join(root, 'vault'), join(root, 'scratch')];
  for (const folder of [data, vault, scratchFolder]) mkdirSync(folder);
  const env = { DATA_DIR: data, VAULT_DIRECTORY: vault };
  const bot = await start(t, env);
  await bot.teach('lighthouse');
  const older = await bot.backUp();
  await bot.teach('harbour');
  const newer = await bot.backUp();
  await sendCopies(env, await bot.backups(), { backups: join(data, 'backups'), scratchFolder });
  await bot[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
  mkdirSync(data);
  function change(name: string, how: (note: Note) => void): void {
    const file = join(vault, `${name}.manifest.json`);
    const note = JSON.parse(readFileSync(file, 'utf8')) as Note;
    how(note);
    writeFileSync(file, JSON.stringify(note));
  }
  return { env, vault, older, newer, change };
}

const HIGHEST = 1_000_000_000;

const numbered = (number: number) => (note: Note) => void Object.assign(note.identity.lineage[0] ?? {}, { number });

for (const [what, how] of [
  ['a higher timeline', numbered(7)],
  ['the highest timeline', numbered(HIGHEST)],
] as const) {
  test(`an older backup whose note claims ${what} is not restored, and the way out is said`, async (t) => {
    const { env, older, change } = await lostBot(t);
    change(older, how);
    await using bot = await start(t, env);
    assert.equal(bot.error?.code, 'damaged', bot.lines.join('\n'));
    assert.ok(bot.error.message.includes(`The note beside the copy of ${older} claims to be of another state`));
    assert.match(bot.error.message, /Ways out/);
  });
}

test('an older backup whose note claims a position that is further on makes way for the newest', async (t) => {
  const { env, older, change } = await lostBot(t);
  change(older, (note) => void (note.identity.position.knowledge = 1_000_000));
  await using bot = await start(t, env);
  assert.equal(bot.error, null, bot.lines.join('\n'));
  assert.deepEqual(bot.titles().toSorted(), ['harbour', 'lighthouse']);
  const words = bot.restored ?? assert.fail('nothing was restored');
  assert.ok(wordsIn('en', words).includes(`Of no use: ${older}`), wordsIn('en', words));
});

for (const [what, value] of [
  ['no number', '9'],
  ['a number that nothing could be counted beyond', 2 ** 53 - 1],
  ['a negative number', -1],
] as const) {
  test(`the newest backup is not passed over in silence where its note has ${what} for its timeline`, async (t) => {
    const { env, newer, change } = await lostBot(t);
    change(newer, ({ identity }) => void Object.assign(identity.lineage[0] ?? {}, { number: value }));
    await using bot = await start(t, env);
    assert.equal(bot.error, null, bot.lines.join('\n'));
    assert.deepEqual(bot.titles(), ['lighthouse']);
    const words = bot.restored ?? assert.fail('nothing was restored');
    for (const locale of ['en', 'ja'] as const) assert.ok(wordsIn(locale, words).includes(newer), locale);
    assert.ok(bot.lines.some((line) => line.startsWith(newer) && line.includes('cannot be judged')));
  });
}
