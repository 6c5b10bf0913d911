import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killBackupsAgain } from '../support/kill-backups.ts';
import { tempFolder } from '../support/temp-store.ts';

// `npm run soak` does the same two hundred times, with another seed each time.
test('killed while it backs up, verifies, tidies up and restores, a bot starts with all it acknowledged and no backup less', async (t) => {
  const counts = await killBackupsAgain({ folder: tempFolder(t), kills: 20, seed: 20_261_121 });
  t.diagnostic(JSON.stringify(counts));
  const { undone, restored } = counts.restores;
  assert.ok(undone > 0 && restored > 0, 'restores were hit before and after they were confirmed');
});
