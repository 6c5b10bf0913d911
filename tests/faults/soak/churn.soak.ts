/**
 * Lets documents come and go beside as many as stay: `npm run soak:churn`, or with other figures
 * `PASSAGES=20000 LIVE=1000 npm run soak:churn`. Prints a table of what the files and the memory came to.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churn } from '../../support/churn.ts';
import { tempFolder } from '../../support/temp-store.ts';

const passages = Number(process.env.PASSAGES ?? 100_000);
const live = Number(process.env.LIVE ?? 2_000);

test(`after ${passages} passages came and went beside ${live}, it takes little more than one that is fresh`, async (t) => {
  const figures = await churn({
    folder: tempFolder(t),
    live,
    passages,
    changes: 1_000,
    onRow: (row) => void process.stdout.write(`${row}\n`),
  });
  t.diagnostic(JSON.stringify(figures, null, 2));
  const { fresh, most } = figures;
  assert.ok(most.filesMb <= 2 * fresh.filesMb + 10, `${most.filesMb} MB beside ${fresh.filesMb} MB`);
  assert.ok(most.chromaMb <= fresh.chromaMb + 40, `Chroma's memory: ${most.chromaMb} MB beside ${fresh.chromaMb} MB`);
  assert.ok(most.botMb <= fresh.botMb + 40, `the bot's memory: ${most.botMb} MB beside ${fresh.botMb} MB`);
});
