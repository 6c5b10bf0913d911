import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';

const answered = (message: ClientMessage) => message.content.includes('scripted');
const buttonsOf = (message: ClientMessage) =>
  message.components.flatMap((row) =>
    'components' in row ? row.components.flatMap((one) => ('label' in one ? [one.label] : [])) : [],
  );

test('asking, the way people do it in Discord', async (t) => {
  const there = await openTestDiscord(t);
  const bot = await openTestBot(t, there);
  const mika = there.as('member');

  await t.test('a question is acknowledged, answered in place with its sources, and pings nobody', async () => {
    const asked = await mika.command('ask', { question: 'Who is @everyone <@1> **here**?' });
    await asked.acknowledged();
    const reply = await asked.reply(answered);
    assert.match(reply.content, /^\*\*Who is @\u200beveryone \\<@\u200b1\\> \\\*\\\*here\\\*\\\*\?\*\*\n/);
    assert.match(reply.content, /^-# Sources: \[1\] Rules › Being kind$/m);
    assert.match(reply.content, /^-# 1 of 3 documents · 1\.2 s · scripted$/m);
    assert.deepEqual(buttonsOf(reply), ['👍', '👎', 'Show passages']);
    assert.equal(reply.ephemeral, false);
    assert.deepEqual(there.pingingMessages(), []);
  });

  await t.test('a private question is seen by the asker alone', async () => {
    const asked = await mika.command('ask', { question: 'secret', private: true });
    const reply = await asked.reply(answered);
    assert.equal(reply.ephemeral, true);
    const others = await there.as('moderator').messages();
    assert.ok(others.length > 0);
    assert.ok(others.every(({ id }) => id !== reply.id));
  });

  await t.test('a question in Japanese surroundings is answered in Japanese words', async () => {
    const asked = await there.as('member', { locale: 'ja' }).command('ask', { question: 'ルールは？' });
    const reply = await asked.reply(answered);
    assert.match(reply.content, /^-# 出典：\[1\] Rules/m);
    assert.deepEqual(buttonsOf(reply), ['👍', '👎', '引用元を表示']);
  });

  await t.test('a long answer comes in several messages, with the buttons on the last', async () => {
    const asked = await mika.command('ask', { question: 'long' });
    const last = await asked.followUp(answered);
    const first = await asked.reply((message) => message.content.includes('long sentence'));
    assert.ok(first.content.length <= 2000 && first.components.length === 0);
    assert.deepEqual(buttonsOf(last), ['👍', '👎', 'Show passages']);
  });

  await t.test('votes are noted, and the passages can be leafed through by whoever presses the button', async () => {
    const asked = await mika.command('ask', { question: 'votes' });
    const reply = await asked.reply(answered);
    const thanks = await (await mika.click(reply, '👍')).reply();
    assert.equal(thanks.ephemeral, true);
    assert.match(bot.answers.votes.at(-1) ?? '', new RegExp(`${mika.userId} up$`));
    const first = await (await mika.click(reply, 'Show passages')).reply();
    assert.equal(first.ephemeral, true);
    assert.match(first.content, /Passage 1[^]*Passage 2/);
    const next = await (await mika.click(first, 'Next ▶')).reply((message) => /Passage 3/.test(message.content));
    assert.equal(next.id, first.id, 'the page changed in place');
  });

  await t.test('a mention is answered by a reply, in the language of the question', async () => {
    const said = await mika.say(`<@${there.botUserId}> 使い方を教えて`);
    const reply = await mika.waitForMessage((message) => message.reply?.messageId === said.id && answered(message));
    assert.match(reply.content, /^You asked: 使い方を教えて/);
    assert.match(reply.content, /出典/);
    assert.equal(bot.answers.asked.at(-1)?.conversation.length, 0);
  });

  await t.test('a reply to an answer goes on with its conversation', async () => {
    const answer = (await mika.messages()).findLast(answered);
    assert.ok(answer !== undefined);
    const said = await mika.replyTo(answer, 'and why?');
    await mika.waitForMessage((message) => message.reply?.messageId === said.id && answered(message));
    const request = bot.answers.asked.at(-1);
    assert.equal(request?.question, 'and why?');
    assert.deepEqual(
      request?.conversation.map(({ role }) => role),
      ['user', 'model'],
    );
  });

  await t.test(
    'a thread on an answer is its conversation: no mention is needed, and /ask goes on with it, too',
    async () => {
      const answer = await (await mika.command('ask', { question: 'start' })).reply(answered);
      const thread = await mika.createThread('More on that', { messageId: answer.id });
      const said = await mika.say('what else?', { channelId: thread });
      await mika.waitForMessage((message) => message.reply?.messageId === said.id && answered(message), {
        channelId: thread,
      });
      assert.deepEqual(
        bot.answers.asked.at(-1)?.conversation.map(({ text }) => text),
        ['start', 'You asked: start'],
      );
      await (await mika.command('ask', { question: 'third' }, thread)).reply(answered);
      assert.deepEqual(
        bot.answers.asked
          .at(-1)
          ?.conversation.filter(({ role }) => role === 'user')
          .map(({ text }) => text),
        ['start', 'what else?', 'third'].slice(0, 2),
      );
    },
  );

  await t.test('a private question in a thread is no part of what others go on with', async () => {
    const thread = await mika.createThread('Mixed');
    await (await mika.command('ask', { question: 'hush', private: true }, thread)).reply(answered);
    await (await there.as('moderator').command('ask', { question: 'open' }, thread)).reply(answered);
    assert.deepEqual(bot.answers.asked.at(-1)?.conversation, []);
    await (await mika.command('ask', { question: 'hush again', private: true }, thread)).reply(answered);
    assert.equal(bot.answers.asked.at(-1)?.conversation[0]?.text, 'hush');
  });

  await t.test('what is not said to the bot is none of its business; a bare mention gets a hint', async () => {
    const before = bot.answers.asked.length;
    await mika.say('just talking');
    const said = await mika.say(`<@${there.botUserId}>`);
    const hint = await mika.waitForMessage((message) => message.reply?.messageId === said.id);
    assert.match(hint.content, /Ask me something/);
    assert.equal(bot.answers.asked.length, before);
  });

  await t.test('a direct message is told, in its language, where questions are answered', async () => {
    const channelId = await mika.openDm();
    const before = bot.answers.asked.length;
    for (const [text, words] of [
      ['What are the rules?', /use me in one/],
      ['ルールを教えて', /サーバー内で/],
    ] as const) {
      const said = await mika.say(text, { channelId });
      const told = await mika.waitForMessage((message) => message.reply?.messageId === said.id, { channelId });
      assert.match(told.content, words);
    }
    assert.equal(bot.answers.asked.length, before);
  });

  await t.test('“Answer this” answers somebody’s message', async () => {
    const said = await mika.say('How do I join?');
    const asked = await there.as('moderator').contextMenu('Answer this', said.id);
    const reply = await asked.reply(answered);
    assert.match(reply.content, /You asked: How do I join\?/);
  });

  assert.deepEqual(there.pingingMessages(), []);
});
