import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';

const NAME = 'nescordbot_backup_20261120_020000';
const QUARTER_MS = 16 * 60_000;
const begins = (mark: string) => (message: ClientMessage) => message.content.startsWith(mark);
const goesBack = (message: ClientMessage) => /Go back|戻します/.test(message.content);

/** A bot and a Discord on one clock, so that tokens grow old when the test says so. */
async function house(t: TestContext) {
  let now = Date.now();
  const clock = () => now;
  const there = await openTestDiscord(t, { clock });
  const bot = await openTestBot(t, there, { clock });
  const hold = Promise.withResolvers<void>();
  bot.script.hold = hold.promise;
  const later = () => {
    now += QUARTER_MS;
    hold.resolve();
  };
  return { there, ...bot, later };
}

test('a backup that takes longer than Discord keeps a reply open ends in that reply all the same', async (t) => {
  const { there, later } = await house(t);
  const operator = there.as('operator', { locale: 'ja' });
  const asked = await operator.command('backup', { reason: '点検前' });
  const under = await asked.reply(({ content }) => content.includes('318'));
  later();
  const done = await operator.waitForMessage(begins('✅'));
  assert.equal(done.id, under.id);
  assert.match(done.content, /文書 214 件/);
});

test('so does a restore that was confirmed with a button, and its failure is told by name, without a ping', async (t) => {
  const { there, script, later } = await house(t);
  const operator = there.as('operator');
  const preview = await (await operator.command('restore', { backup: NAME })).reply(goesBack);
  const pressed = await operator.click(preview, 'Restore');
  await pressed.reply(({ content }) => content.includes('**Restoring**'));
  later();
  const done = await operator.waitForMessage(begins('✅'));
  assert.equal(done.id, preview.id);

  await t.test('a failure', async (t) => {
    const { there, script, later } = await house(t);
    script.failure = new AppError('damaged', 'chroma/index.bin is damaged.');
    const operator = there.as('operator');
    const preview = await (await operator.command('restore', { backup: NAME })).reply(goesBack);
    await (await operator.click(preview, 'Restore')).reply(({ content }) => content.includes('**Restoring**'));
    later();
    const told = await operator.waitForMessage(begins(`<@${operator.userId}> ⚠️ chroma/index.bin is damaged.`));
    assert.equal(told.ephemeral, false);
    await operator.waitForMessage(({ id, content }) => id === preview.id && /was not restored/.test(content));
    assert.deepEqual(there.pingingMessages(), []);
  });
  assert.ok(script.calls.includes(`restore ${NAME} by ${operator.userId}`));
});

test('a verification seen by one person alone ends in the channel when it took too long, without its details', async (t) => {
  for (const [locale, words] of [
    ['en-US', '✅ Every byte was read back, and is right.'],
    ['ja', '✅ すべて読み直し、正しいことを確かめました。'],
  ] as const) {
    const { there, later } = await house(t);
    const operator = there.as('operator', { locale: locale === 'ja' ? 'ja' : 'en' });
    const asked = await operator.command('backups verify', { backup: NAME, drill: false });
    const under = await asked.reply(({ content }) => content.includes('318'));
    assert.equal(under.ephemeral, true);
    later();
    const told = await operator.waitForMessage(begins(`<@${operator.userId}> ${words}`));
    assert.equal(told.ephemeral, false);
    assert.equal(told.content, `<@${operator.userId}> ${words}\n**${NAME}**`);
    assert.deepEqual(there.pingingMessages(), []);
  }
});

const isEdit = (method: string, path: string) => method === 'PATCH' && path.startsWith('/webhooks/');

async function asking(t: TestContext) {
  const there = await openTestDiscord(t);
  await openTestBot(t, there);
  return { there, mika: there.as('member') };
}

test('an answer that meets a Discord in trouble is delivered when that is over', async (t) => {
  const { there, mika } = await asking(t);
  let refused = 0;
  // Four times what discord.js tries by itself.
  there.failRest((method, path) => isEdit(method, path) && (refused += 1) <= 12);
  const asked = await mika.command('ask', { question: 'What is the code?' });
  const answer = await asked.reply(({ components }) => components.length > 0);
  assert.match(answer.content, /What is the code/);
  assert.ok(refused > 12);
});

test('an answer whose reply cannot be changed at all comes as a new message, and a private one is not shown around', async (t) => {
  const { there, mika } = await asking(t);
  there.failRest(isEdit);
  await mika.command('ask', { question: 'What is the code?' });
  const instead = await mika.waitForMessage(
    ({ content, components }) => content.startsWith(`<@${mika.userId}>`) && components.length > 0,
  );
  assert.match(instead.content, /What is the code/);
  await mika.command('ask', { question: 'What is my secret?', private: true });
  const told = await mika.waitForMessage(begins(`<@${mika.userId}> ⚠️ Discord did not take my reply.`));
  assert.equal(told.ephemeral, false);
  assert.ok(!(await mika.messages()).some(({ content }) => content.includes('secret')));
  assert.deepEqual(there.pingingMessages(), []);
});
