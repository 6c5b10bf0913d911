import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killAgainAndAgain } from '../support/kill-again.ts';
import { tempFolder } from '../support/temp-store.ts';

// `npm run soak` does the same for longer, with another seed each time.
test('killed while it is taught, started and moved to another model, it keeps what it acknowledged, whole', async (t) => {
  const counts = await killAgainAndAgain({ folder: tempFolder(t), kills: 4, seed: 20_261_121 });
  t.diagnostic(JSON.stringify(counts));
  assert.equal(counts.kills, 4);
  assert.ok(counts.acknowledged > 0 && counts.found > 0, 'there was something to lose');
});
