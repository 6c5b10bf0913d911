import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';

test('operators see the settings with secrets masked and page through who did what; members do not', async (t) => {
  const there = await openTestDiscord(t);
  await openTestBot(t, there);
  const operator = there.as('operator');

  const shown = await (await operator.command('settings show')).reply();
  assert.match(shown.content, /1 not set/);
  assert.match(
    shown.content,
    /`GITHUB_TOKEN` = ghp\\_…3f9a · environment\n`BACKUP_SCHEDULE` = daily 02:00 · changed in Discord or by the API/,
  );
  assert.match(shown.content, /`S3_BUCKET` · not set · Bucket for copies of the backups\./);

  const audit = await (await operator.command('settings audit')).reply();
  assert.match(audit.content, /<t:1700000000:f> · dashboard \(token ops\) · `schedule stop` · ✅ done/);
  assert.match(audit.content, /<@100000000000000001> · `restore` · ⛔ denied/);
  assert.match(audit.content, /shell · `backup` · ❌ failed · `The disk is full\.`/);

  const japanese = await (await there.as('operator', { locale: 'ja' }).command('settings audit')).reply();
  assert.match(japanese.content, /操作記録.*\n.*✅ 完了/);

  assert.ok((await operator.commandNames()).includes('settings'));
  assert.ok(!(await there.as('member').commandNames()).includes('settings'));
});
