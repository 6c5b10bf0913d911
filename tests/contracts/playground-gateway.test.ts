import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Events, GatewayIntentBits, type Message } from 'discord.js';
import { WebSocket } from 'ws';
import { BOT_INTENTS, connectBot } from '../support/playground-bot.ts';
import { openTestDiscord, type TestDiscord } from '../support/playground.ts';

test('a bot whose socket broke resumes and misses nothing that was said meanwhile', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const heard: string[] = [];
  const all = Promise.withResolvers<void>();
  client.on('messageCreate', ({ content }) => {
    heard.push(content);
    if (heard.length === 3) all.resolve();
  });
  const resumed = once(client, Events.ShardResume);
  const member = discord.as('member');
  await member.say('one');
  discord.disturbGateway('cut');
  await member.say('two');
  await resumed;
  await member.say('three');
  await all.promise;
  assert.deepEqual(heard, ['one', 'two', 'three']);
});

test('a bot follows the request to reconnect', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const resumed = once(client, Events.ShardResume);
  discord.disturbGateway('reconnect');
  await resumed;
  assert.equal(client.isReady(), true);
});

test('a removed bot hears that its guild is gone and may not look at it any more', async (t) => {
  const discord = await openTestDiscord(t, { guilds: ['One', 'Two'] });
  const client = await connectBot(t, discord);
  assert.deepEqual(
    [...client.guilds.cache.keys()],
    discord.guilds.map(({ id }) => id),
  );
  const gone = once(client, Events.GuildDelete);
  discord.removeBotFrom(discord.guildId);
  const [guild] = await gone;
  assert.equal(guild.id, discord.guildId);
  await assert.rejects(client.rest.get(`/channels/${discord.channelId}`), { code: 50001 });
  await assert.rejects(client.rest.get(`/guilds/${discord.guildId}`), { code: 50001 });
});

test('without the intent for message contents a bot reads what names it, and nothing else', async (t) => {
  const discord = await openTestDiscord(t, { messageContent: false });
  await assert.rejects(connectBot(t, discord, BOT_INTENTS), /disallowed intents/i);
  const client = await connectBot(
    t,
    discord,
    BOT_INTENTS.filter((intent) => intent !== GatewayIntentBits.MessageContent),
  );
  const heard: Message[] = [];
  const both = Promise.withResolvers<void>();
  client.on('messageCreate', (message) => {
    heard.push(message);
    if (heard.length === 2) both.resolve();
  });
  const member = discord.as('member');
  await member.say('secret');
  await member.say(`<@${discord.botUserId}> hello`);
  await both.promise;
  assert.deepEqual(
    heard.map(({ content }) => content),
    ['', `<@${discord.botUserId}> hello`],
  );
  assert.equal(heard[1]?.mentions.has(discord.botUserId), true);
});

test('threads and direct messages reach the bot, and its answers reach the person', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  client.on('messageCreate', (message) => {
    if (!message.author.bot) void message.reply(`${message.channel.type}: ${message.content}`);
  });
  const member = discord.as('member');
  const starter = await member.say('Let us talk');
  const thread = await member.createThread('Talk', { messageId: starter.id });
  assert.equal(thread, starter.id);
  await member.say('in the thread', { channelId: thread });
  const answer = await member.waitForMessage(({ content }) => content.startsWith('11:'), { channelId: thread });
  assert.equal(answer.content, '11: in the thread');
  const dm = await member.openDm();
  await member.say('just us', { channelId: dm });
  assert.equal(
    (await member.waitForMessage(({ content }) => content === '1: just us', { channelId: dm })).reply?.preview,
    'just us',
  );
  await assert.rejects(discord.as('operator').messages(dm), /Missing Access/);
});

test('a wrong token and silence are both answered by closing', async (t) => {
  const open = ({ origin }: TestDiscord) =>
    new WebSocket(`${origin.replace('http', 'ws')}/playground/gateway?v=10&encoding=json`);
  const stranger = open(await openTestDiscord(t));
  stranger.once('message', () =>
    stranger.send(JSON.stringify({ op: 2, d: { token: 'wrong', intents: 1, properties: {} } })),
  );
  const [wrongToken] = await once(stranger, 'close');
  assert.equal(wrongToken, 4004);
  const [silent] = await once(open(await openTestDiscord(t, { heartbeatIntervalMs: 50 })), 'close');
  assert.equal(silent, 4009);
});

test('a session that Discord does not know cannot be resumed', async (t) => {
  const discord = await openTestDiscord(t);
  const socket = new WebSocket(`${discord.origin.replace('http', 'ws')}/playground/gateway?v=10&encoding=json`);
  t.after(() => socket.terminate());
  await once(socket, 'message');
  socket.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: 'forgotten', seq: 3 } }));
  const [data] = await once(socket, 'message');
  assert.deepEqual(JSON.parse(String(data)), { op: 9, d: false, s: null, t: null });
});
