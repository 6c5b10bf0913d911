import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestApp } from '../support/app.ts';
import { personOf, teachApp } from '../support/app-person.ts';
import { tempFolder } from '../support/temp-store.ts';

const SLOW = 60_000;

test('what retention has removed here is offered from the vault, fetched, and gone back to, all in Discord', async (t) => {
  const nas = join(tempFolder(t), 'nas');
  mkdirSync(nas);
  // Closed before the vault goes, to which it still sends the backup that the restore made.
  await using app = await openTestApp(t, { firstLesson: false, env: { VAULT_DIRECTORY: nas, BACKUP_KEEP: '1' } });
  const operator = personOf(app, 'operator');
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const backup = async () => {
    const made = await (await operator.command('backup')).reply(({ content }) => content.startsWith('✅'), SLOW);
    return /nescordbot_backup_\w+/.exec(made.content)?.[0] ?? '';
  };
  const first = await backup();
  const synced = await (await operator.command('backups sync')).reply(({ content }) => /^[✅⚠]/u.test(content), SLOW);
  assert.match(synced.content, /^✅ \*\*\/.*\*\* · .*1 good copy/);
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  await backup();

  const short = first.replace('nescordbot_backup_', '');
  const list = await (await operator.command('backups list')).reply(({ content }) => content.includes(short), SLOW);
  assert.match(list.content, new RegExp(`\\*\\*${short}\\*\\*.*☁️ only in folder`));
  const [offered] = await operator.autocomplete('restore', { backup: short }, 'backup');
  assert.equal(offered?.value, first);
  const preview = await (
    await operator.command('restore', { backup: first })
  ).reply(({ content }) => content.includes('Go back to'), SLOW);
  assert.match(preview.content, /Would disappear: 1 document \(\*ferry\*\)/);
  const done = await (
    await operator.click(preview, 'Restore')
  ).reply(({ content }) => content.startsWith('✅ **Restored'), SLOW);
  assert.match(done.content, /: 1 document and /);
  const asked = await operator.command('ask', { question: 'When does the lighthouse open?' });
  assert.match((await asked.reply(({ content }) => content.includes('nine'), SLOW)).content, /nine in the morning/);

  const unknown = await (
    await operator.command('restore', { backup: 'nescordbot_backup_20200101_000000' })
  ).followUp(({ content }) => content.includes('20200101'), SLOW);
  assert.match(unknown.content, /There is no backup nescordbot_backup_20200101_000000/);
});
