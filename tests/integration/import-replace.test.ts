import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { BackupEntry } from '../../src/backup/model.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { openBase, teach } from '../support/knowledge-base.ts';
import { CLI } from '../support/programs.ts';
import { GUILD } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

const SIX_DAYS_MS = 6 * 24 * 3_600_000;

test('what an import replaces is kept for seven days, as what a restore replaces is', async (t) => {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  {
    await using base = await openBase(folders);
    await teach(base, GUILD, 'Lighthouse', 'The lighthouse opens at nine in the morning.');
  }
  const file = join(dirname(folders.database), 'all.json');
  const cli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [CLI, 'backup', ...args], {
      cwd: dirname(folders.database),
      env: environmentOf(folders),
    });
  await cli('export', '--vectors', '--out', file);
  const { stderr: notes } = await cli('import', file, '--replace', '--yes');
  assert.match(notes, /Would disappear: 1 document, 0 questions/);
  const [safety, ...others] = JSON.parse((await cli('list', '--json')).stdout) as BackupEntry[];
  assert.deepEqual(others, []);
  assert.equal(safety?.sidecar?.manifest.kind, 'safety');
  assert.equal(safety.state, 'good');
  assert.ok((safety.sidecar.safetyUntil ?? 0) > Date.now() + SIX_DAYS_MS);
});
