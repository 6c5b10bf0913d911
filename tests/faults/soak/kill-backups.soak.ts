/**
 * Kills the whole bot at random moments of backing up, verifying, tidying up and restoring: `npm run soak`, or with other
 * figures `BACKUP_KILLS=50 SEED=7 npm run soak`. The seed is printed, so that a failure can be looked at again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killBackupsAgain } from '../../support/kill-backups.ts';
import { tempFolder } from '../../support/temp-store.ts';

const kills = Number(process.env.BACKUP_KILLS ?? 200);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`killed ${kills} times around its backups, a bot keeps what it acknowledged and every backup (seed ${seed})`, async (t) => {
  t.diagnostic(`seed ${seed}`);
  const counts = await killBackupsAgain({ folder: tempFolder(t), kills, seed });
  t.diagnostic(JSON.stringify(counts, null, 2));
  assert.equal(counts.kills, kills);
});
