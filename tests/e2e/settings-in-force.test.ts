import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { PermissionFlagsBits } from 'discord.js';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { placeOfDiscord, playgroundFor } from '../../src/app/home-guild.ts';
import { discordOptions } from '../../src/app/discord-options.ts';
import { parseConfig } from '../../src/config.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf } from '../support/app-person.ts';
import { openTestBot } from '../support/bot.ts';
import { ownPort } from '../support/own-port.ts';
import { openTestDiscord, type TestDiscord } from '../support/playground.ts';
import { tempFolder } from '../support/temp-store.ts';

interface Call {
  readonly method?: string;
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const DAY_MS = 24 * 3_600_000;
const [OPERATE, READ] = ['correct-horse-battery-staple-operate', 'correct-horse-battery-staple-the-reader'];

test('people: limits, roles and tokens are those of the environment', async (t) => {
  const world = playgroundFor(parseConfig({}))?.world;
  const guild = [...(world?.guilds.values() ?? [])][0];
  const { member, moderator } = world?.personas ?? {};
  assert.ok(guild !== undefined && member !== undefined && moderator !== undefined);
  const [role = ''] = guild.memberRoles.get(moderator.id) ?? [];
  const port = await ownPort();
  const database = join(tempFolder(t), 'bot.db');
  const store = openStore({ file: database, timeoutMs: 1000 });
  const now = Date.now();
  for (const days of [100, 7.1, 6.9]) {
    store.history.recordQuestion({
      guildId: guild.id,
      channelId: 'c',
      userId: 'sam',
      question: `${days} days ago`,
      answer: 'In the bay.',
      outcome: 'answered',
      rung: 'written',
      engine: 'offline',
      chunkIds: [],
      citedChunkIds: [],
      durationMs: 1,
      askedAt: now - days * DAY_MS,
    });
  }
  store.close();
  const app = await openTestApp(t, {
    firstLesson: false,
    env: {
      DATABASE_URL: database,
      HOST: '127.0.0.2',
      PORT: String(port),
      HISTORY_DAYS: '7',
      MAX_DOCUMENT_MB: '1',
      MAX_QUESTION_CHARACTERS: '100',
      QUESTIONS_PER_USER_PER_MINUTE: '2',
      QUESTIONS_PER_SERVER_PER_MINUTE: '3',
      MODERATOR_ROLE_IDS: role,
      HOME_GUILD_ID: guild.id,
      OPERATOR_USER_IDS: member.id,
      API_TOKEN: OPERATE,
      API_TOKENS: `grafana:read:${READ}`,
      API_REQUESTS_PER_MINUTE: '10',
      TRUST_PROXY: '1',
    },
  });
  const call = async (path: string, token: string, init: Call = {}) =>
    (await fetch(app.origin + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } }))
      .status;
  const [asMember, asModerator] = [personOf(app, 'member'), personOf(app, 'moderator')];
  const byDefault = parseConfig({}).limits;

  await t.test('HOST and PORT', () => assert.equal(app.origin, `http://127.0.0.2:${port}`));

  await t.test('HISTORY_DAYS', async () => {
    const { people } = app.knowledge.store;
    while (people.countOf('sam').questions === 3) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(people.countOf('sam').questions, 1);
  });

  await t.test('MAX_DOCUMENT_MB', async () => {
    const bytes = Buffer.alloc(1024 * 1024 + 1, 'word ');
    assert.ok(bytes.length < byDefault.documentBytes);
    const file = await asMember.upload('long.md', bytes);
    const added = await asMember.command('knowledge add', { file });
    const { content } = await added.followUp((one) => one.content !== '');
    assert.match(content, /larger than 1\.0 MB/);
    const headers = { 'content-type': 'text/markdown' };
    assert.equal(
      await call('/api/knowledge/file?name=long.md', OPERATE, { method: 'POST', body: bytes, headers }),
      413,
    );
    const add = () =>
      app.knowledge.library.add({ guildId: guildOf(app), title: 'x', name: 'x.md', content: bytes, addedBy: 'u' });
    assert.throws(add, /1\.0 MB/);
  });

  await t.test('MODERATOR_ROLE_IDS', async () => {
    const there = [...(app.playground?.world.guilds.values() ?? [])][0];
    for (const one of there?.roles ?? []) if (one.id === role) one.permissions = 0n;
    const { content } = await (await asModerator.command('knowledge list')).reply();
    assert.match(content, /I know nothing yet/);
  });

  await t.test('OPERATOR_USER_IDS', async () => {
    const { content } = await (await asMember.command('backups list')).reply();
    assert.match(content, /There is no backup yet/);
  });

  await t.test('MAX_QUESTION_CHARACTERS', async () => {
    const question = `${'long '.repeat(30)}?`;
    const body = JSON.stringify({ question });
    const headers = { 'content-type': 'application/json' };
    assert.equal(await call('/api/knowledge/ask', OPERATE, { method: 'POST', body, headers }), 400);
  });

  await t.test('QUESTIONS_PER_USER_PER_MINUTE and QUESTIONS_PER_SERVER_PER_MINUTE', async () => {
    const ask = async (who: typeof asMember) =>
      (await (await who.command('ask', { question: 'Where is the harbour?' })).reply()).content;
    for (let at = 0; at < 2; at += 1) assert.doesNotMatch(await ask(asMember), /in a short time|has asked/);
    assert.match(await ask(asMember), /You have asked 2 questions in a short time/);
    assert.doesNotMatch(await ask(asModerator), /in a short time|has asked/);
    assert.match(await ask(asModerator), /This server has asked/);
  });

  await t.test('API_TOKEN and API_TOKENS', async () => {
    assert.equal(await call('/api/session', OPERATE), 200);
    assert.equal(await call('/api/session', READ), 200);
    assert.equal(await call('/api/backup/create', READ, { method: 'POST' }), 403);
  });

  await t.test('TRUST_PROXY', async () => {
    const fail = (address: string) => call('/api/session', 'wrong', { headers: { 'x-forwarded-for': address } });
    for (let attempt = 0; attempt < 10; attempt += 1) assert.equal(await fail('203.0.113.1'), 401);
    assert.equal(await fail('203.0.113.1'), 429);
    assert.equal(await fail('203.0.113.2'), 401);
  });

  await t.test('API_REQUESTS_PER_MINUTE', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) statuses.push(await call('/api/session', READ));
    assert.equal(statuses.at(-1), 429);
  });
});

/** As for the real Discord, which this one takes the place of. */
function optionsOf({ token }: TestDiscord, env: Readonly<Record<string, string>>) {
  const config = parseConfig({ DISCORD_TOKEN: token, ...env });
  assert.equal(playgroundFor(config), null);
  const { limits: _, ...options } = discordOptions(config, { isPlayground: false });
  return { ...options, token: placeOfDiscord(config, null, '').token };
}

test('DISCORD_TOKEN and HOME_GUILD_ID: of two servers it is the one whose moderators operate the bot', async (t) => {
  const there = await openTestDiscord(t, { guilds: ['A', 'B'] });
  const [first, second] = there.guilds;
  await openTestBot(t, there, optionsOf(there, { HOME_GUILD_ID: second?.id ?? '' }));
  there.grantModerators(PermissionFlagsBits.Administrator); // Discord hides operators' commands from others elsewhere
  const listed = async (guildId = '') =>
    (await (await there.as('moderator', { guildId }).command('backups list')).reply()).content;
  assert.match(await listed(second?.id), /2 backups/);
  assert.match(await listed(first?.id), /for the people who run this bot/);
});

for (const isOn of [false, true]) {
  test(`MESSAGE_CONTENT_INTENT=${isOn}: in a thread a follow-up ${isOn ? 'needs no' : 'needs a'} mention`, async (t) => {
    const there = await openTestDiscord(t, { messageContent: isOn });
    await openTestBot(t, there, optionsOf(there, { MESSAGE_CONTENT_INTENT: String(isOn) }));
    const mika = there.as('member');
    const asked = await mika.say(`<@${there.botUserId}> where is the harbour?`);
    const answer = await mika.waitForMessage(
      ({ reply, content }) => reply?.messageId === asked.id && content.includes('Sources:'),
    );
    const threadId = await mika.createThread('harbour', { messageId: answer.id });
    const follow = await mika.say('and the lighthouse?', { channelId: threadId });
    const answered = (id: string) =>
      mika.waitForMessage(({ reply }) => reply?.messageId === id, { channelId: threadId });
    if (isOn) await answered(follow.id);
    else {
      const mentioned = await mika.say(`<@${there.botUserId}> and the pier?`, { channelId: threadId });
      await answered(mentioned.id);
      assert.ok(!(await mika.messages(threadId)).some(({ reply }) => reply?.messageId === follow.id));
    }
  });
}
