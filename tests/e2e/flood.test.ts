import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox } from '../../src/discord/outbox.ts';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';

const LIMIT = 3;
const LIMITED = /You have asked 3 questions in a short time/;

test('300 mentions by one member are refused once, and others are answered among them', async (t) => {
  const there = await openTestDiscord(t);
  const { lines } = await openTestBot(t, there, {
    limits: { userQuestions: { questions: LIMIT, windowMs: 60_000 } },
  });
  const [mika, morgan] = [there.as('member'), there.as('moderator')];
  for (let at = 0; at < 300; at += 1) await mika.say(`<@${there.botUserId}> question ${at}`);
  const asked = await morgan.say(`<@${there.botUserId}> where is the harbour?`);
  await morgan.waitForMessage(
    ({ reply, content }) => reply?.messageId === asked.id && content.includes('You asked: where is the harbour?'),
  );
  const refused = await mika.waitForMessage(({ content }) => LIMITED.test(content));
  // All have been heard by now, in their order; a second refusal would have gone out with the first.
  assert.equal(lines.filter(({ message }) => message === 'Refused again, without a word').length, 300 - LIMIT - 1);
  const again = await mika.say(`<@${there.botUserId}>`);
  await morgan.say(`<@${there.botUserId}> and the lighthouse?`);
  await morgan.waitForMessage(({ content }) => content.includes('You asked: and the lighthouse?'));
  const said = (await mika.messages()).filter(({ content }) => LIMITED.test(content));
  assert.deepEqual(
    said.map(({ id }) => id),
    [refused.id],
    'a bare mention counts, too',
  );
  assert.ok(!(await mika.messages()).some(({ reply }) => reply?.messageId === again.id));
});

test('a server that asked too much is told once per person', async (t) => {
  const there = await openTestDiscord(t);
  await openTestBot(t, there, { limits: { guildQuestions: { questions: 1, windowMs: 60_000 } } });
  const [mika, morgan] = [there.as('member'), there.as('moderator')];
  for (const question of ['one', 'two', 'three', 'four']) await mika.say(`<@${there.botUserId}> ${question}`);
  const asked = await morgan.say(`<@${there.botUserId}> five`);
  await morgan.waitForMessage(({ reply }) => reply?.messageId === asked.id);
  const refusals = (await mika.messages()).filter(({ content }) => /This server has asked/.test(content));
  assert.equal(refusals.length, 2);
});

test('a direct message is told once where to ask', async (t) => {
  const there = await openTestDiscord(t);
  await openTestBot(t, there);
  const mika = there.as('member');
  const channelId = await mika.openDm();
  for (const text of ['hello', 'anybody?', 'well?']) await mika.say(text, { channelId });
  await mika.waitForMessage(({ content }) => content.includes('please use me in one'), { channelId });
  const asked = await mika.say(`<@${there.botUserId}> one`);
  await mika.waitForMessage(({ reply }) => reply?.messageId === asked.id);
  const told = (await mika.messages(channelId)).filter(({ content }) => content.includes('please use me in one'));
  assert.equal(told.length, 1);
});

test('in a channel that is at Discord’s limit, answers go before the refusals that came earlier', async () => {
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const rest = {
    async post(_route: string, options: { body?: unknown } = {}) {
      const { content } = options.body as { content: string };
      order.push(content);
      if (content === 'first') await first.promise;
      return { id: content };
    },
    patch: async () => ({}),
    delete: async () => ({}),
  };
  const outbox = createOutbox(rest, rest);
  const sent = [
    outbox.replyTo('c', 'm', { content: 'first' }, 'notice'),
    outbox.replyTo('c', 'm', { content: 'a refusal' }, 'notice'),
    outbox.replyTo('c', 'm', { content: 'another refusal' }, 'notice'),
    outbox.replyTo('c', 'm', { content: 'an answer' }),
    outbox.replyTo('elsewhere', 'm', { content: 'another channel' }, 'notice'),
  ];
  await sent[4];
  first.resolve();
  assert.deepEqual(await Promise.all(sent), ['first', 'a refusal', 'another refusal', 'an answer', 'another channel']);
  assert.deepEqual(order, ['first', 'another channel', 'an answer', 'a refusal', 'another refusal']);
});
