import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { openBase, teach } from '../support/knowledge-base.ts';
import { CLI } from '../support/programs.ts';
import { GUILD } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

async function shell(t: TestContext) {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  await using base = await openBase(folders);
  await teach(base, GUILD, 'Lighthouse', 'The lighthouse opens at nine in the morning.');
  return {
    folders,
    cli: (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      new Promise<{ code: number; out: string; notes: string }>((resolve) => {
        const env = { ...environmentOf(folders), ...more };
        execFile(process.execPath, [CLI, ...args], { cwd: dirname(folders.database), env }, (error, out, notes) =>
          resolve({ code: error === null ? 0 : Number(error.code), out, notes }),
        );
      }),
  };
}

function failureIn(notes: string): Readonly<Record<string, unknown>> {
  const last = notes.trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(last) as { error: Record<string, unknown> }).error;
}

test('a missing backup is the exit code 5 however it is spelt, and what failed is JSON where that is asked for', async (t) => {
  const { cli } = await shell(t);
  const made = await cli(['backup', 'create', '--reason', 'quarterly', '--pin', '--json']);
  assert.equal(made.code, 0, made.notes);
  const { entry } = JSON.parse(made.out) as { entry: { name: string; sidecar: { pinned: boolean } } };
  assert.equal(entry.sidecar.pinned, true);
  const short = entry.name.replace('nescordbot_backup_', '');
  for (const spelt of [`${entry.name}.tar.zst`, `${entry.name}.manifest.json`, short, `${short}.tar.zst`]) {
    const { code, out } = await cli(['backup', 'show', spelt, '--json']);
    assert.deepEqual([code, (JSON.parse(out) as { name: string }).name], [0, entry.name], spelt);
  }
  const gone = 'nescordbot_backup_20200101_000000';
  for (const spelt of [
    gone,
    `${gone}.tar.zst`,
    '20200101_000000',
    'nonsense',
    '',
    `/elsewhere/${entry.name}.tar.zst`,
  ]) {
    const { code, out, notes } = await cli(['backup', 'show', spelt, '--json']);
    const { code: kind, exitCode, message } = failureIn(notes);
    assert.deepEqual([code, out, kind, exitCode], [5, '', 'not_found', 5], `${spelt}: ${notes}`);
    assert.match(String(message), /no backup|not the name of a backup/);
  }
  for (const command of [['verify'], ['restore', '--yes'], ['delete', '--yes'], ['pin'], ['unpin']])
    for (const spelt of [gone, 'nonsense']) {
      const { code, notes } = await cli(['backup', ...command, spelt]);
      assert.equal(code, 5, `${command[0]} ${spelt}: ${notes}`);
    }
  const pinned = await cli(['backup', 'delete', entry.name, '--json']);
  assert.deepEqual([pinned.code, failureIn(pinned.notes)['code']], [1, 'conflict']);
  assert.match(pinned.notes, /is pinned/, 'told before it is asked');
});

test('mistakes of the usage and of the configuration are JSON, too, where that is asked for', async (t) => {
  const { cli, folders } = await shell(t);
  const usage = await cli(['backup', 'show', '--json']);
  assert.deepEqual([usage.code, failureIn(usage.notes)['code']], [2, 'usage']);
  const limit = await cli(['search', 'x', '--limit', '1e1', '--json']);
  assert.deepEqual([limit.code, failureIn(limit.notes)['code']], [2, 'usage']);
  const wrong = await cli(['backup', 'list', '--json'], { BACKUP_KEEP: 'five' });
  assert.deepEqual([wrong.code, failureIn(wrong.notes)['code']], [78, 'config']);
  const none = await cli(['ingest', join(folders.database, '..', 'absent'), '--json']);
  assert.notEqual(none.code, 0);
  assert.equal(failureIn(none.notes)['exitCode'], none.code);
});
