import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churn } from '../support/churn.ts';
import { tempFolder } from '../support/temp-store.ts';

// `npm run soak:churn` does the same for longer.
test('after documents came and went, files and memory are little more than those of a fresh one', async (t) => {
  const { fresh, most, ...asked } = await churn({
    folder: tempFolder(t),
    live: 500,
    passages: 1_500,
    changes: 1_000,
    onRow: (row) => t.diagnostic(row),
  });
  t.diagnostic(JSON.stringify({ fresh, most, ...asked }));
  assert.ok(most.filesMb <= 2 * fresh.filesMb + 10, `${most.filesMb} MB beside ${fresh.filesMb} MB`);
  assert.ok(most.chromaMb <= fresh.chromaMb + 40, `Chroma's memory: ${most.chromaMb} MB beside ${fresh.chromaMb} MB`);
  assert.ok(most.botMb <= fresh.botMb + 40, `the bot's memory: ${most.botMb} MB beside ${fresh.botMb} MB`);
});
