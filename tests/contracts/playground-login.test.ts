import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestDiscord } from '../support/playground.ts';
import { connectBot } from '../support/playground-bot.ts';

test('discord.js logs in and finds its guild, channels and application', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  assert.equal(client.user.id, discord.botUserId);
  assert.equal(client.application.id, discord.applicationId);
  const guild = client.guilds.cache.get(discord.guildId);
  assert.equal(guild?.name, 'Test Server');
  assert.deepEqual([...(guild?.channels.cache.keys() ?? [])], discord.guilds[0]?.channelIds);
  const application = await client.application.fetch();
  assert.equal(application.owner?.id, discord.userIds.operator);
});
