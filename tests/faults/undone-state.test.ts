import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkBackups } from '../../src/app/doctor/backups.ts';
import { parseConfig } from '../../src/config.ts';
import { sendCopies } from '../support/send-copies.ts';
import { start } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

/** Backups outside of the data folder: somebody went back to the first, and the data folder is lost before anything else happens. */
async function wentBackAndLost(t: TestContext) {
  const root = tempFolder(t);
  const [data, backups, vault] = ['data', 'backups', 'vault'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [data, backups, vault]) mkdirSync(folder);
  const env = { DATA_DIR: data, BACKUP_DIRECTORY: backups };
  await using bot = await start(t, env);
  await bot.teach('lighthouse');
  const wanted = await bot.backUp();
  await bot.teach('mistake');
  const undone = await bot.backUp();
  // What is in the vault was sent before anybody went back.
  const scratchFolder = join(root, 'scratch');
  mkdirSync(scratchFolder);
  await sendCopies({ ...env, VAULT_DIRECTORY: vault }, await bot.backups(), { backups, scratchFolder });
  await bot.restore(wanted);
  assert.deepEqual(bot.titles(), ['lighthouse']);
  const safety =
    (await bot.backups()).find(({ sidecar }) => sidecar?.manifest.kind === 'safety')?.name ?? assert.fail();
  await bot[Symbol.asyncDispose]();
  const doctor = await checkBackups(parseConfig(env), Date.now());
  rmSync(data, { recursive: true });
  mkdirSync(data);
  return { env, vault, wanted, undone, safety, doctor };
}

test('the doctor names the backup that would be gone back to, not the one that a restore has left', async (t) => {
  const { wanted, doctor } = await wentBackAndLost(t);
  assert.deepEqual([doctor.verdict, doctor.detail], ['ok', `newest verified: ${wanted}, 0 h old`]);
});

test('what a restore had undone does not come back with the backups that outlived the volume', async (t) => {
  const { env, vault, wanted, undone, safety } = await wentBackAndLost(t);
  {
    await using refused = await start(t, env);
    assert.equal(refused.error?.code, 'config');
    const ways = refused.lines.filter((line) => line.includes('restore a backup'));
    assert.match(ways.join('\n'), new RegExp(`backup restore ${wanted}`));
    for (const other of [undone, safety]) assert.ok(!ways.join('\n').includes(other), other);
  }
  await using bot = await start(t, { ...env, VAULT_DIRECTORY: vault });
  assert.equal(bot.error, null, bot.lines.join('\n'));
  assert.deepEqual(bot.titles(), ['lighthouse']);
  const { lineage = [] } = bot.premises?.state() ?? {};
  assert.deepEqual(
    lineage.map(({ number, cause }) => [number, cause]),
    [
      [3, 'restore'],
      [1, 'start'],
    ],
    'no number is given out twice, though the second timeline was lost',
  );
  const entries = await bot.backups();
  const standing = (name: string) => entries.find((entry) => entry.name === name)?.standing;
  assert.deepEqual([wanted, undone, safety].map(standing), ['current', 'branch', 'branch']);
});
