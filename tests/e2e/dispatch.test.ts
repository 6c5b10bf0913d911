import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { PermissionFlagsBits } from 'discord.js';
import { slashCommand, type Command } from '../../src/discord/command.ts';
import { commands } from '../../commands/index.ts';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';
import { createScriptedAnswers } from '../support/fake-answers.ts';
import { assemble } from '../support/knowledge-parts.ts';
import { tempStore } from '../support/temp-store.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';

const answered = (message: ClientMessage) => message.content.includes('scripted');

test('200 questions at once are all acknowledged before the first is answered, and all answered', async (t) => {
  const there = await openTestDiscord(t);
  const bot = await openTestBot(t, there, { limits: { questionsAtOnce: 8 } });
  const mika = there.as('member');
  // The bot is up and running, not in its first second.
  await (await mika.command('ask', { question: 'first of all' })).reply(answered);
  const held = Promise.withResolvers<void>();
  bot.answers.hold = held.promise;
  const asked = await Promise.all(
    Array.from({ length: 200 }, (_, index) => mika.command('ask', { question: `question ${index}` })),
  );
  const all = await Promise.all(asked.map((one) => one.acknowledged()));
  const slowest = Math.max(...all.map(({ acknowledgedAfterMs }) => acknowledgedAfterMs));
  t.diagnostic(`slowest acknowledgement: ${slowest} ms`);
  held.resolve();
  await Promise.all(asked.map((one) => one.reply(answered, 60_000)));
  assert.equal(bot.answers.asked.length, 201);
});

test('failures, limits and buttons without a bot behind them get words', async (t) => {
  const there = await openTestDiscord(t);
  const first = await openTestBot(t, there);
  const mika = there.as('member');

  await t.test('a defect becomes words with an incident id, and the log has the cause under it', async () => {
    const reply = await (
      await mika.command('ask', { question: 'boom' })
    ).reply((message) => /incident/.test(message.content));
    const id = /\(incident ([0-9A-Z]{5})\)/.exec(reply.content)?.[1] ?? 'none';
    assert.doesNotMatch(reply.content, /secret cause/);
    const logged = first.lines.find(({ message }) => message.includes(id));
    assert.partialDeepStrictEqual(logged?.details, { error: new Error('the secret cause') });
    const said = await mika.say(`<@${there.botUserId}> boom`);
    await mika.waitForMessage((one) => one.reply?.messageId === said.id && /incident/.test(one.content));
  });

  await t.test('an answer whose message is deleted meanwhile is stopped, without a word', async () => {
    const hold = Promise.withResolvers<void>();
    first.answers.hold = hold.promise;
    const asked = await mika.command('ask', { question: 'deleted' });
    const showing = await asked.reply((message) => /Searching/.test(message.content));
    first.lines.length = 0;
    const signal = first.answers.asked.findLast(({ question }) => question === 'deleted')?.signal;
    assert.equal(signal?.aborted, false);
    there.deleteMessage(showing.channelId, showing.id);
    const stopped = once(signal, 'abort');
    hold.resolve();
    await stopped;
    first.answers.hold = null;
    const loud = first.lines.filter(({ level }) => level === 'error' || level === 'warn');
    assert.deepEqual(loud, []);
    assert.equal((await mika.messages()).at(-1)?.content.includes('deleted'), false);
  });

  await t.test('buttons go on working after a restart, and unknown ones get words', async () => {
    const reply = await (await mika.command('ask', { question: 'before' })).reply(answered);
    await first.close();
    const second = await openTestBot(t, there, { answers: first.answers });
    assert.equal(second.discord.status().state, 'ok');
    const passages = await (await mika.click(reply, 'Show passages')).reply();
    assert.match(passages.content, /Passage 1/);
    await second.close();
    const forgetful = await openTestBot(t, there, { answers: createScriptedAnswers(), commands: commands.slice(0, 1) });
    const vote = await (await mika.click(reply, '👍')).reply();
    assert.match(vote.content, /I no longer have that question(?!.*incident)/);
    await forgetful.close();
    await openTestBot(t, there, { commands: [] });
    const unknown = await (await mika.click(reply, '👎')).reply();
    assert.match(unknown.content, /I do not know that one any more/);
    assert.equal(unknown.ephemeral, true);
  });
});

test('whoever asks too often, or where a server asks too often, is told when to ask again', async (t) => {
  const there = await openTestDiscord(t);
  await openTestBot(t, there, {
    limits: {
      userQuestions: { questions: 2, windowMs: 60_000 },
      guildQuestions: { questions: 3, windowMs: 60_000 },
    },
  });
  const mika = there.as('member');
  const ask = async (person: typeof mika) => (await person.command('ask', { question: 'again' })).reply();
  for (let time = 0; time < 2; time += 1) await (await mika.command('ask', { question: 'again' })).reply(answered);
  const refused = await ask(mika);
  assert.match(refused.content, /You have asked 2 questions in a short time\. Try again <t:\d+:R>/);
  assert.equal(refused.ephemeral, true);
  const morgan = there.as('moderator', { locale: 'ja' });
  await (await morgan.command('ask', { question: 'again' })).reply(answered);
  assert.match((await ask(morgan)).content, /このサーバーから短い時間に 3 件の質問/);
});

test('each level sees and may do what is theirs', async (t) => {
  const there = await openTestDiscord(t, { guilds: ['Home', 'Elsewhere'] });
  const secret: Command = {
    data: slashCommand({ name: 'secret', description: { en: 'A secret', ja: '秘密' } }),
    access: 'operator',
    help: [{ usage: '/secret', words: { en: 'a secret.', ja: '秘密です。' } }],
    reply: 'private',
    run: () => ({ content: 'told' }),
  };
  const all = [...commands, secret];
  await openTestBot(t, there, { commands: all, moderatorRoleIds: [there.moderatorRoleId] });
  const elsewhere = there.guilds[1];
  assert.ok(elsewhere !== undefined);

  await t.test('members are refused in words, and /help shows each level its own', async () => {
    const member = there.as('member');
    const refused = await (await member.command('knowledge list')).reply();
    assert.match(refused.content, /^🔒 That is for this server's moderators/);
    assert.match(
      (await (await member.command('secret')).reply()).content,
      /^🔒 That is for the people who run this bot/,
    );
    const help = await (await member.command('help')).reply();
    assert.match(help.content, /\/ask/);
    assert.doesNotMatch(help.content, /\/knowledge add|\/backup|\/secret/);
    assert.match((await (await there.as('moderator').command('help')).reply()).content, /\/knowledge add/);
  });

  await t.test('the owner of the application reaches operators’ commands in every server, others at home', async () => {
    const secretIn = async (who: 'operator' | 'moderator' | 'member', guildId: string) =>
      (await (await there.as(who, { guildId }).command('secret')).reply()).content;
    assert.equal(await secretIn('operator', there.guildId), 'told');
    assert.equal(await secretIn('operator', elsewhere.id), 'told');
    assert.equal(await secretIn('moderator', there.guildId), 'told');
    const offered = (who: 'moderator' | 'member') => there.as(who, { guildId: elsewhere.id }).commandNames();
    for (const who of ['moderator', 'member'] as const) assert.ok(!(await offered(who)).includes('secret'), who);
    there.grantModerators(PermissionFlagsBits.Administrator);
    assert.ok((await offered('moderator')).includes('secret'), 'Discord shows administrators every command');
    assert.match(await secretIn('moderator', elsewhere.id), /^🔒/);
  });

  await t.test('a server that the bot was removed from is left in peace', async () => {
    there.removeBotFrom(elsewhere.id);
    assert.match((await (await there.as('member').command('status')).reply()).content, /All is well/);
  });
});

test('the connection comes back by itself, and what was asked meanwhile is answered', async (t) => {
  const there = await openTestDiscord(t);
  await openTestBot(t, there);
  const mika = there.as('member');
  for (const how of ['cut', 'reconnect'] as const) {
    there.disturbGateway(how);
    await there.botOnline();
    const said = await mika.say(`<@${there.botUserId}> after ${how}`);
    await mika.waitForMessage((message) => message.reply?.messageId === said.id && answered(message));
  }
});

test('a database that fails while a message is looked at ends nothing', async (t) => {
  const there = await openTestDiscord(t);
  const answers = createScriptedAnswers();
  const bot = await openTestBot(t, there, { answers });
  const mika = there.as('member');
  const reply = await (await mika.command('ask', { question: 'first' })).reply(answered);
  answers.conversationBehind = () => {
    throw new Error('the disk does not read');
  };
  await mika.replyTo(reply, 'and then?');
  await (await mika.command('ask', { question: 'second' })).reply(answered);
  assert.ok(bot.lines.some(({ message }) => message === 'A defect in the Discord side'));
});

test('a bot that cannot begin, for a database that fails, does not stay connected', async (t) => {
  const there = await openTestDiscord(t);
  const { library } = assemble(tempStore(t).store);
  library.openJobs = () => {
    throw new Error('the disk does not read');
  };
  await assert.rejects(openTestBot(t, there, { library }), /the disk does not read/);
  await there.botOffline();
});

test('a restart tells those who wait, and leaves nobody thinking', async (t) => {
  const there = await openTestDiscord(t);
  const bot = await openTestBot(t, there);
  const asked = await there.as('member').command('ask', { question: 'hang' });
  await asked.reply((message) => /Searching/.test(message.content));
  await bot.close();
  assert.ok(
    !bot.lines.some(({ message }) => /connection to Discord was lost/.test(message)),
    'it left, and lost nothing',
  );
  const reply = await asked.reply((message) => /restarted/.test(message.content));
  assert.match(reply.content, /I am being restarted.*\(incident \w{5}\)/);
});

test('the progress of a job goes on in its message after a restart', async (t) => {
  const there = await openTestDiscord(t);
  const { store } = tempStore(t);
  const embedder = createWatchedEmbedder();
  const held = Promise.withResolvers<void>();
  embedder.before = (call) => (call === 4 ? held.promise : undefined);
  const { library, runner } = assemble(store, { embedder, batchSize: 1 });
  const first = await openTestBot(t, there, { library, settings: store.settings });
  const morgan = there.as('moderator');
  const added = await (await morgan.command('knowledge add', { title: 'Rules' })).modal();
  const text = Array.from({ length: 8 }, (_, line) => `Rule ${line}: be kind.`).join('\n');
  const sent = await added.submit({ title: 'Rules', text, link: '' });
  const before = await sent.reply((message) => /Waiting its turn/.test(message.content));
  runner.start();
  t.after(() => runner.stop());
  await sent.reply((message) => /▰?▱+ Reading … \d of 8 passages/.test(message.content));
  await first.close();
  await openTestBot(t, there, { library, settings: store.settings });
  held.resolve();
  const after = await sent.reply((message) => /is learned/.test(message.content));
  assert.equal(after.id, before.id);
});
