import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEvent } from '../../src/health/audit-model.ts';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';
import { openRealKnowledge } from '../support/real-knowledge.ts';

test('moderators see what nobody could answer, dismiss what nobody has to, and undo that', async (t) => {
  const there = await openTestDiscord(t);
  const { library, answers, store } = await openRealKnowledge(t);
  const { insights, settings } = store;
  const { lines } = await openTestBot(t, there, { knowledge: { library, answers, settings }, insights });
  const [mika, morgan] = [there.as('member'), there.as('moderator')];
  const ask = async (question: string, more = {}) =>
    (await mika.command('ask', { question, ...more })).reply(({ content }) => content.includes('not been taught'));
  for (const question of ['Where is the harbour?', 'where is the harbour', 'Who feeds the *cats*?'])
    await ask(question);
  await ask('Am I about to be banned?', { private: true });
  await (await mika.command('ask', { question: 'hello' })).reply(({ content }) => content.startsWith('👋'));

  const status = await morgan.command('knowledge status');
  const before = await status.reply();
  assert.match(
    before.content,
    /\*\*What to write next\*\*.*\n1\. where is the harbour ×2\n2\. Who feeds the \\\*cats\\\*\?$/i,
  );

  await morgan.click(before, 'Dismiss 1');
  const after = await status.reply(({ content }) => content.includes('not listed any more'));
  assert.match(after.content, /\n1\. Who feeds/);
  assert.doesNotMatch(after.content, /harbour|banned/);
  await ask('WHERE is the harbour??');
  assert.doesNotMatch((await (await morgan.command('knowledge status')).reply()).content, /harbour/i);

  await morgan.click(after, 'Undo: list it again');
  const undone = await status.reply(({ content }) => content.includes('×3'));
  assert.match(undone.content, /1\. WHERE is the harbour\?\? ×3/);

  const audited = lines.flatMap(({ message, details }) => (message === 'audit' ? [details as AuditEvent] : []));
  assert.deepEqual(
    audited.map(({ action, outcome, by, guild }) => [action, outcome, by, guild].join(' ')),
    ['dismiss', 'bring-back'].map((what) => `unanswered ${what} done ${morgan.userId} ${there.guildId}`),
  );

  const japanese = await (await there.as('moderator', { locale: 'ja' }).command('knowledge status')).reply();
  assert.match(japanese.content, /次に書くとよいこと/);
  assert.match(JSON.stringify(japanese.components), /1 を一覧から外す/);
});
