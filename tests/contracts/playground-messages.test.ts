import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ButtonStyle, ComponentType, Events } from 'discord.js';
import { connectBot } from '../support/playground-bot.ts';
import { openTestDiscord } from '../support/playground.ts';

test('a bot reads, reacts to, threads and deletes messages', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const member = discord.as('member');
  await member.say('first');
  const said = await member.say('second');
  const channel = await client.channels.fetch(discord.channelId);
  assert.ok(channel?.isTextBased() && channel.isSendable());
  const fetched = await channel.messages.fetch({ limit: 10 });
  assert.deepEqual(
    [...fetched.values()].map(({ content }) => content),
    ['second', 'first'],
  );
  const message = await channel.messages.fetch(said.id);
  await message.react('👍');
  await assert.rejects(message.react('not an emoji'), { code: 10014 });
  const thread = await message.startThread({ name: 'About this' });
  await thread.send('in here');
  const again = client.rest.post(`/channels/${channel.id}/messages/${said.id}/threads`, { body: { name: 'Again' } });
  await assert.rejects(again, { code: 160004 });
  const seen = await member.waitForMessage(({ id }) => id === said.id);
  assert.deepEqual(seen.reactions, [{ emoji: '👍', count: 1, mine: false }]);
  assert.equal(seen.threadId, thread.id);
  const sent = await channel.send({ content: 'mine', files: [{ attachment: Buffer.from('a'), name: 'a.txt' }] });
  // discord.js lists the new file alone, so Discord drops the old one.
  await sent.edit({ content: 'mine, edited', files: [{ attachment: Buffer.from('b'), name: 'b.txt' }] });
  const edited = await member.waitForMessage(({ id }) => id === sent.id);
  assert.deepEqual(
    edited.attachments.map(({ filename }) => filename),
    ['b.txt'],
  );
  const bare = await sent.edit({ attachments: [] });
  assert.equal(bare.attachments.size, 0);
  await sent.delete();
  await assert.rejects(sent.edit('gone'), { code: 10008 });
});

test('a reply can be awaited, fetched and deleted', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  await client.application.commands.set([{ name: 'go', description: 'Go' }]);
  const done = Promise.withResolvers<void>();
  client.on('interactionCreate', (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const run = async (): Promise<void> => {
      const response = await interaction.reply({ content: 'one', withResponse: true });
      assert.equal(response.resource?.message?.content, 'one');
      assert.equal((await interaction.fetchReply()).content, 'one');
      const more = await interaction.followUp('two');
      await interaction.editReply({ message: more, content: 'two, edited' });
      await interaction.deleteReply();
      await assert.rejects(interaction.editReply('gone'), { code: 10008 });
    };
    run().then(done.resolve, done.reject);
  });
  const member = discord.as('member');
  const sent = await member.command('go');
  await done.promise;
  assert.equal((await sent.followUp()).content, 'two, edited');
  assert.equal((await member.messages()).length, 1);
});

test('a message deleted by a moderator is gone for the bot that answers it', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const created = once(client, Events.MessageCreate);
  const said = await discord.as('member').say('Delete me');
  const [message] = await created;
  const deleted = once(client, Events.MessageDelete);
  discord.deleteMessage(discord.channelId, said.id);
  await deleted;
  await assert.rejects(message.reply({ content: 'Here', failIfNotExists: true }), { code: 50035 });
  const answer = await message.reply({ content: 'Here', failIfNotExists: false });
  assert.equal(answer.reference, null);
});

test('messages of a guild that removed the bot answer no button', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const channel = await client.channels.fetch(discord.channelId);
  assert.ok(channel?.isSendable());
  const button = { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Go', customId: 'go' } as const;
  await channel.send({
    content: 'Press',
    components: [{ type: ComponentType.ActionRow, components: [button] }],
  });
  const member = discord.as('member');
  const message = await member.waitForMessage(({ content }) => content === 'Press');
  discord.removeBotFrom(discord.guildId);
  assert.deepEqual(await member.commandNames(), []);
  assert.equal((await (await member.click(message, 'Go')).failed()).failure, 'This interaction failed');
});
