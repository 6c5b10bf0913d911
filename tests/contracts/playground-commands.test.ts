import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApplicationCommandOptionType,
  DiscordAPIError,
  MessageFlags,
  PermissionFlagsBits,
  type ChatInputCommandInteraction,
} from 'discord.js';
import { connectBot } from '../support/playground-bot.ts';
import { openTestDiscord } from '../support/playground.ts';
import type { TestContext } from 'node:test';

const ASK = {
  name: 'ask',
  description: 'Ask',
  description_localizations: { ja: '質問する' },
  options: [
    {
      type: ApplicationCommandOptionType.String,
      name: 'question',
      description: 'What',
      required: true,
      max_length: 500,
    },
    { type: ApplicationCommandOptionType.Attachment, name: 'file', description: 'A file' },
  ],
} as const;

async function withCommand(t: TestContext, run: (interaction: ChatInputCommandInteraction) => Promise<unknown>) {
  const discord = await openTestDiscord(t);
  const client = await connectBot(t, discord);
  await client.application.commands.set([ASK]);
  const outcomes: Promise<unknown>[] = [];
  client.on('interactionCreate', (interaction) => {
    if (interaction.isChatInputCommand()) outcomes.push(run(interaction));
  });
  return { discord, client, outcomes };
}

test('a command is deferred, edited and followed up, each seen by the person who ran it', async (t) => {
  const { discord } = await withCommand(t, async (interaction) => {
    await interaction.deferReply();
    await interaction.editReply(`About ${interaction.options.getString('question')}`);
    await interaction.editReply({ content: 'Done', embeds: [{ title: 'Sources' }] });
    await interaction.followUp({ content: 'More', flags: MessageFlags.Ephemeral });
  });
  const member = discord.as('member');
  const asked = await member.command('ask', { question: 'intents?' });
  await asked.acknowledged();
  const reply = await asked.reply(({ content }) => content === 'Done');
  assert.equal(reply.embeds[0]?.title, 'Sources');
  assert.equal(reply.interaction?.name, 'ask');
  const more = await asked.followUp();
  assert.equal(more.ephemeral, true);
  const others = await discord.as('moderator').messages();
  assert.deepEqual(
    others.map(({ id }) => id),
    [reply.id],
  );
});

test('what is missing, too long or unknown in a command is refused before the bot sees it', async (t) => {
  const { discord, outcomes } = await withCommand(t, (interaction) => interaction.reply('Never'));
  const member = discord.as('member');
  await assert.rejects(member.command('ask', {}), /required/);
  await assert.rejects(member.command('ask', { question: 'x'.repeat(501) }), /between 0 and 500/);
  await assert.rejects(member.command('ask', { question: 'x', extra: 1 }), /no option "extra"/);
  await assert.rejects(member.command('nothing'), { code: 10063 });
  assert.equal(outcomes.length, 0);
});

test('an attachment reaches the bot with its size and type, and the bot sends one back', async (t) => {
  const { discord } = await withCommand(t, async (interaction) => {
    const file = interaction.options.getAttachment('file', true);
    const text = await (await fetch(file.url)).text();
    await interaction.reply({
      content: `${file.name} ${file.size} ${file.contentType}`,
      files: [{ attachment: Buffer.from(text.toUpperCase()), name: 'loud.txt' }],
    });
  });
  const member = discord.as('member');
  const file = await member.upload('rules.md', '# Regeln für 本', 'text/markdown');
  const reply = await (await member.command('ask', { question: 'x', file })).reply();
  assert.equal(reply.content, 'rules.md 17 text/markdown');
  const [sent] = reply.attachments;
  assert.equal(sent?.filename, 'loud.txt');
  const response = await fetch(discord.origin + sent?.url);
  assert.equal(await response.text(), '# REGELN FÜR 本');
  assert.equal(response.headers.get('content-length'), String(sent?.sizeBytes));
});

test('definitions that Discord would refuse are refused, with the place of each mistake', async (t) => {
  const { client } = await withCommand(t, () => Promise.resolve());
  const bad = [
    { name: 'BAD NAME!!', description: '' },
    {
      name: 'ok',
      description: 'x'.repeat(101),
      options: [
        { type: 3, name: 'a', description: 'optional' },
        { type: 3, name: 'b', description: 'required', required: true },
      ],
    },
    { name: 'ok', description: 'again' },
  ];
  await assert.rejects(client.rest.put(`/applications/${client.application.id}/commands`, { body: bad }), (error) => {
    assert.ok(error instanceof DiscordAPIError);
    assert.equal(error.code, 50035);
    const { errors } = error.rawError as { errors: Record<string, Record<string, unknown>> };
    assert.deepEqual(Object.keys(errors), ['0', '1', '2']);
    assert.deepEqual(errors['0']?.['name'], {
      _errors: [{ code: 'STRING_TYPE_REGEX', message: 'String value did not match validation regex.' }],
    });
    assert.ok(JSON.stringify(errors['1']).includes('APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID'));
    assert.ok(JSON.stringify(errors['2']).includes('APPLICATION_COMMANDS_DUPLICATE_NAME'));
    return true;
  });
});

test('a command for moderators is neither offered to members nor run for them', async (t) => {
  const { discord, client } = await withCommand(t, (interaction) => interaction.reply('Yes'));
  await client.application.commands.set(
    [{ name: 'teach', description: 'Teach', defaultMemberPermissions: PermissionFlagsBits.ManageGuild }],
    discord.guildId,
  );
  assert.deepEqual(await discord.as('member').commandNames(), ['ask']);
  assert.deepEqual(await discord.as('moderator').commandNames(), ['ask', 'teach']);
  await assert.rejects(discord.as('member').command('teach'), { code: 10063 });
  assert.equal((await (await discord.as('operator').command('teach')).reply()).content, 'Yes');
});
