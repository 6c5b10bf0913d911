import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError, PermissionFlagsBits, REST } from 'discord.js';
import type { APIMessage } from 'discord-api-types/v10';
import { connectBot } from '../support/playground-bot.ts';
import { openTestDiscord, type TestDiscord } from '../support/playground.ts';

function restOf({ restApi, token }: TestDiscord): REST {
  return new REST({ api: restApi, version: '10' }).setToken(token);
}

async function refusal(promise: Promise<unknown>): Promise<{ code: number | string; errors: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DiscordAPIError)
      return { code: error.code, errors: (error.rawError as { errors?: unknown }).errors };
    throw error;
  }
  throw new assert.AssertionError({ message: 'It was accepted.' });
}

test('texts beyond Discord’s limits are refused, each mistake at its place', async (t) => {
  const discord = await openTestDiscord(t);
  const path = `/channels/${discord.channelId}/messages` as const;
  const { code, errors } = await refusal(
    restOf(discord).post(path, {
      body: {
        content: 'x'.repeat(2_001),
        embeds: [{ title: 'x'.repeat(257), fields: [{ name: 'a', value: '' }] }],
        components: [
          { type: 1, components: [{ type: 2, style: 1, label: 'x'.repeat(81), custom_id: 'same' }] },
          { type: 1, components: [{ type: 2, style: 1, label: 'b', custom_id: 'same' }] },
        ],
      },
    }),
  );
  assert.equal(code, 50035);
  const text = JSON.stringify(errors);
  const { content, embeds, components } = errors as Record<string, Record<string, unknown>>;
  assert.deepEqual(content, {
    _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }],
  });
  assert.deepEqual(Object.keys(embeds?.['0'] ?? {}), ['title', 'fields']);
  assert.deepEqual(Object.keys(components ?? {}), ['0', '1']);
  assert.ok(text.includes('COMPONENT_CUSTOM_ID_DUPLICATED'));
});

test('characters are counted as Discord counts them: an emoji is one', async (t) => {
  const discord = await openTestDiscord(t);
  const path = `/channels/${discord.channelId}/messages` as const;
  const made = (await restOf(discord).post(path, { body: { content: '😀'.repeat(2_000) } })) as APIMessage;
  assert.equal(made.content.length, 4_000);
  const embeds = Array.from({ length: 2 }, () => ({ description: 'x'.repeat(3_001) }));
  assert.ok(
    JSON.stringify(await refusal(restOf(discord).post(path, { body: { embeds } }))).includes('MAX_EMBED_SIZE_EXCEEDED'),
  );
});

test('each kind of mistake has Discord’s own code', async (t) => {
  const discord = await openTestDiscord(t);
  const rest = restOf(discord);
  const { channelId } = discord;
  const said = await discord.as('member').say('Hello');
  const code = async (promise: Promise<unknown>) => (await refusal(promise)).code;
  assert.equal(await code(rest.get('/channels/123')), 10003);
  assert.equal(await code(rest.get('/guilds/123')), 10004);
  assert.equal(await code(rest.get(`/channels/${channelId}/messages/123`)), 10008);
  assert.equal(await code(rest.post(`/channels/${channelId}/messages`, { body: { content: ' \n ' } })), 50006);
  assert.equal(await code(rest.patch(`/channels/${channelId}/messages/${said.id}`, { body: { content: 'x' } })), 50005);
  assert.equal(await code(rest.delete(`/channels/${channelId}/messages/${said.id}`)), 50013);
  const reference = { message_id: '123' };
  assert.equal(
    await code(rest.post(`/channels/${channelId}/messages`, { body: { content: 'x', message_reference: reference } })),
    50035,
  );
  assert.equal(
    await code(rest.post(`/webhooks/${discord.applicationId}/nonsense`, { body: { content: 'x' }, auth: false })),
    50027,
  );
  const files = [{ name: 'big.bin', data: Buffer.alloc(10 * 1024 * 1024 + 1) }];
  assert.equal(await code(rest.post(`/channels/${channelId}/messages`, { body: {}, files })), 40005);
  const status = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${discord.restApi}/v10${path}`, {
      headers: { authorization: `Bot ${discord.token}` },
      ...init,
    });
    return [response.status, await response.json()];
  };
  assert.deepEqual(await status('/users/@me', { headers: {} }), [401, { message: '401: Unauthorized', code: 0 }]);
  assert.deepEqual(await status('/nowhere'), [404, { message: '404: Not Found', code: 0 }]);
  assert.deepEqual(await status('/users/@me', { method: 'DELETE' }), [
    405,
    { message: '405: Method Not Allowed', code: 0 },
  ]);
});

test('a channel that the bot may not see or write to says so', async (t) => {
  const discord = await openTestDiscord(t);
  const rest = restOf(discord);
  const post = () => rest.post(`/channels/${discord.channelId}/messages`, { body: { content: 'x' } });
  discord.denyBot(discord.channelId, PermissionFlagsBits.SendMessages);
  assert.equal((await refusal(post())).code, 50013);
  discord.denyBot(discord.channelId, PermissionFlagsBits.ViewChannel);
  assert.equal((await refusal(post())).code, 50001);
  discord.denyBot(discord.channelId, 0n);
  await post();
});

test('who is notified depends on allowed_mentions, and every ping is on record', async (t) => {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  const channel = await client.channels.fetch(discord.channelId);
  assert.ok(channel?.isSendable());
  const content = `@everyone <@${discord.userIds.member}> <@&${discord.moderatorRoleId}>`;
  const silent = await channel.send({ content, allowedMentions: { parse: [] } });
  assert.deepEqual([silent.mentions.everyone, silent.mentions.users.size, silent.mentions.roles.size], [false, 0, 0]);
  assert.deepEqual(discord.pingingMessages(), []);
  await channel.send({ content, allowedMentions: { users: [discord.userIds.member] } });
  assert.deepEqual(
    discord.pingingMessages().map(({ pings }) => pings),
    [{ everyone: false, userIds: [discord.userIds.member], roleIds: [] }],
  );
  await channel.send(content);
  assert.deepEqual(discord.pingingMessages()[1]?.pings, {
    everyone: true,
    userIds: [discord.userIds.member],
    roleIds: [discord.moderatorRoleId],
  });
  const said = await discord.as('member').say('Hi');
  const body = { content: 'Hi', message_reference: { message_id: said.id }, allowed_mentions: { parse: [] } };
  await client.rest.post(`/channels/${discord.channelId}/messages`, { body });
  assert.equal(discord.pingingMessages().length, 2);
});

test('the sixth edit within five seconds is told to wait', async (t) => {
  let now = Date.now();
  const discord = await openTestDiscord(t, { clock: () => now });
  const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
  const messages = `${discord.restApi}/v10/channels/${discord.channelId}/messages`;
  const send = async (url: string, method: string, content: string) =>
    fetch(url, { method, headers, body: JSON.stringify({ content }) });
  const { id } = (await (await send(messages, 'POST', 'x')).json()) as APIMessage;
  for (const left of ['4', '3', '2', '1', '0']) {
    const edited = await send(`${messages}/${id}`, 'PATCH', `left ${left}`);
    assert.equal(edited.headers.get('x-ratelimit-remaining'), left);
  }
  const refused = await send(`${messages}/${id}`, 'PATCH', 'too many');
  assert.equal(refused.status, 429);
  assert.deepEqual(await refused.json(), { message: 'You are being rate limited.', retry_after: 5, global: false });
  now += 5_000;
  assert.equal((await send(`${messages}/${id}`, 'PATCH', 'fine')).status, 200);
});
