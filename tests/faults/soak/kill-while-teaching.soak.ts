/**
 * Kills the knowledge base at random moments: `npm run soak`, or with other figures
 * `KILLS=100 SEED=7 npm run soak`. The seed is printed, so that a failure can be looked at again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killAgainAndAgain } from '../../support/kill-again.ts';
import { tempFolder } from '../../support/temp-store.ts';

const kills = Number(process.env.KILLS ?? 30);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`killed ${kills} times, it keeps what it acknowledged, whole (seed ${seed})`, async (t) => {
  t.diagnostic(`seed ${seed}`);
  const counts = await killAgainAndAgain({ folder: tempFolder(t), kills, seed });
  t.diagnostic(JSON.stringify(counts, null, 2));
  assert.ok(counts.kills >= kills && counts.found > 0);
});
