import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  ComponentType,
  DiscordAPIError,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Interaction,
} from 'discord.js';
import { connectBot } from '../support/playground-bot.ts';
import { openTestDiscord, type TestDiscordOptions } from '../support/playground.ts';

/** A bot with `/go` that hands every interaction to `run`; `outcomes` settle as the handlers do. */
async function withBot(
  t: TestContext,
  run: (interaction: Interaction) => Promise<unknown>,
  options: TestDiscordOptions = {},
) {
  const discord = await openTestDiscord(t, options);
  const client = await connectBot(t, discord);
  await client.application.commands.set([
    {
      name: 'go',
      description: 'Go',
      options: [{ type: ApplicationCommandOptionType.String, name: 'to', description: 'Where', autocomplete: true }],
    },
    { name: 'Answer this', type: ApplicationCommandType.Message },
  ]);
  const outcomes: Promise<unknown>[] = [];
  client.on('interactionCreate', (interaction) => {
    const outcome = run(interaction);
    outcome.catch(() => undefined);
    outcomes.push(outcome);
  });
  return { discord, client, outcomes, member: discord.as('member') };
}

const button = (customId: string, label: string) =>
  ({ type: ComponentType.Button, style: ButtonStyle.Primary, customId, label }) as const;
const row = <C>(...components: C[]) => ({ type: ComponentType.ActionRow, components }) as const;

test('a button updates its own message, and only once', async (t) => {
  const { member, outcomes } = await withBot(t, async (interaction) => {
    if (interaction.isChatInputCommand())
      await interaction.reply({ content: 'Choose', components: [row(button('yes', 'Yes'))] });
    if (!interaction.isButton()) return;
    await interaction.update({ content: `${interaction.customId} by ${interaction.user.username}`, components: [] });
    await interaction.reply('again');
  });
  const message = await (await member.command('go')).reply();
  const pressed = await member.click(message, 'Yes');
  const after = await pressed.reply(({ content }) => content !== 'Choose');
  assert.equal(after.id, message.id);
  assert.equal(after.content, 'yes by mika');
  assert.equal(after.components.length, 0);
  await assert.rejects(outcomes[1] ?? Promise.resolve(), /already been sent or deferred|acknowledged/);
  await assert.rejects(member.click(after, 'yes'), /no such component/);
});

test('a select hands over what was chosen, within its limits', async (t) => {
  const options = ['a', 'b', 'c'].map((value) => ({ label: value.toUpperCase(), value }));
  const { member } = await withBot(t, async (interaction) => {
    const select = { type: ComponentType.StringSelect, customId: 'pick', options, minValues: 1, maxValues: 2 } as const;
    if (interaction.isChatInputCommand()) await interaction.reply({ content: 'Pick', components: [row(select)] });
    if (interaction.isStringSelectMenu())
      await interaction.reply({ content: interaction.values.join('+'), flags: MessageFlags.Ephemeral });
  });
  const message = await (await member.command('go')).reply();
  await assert.rejects(member.select(message, 'pick', ['a', 'b', 'c']), /between 1 and 2/);
  await assert.rejects(member.select(message, 'pick', ['z']), /not one of the choices/);
  assert.equal((await (await member.select(message, 'pick', ['a', 'c'])).reply()).content, 'a+c');
});

test('a modal comes up for its person, is checked, and its values reach the bot', async (t) => {
  const { member } = await withBot(t, async (interaction) => {
    if (interaction.isChatInputCommand()) {
      const text = new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph);
      const title = new TextInputBuilder().setCustomId('title').setStyle(TextInputStyle.Short).setLabel('Title');
      const modal = new ModalBuilder()
        .setCustomId('teach')
        .setTitle('Teach me')
        .addLabelComponents(new LabelBuilder().setLabel('Text').setTextInputComponent(text));
      // Both forms that Discord takes: labels, and the older rows.
      modal.addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(title.setRequired(false)));
      await interaction.showModal(modal);
    }
    if (interaction.isModalSubmit())
      await interaction.reply(interaction.fields.getTextInputValue('text').toUpperCase());
  });
  const modal = await (await member.command('go')).modal();
  assert.equal(modal.data.title, 'Teach me');
  await assert.rejects(modal.submit({ text: '' }), /characters/);
  assert.equal((await (await modal.submit({ text: 'hello' })).reply()).content, 'HELLO');
  await assert.rejects(modal.submit({ text: 'twice' }), /no longer open/);
});

test('autocomplete returns the choices for what was typed', async (t) => {
  const { member } = await withBot(t, async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const typed = interaction.options.getFocused();
    await interaction.respond([{ name: `${typed}!`, value: typed }]);
  });
  assert.deepEqual(await member.autocomplete('go', { to: 'Par' }, 'to'), [{ name: 'Par!', value: 'Par' }]);
});

test('a context menu names its message', async (t) => {
  const { member } = await withBot(t, async (interaction) => {
    if (interaction.isMessageContextMenuCommand())
      await interaction.reply(`You said ${interaction.targetMessage.content}`);
  });
  const said = await member.say('What is an intent?');
  assert.equal(
    (await (await member.contextMenu('Answer this', said.id)).reply()).content,
    'You said What is an intent?',
  );
});

test('an ephemeral message is seen and dismissed by its person alone, and the bot can go on editing it', async (t) => {
  const { discord, member, outcomes } = await withBot(t, async (interaction) => {
    if (!interaction.isChatInputCommand()) return undefined;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply('Psst');
    return () => interaction.editReply('Psst, again');
  });
  const reply = await (await member.command('go')).reply();
  assert.equal(reply.ephemeral, true);
  assert.deepEqual(await discord.as('operator').messages(), []);
  await member.dismiss(reply);
  assert.deepEqual(await member.messages(), []);
  const again = (await outcomes[0]) as () => Promise<unknown>;
  await again();
  assert.deepEqual(await member.messages(), []);
});

test('who answers too late is told that the interaction is unknown, and the person that nothing came', async (t) => {
  const [arrived, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { member, outcomes } = await withBot(
    t,
    async (interaction) => {
      arrived.resolve();
      await late.promise;
      if (interaction.isChatInputCommand()) await interaction.reply('Sorry');
    },
    { acknowledgeWithinMs: 50 },
  );
  const sent = await member.command('go');
  assert.equal((await sent.failed()).failure, 'The application did not respond');
  await arrived.promise;
  late.resolve();
  await assert.rejects(
    outcomes[0] ?? Promise.resolve(),
    (error) => error instanceof DiscordAPIError && error.code === 10062,
  );
});

test('after fifteen minutes the token no longer edits', async (t) => {
  let now = Date.now();
  const { member, outcomes } = await withBot(
    t,
    async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply('Hello');
      now += 15 * 60_000 + 1;
      await interaction.editReply('Too late');
    },
    { clock: () => now },
  );
  const reply = await (await member.command('go')).reply();
  await assert.rejects(
    outcomes[0] ?? Promise.resolve(),
    (error) => error instanceof DiscordAPIError && error.code === 50027,
  );
  assert.equal(reply.content, 'Hello');
});

test('with no bot connected a command fails at once', async (t) => {
  const { client, discord, member } = await withBot(t, () => Promise.resolve());
  await client.destroy();
  await discord.botOffline();
  const failure = await (await member.command('go')).failed();
  assert.equal(failure.state, 'failed');
});
