import type { TestContext } from 'node:test';
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  LabelBuilder,
  Locale,
  MessageFlags,
  ModalBuilder,
  PermissionFlagsBits,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
  type ApplicationCommandData,
  type ChatInputCommandInteraction,
} from 'discord.js';
import type { PagePlayground } from './browser-playground.ts';
import { BOT_INTENTS } from './playground-bot.ts';

const commands: readonly ApplicationCommandData[] = [
  {
    name: 'ask',
    description: 'Ask what this server knows',
    descriptionLocalizations: { ja: 'このサーバーの知識に質問する' },
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'question',
        nameLocalizations: { ja: '質問' },
        description: 'What you want to know',
        required: true,
      },
      { type: ApplicationCommandOptionType.Boolean, name: 'private', description: 'For your eyes only' },
      { type: ApplicationCommandOptionType.Integer, name: 'count', description: 'How many', minValue: 1, maxValue: 5 },
    ],
  },
  {
    name: 'knowledge',
    description: 'What is known',
    defaultMemberPermissions: PermissionFlagsBits.ManageGuild,
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'add',
        description: 'Teach a text or a file',
        options: [{ type: ApplicationCommandOptionType.Attachment, name: 'file', description: 'A text file' }],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'remove',
        description: 'Forget a document',
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'document',
            description: 'Which one',
            required: true,
            autocomplete: true,
          },
        ],
      },
    ],
  },
  { name: 'hang', description: 'Never answers' },
  {
    name: 'save',
    description: 'Save everything',
    options: [{ type: ApplicationCommandOptionType.String, name: 'reason', description: 'Why' }],
  },
  { type: ApplicationCommandType.Message, name: 'Quote this' },
];

const ANSWER = [
  '**How do I restore a backup?**',
  'Use `/restore` and choose a backup. [1] <img src=x onerror="document.title=1">',
  '```sh\nnpm run cli -- restore latest\n```',
  '-# Sources: [1] [Operations › Restore](https://example.org/restore) · <t:0:R>',
].join('\n');

export interface PageBot {
  /** Lets the answer that is being written go on to its next step. */
  step(): void;
}

/** discord.js with a script, for what the page must show: edits in place, buttons, forms, menus, silence. */
export async function connectPageBot(t: TestContext, playground: PagePlayground): Promise<PageBot> {
  const client = new Client({
    intents: BOT_INTENTS,
    rest: { api: playground.restApi, version: '10' },
    allowedMentions: { parse: [] },
  });
  t.after(() => client.destroy());
  const waiting: (() => void)[] = [];
  let steps = 0;
  const nextStep = () => {
    if (steps > 0) {
      steps -= 1;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => waiting.push(resolve));
  };

  async function ask(interaction: ChatInputCommandInteraction): Promise<void> {
    const question = interaction.options.getString('question', true);
    if (interaction.options.getBoolean('private')) {
      await interaction.reply({ content: `Psst: ${question}`, flags: MessageFlags.Ephemeral });
      return;
    }
    await interaction.deferReply();
    await nextStep();
    await interaction.editReply('Searching…');
    await nextStep();
    await interaction.editReply({
      content: interaction.locale === Locale.Japanese ? `質問：${question}` : ANSWER,
      components: [
        new ActionRowBuilder<ButtonBuilder>().addComponents(
          new ButtonBuilder().setCustomId('up').setEmoji('👍').setStyle(ButtonStyle.Secondary),
          new ButtonBuilder().setCustomId('passages').setLabel('Show passages').setStyle(ButtonStyle.Secondary),
          new ButtonBuilder().setCustomId('hang').setLabel('Hang').setStyle(ButtonStyle.Danger),
        ),
        new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
          new StringSelectMenuBuilder()
            .setCustomId('which')
            .setPlaceholder('Which backup?')
            .addOptions(
              { label: 'Today', value: 'today', description: '141 MB' },
              { label: 'Yesterday', value: 'old' },
            ),
        ),
      ],
    });
  }

  const form = new ModalBuilder()
    .setCustomId('teach')
    .setTitle('Teach a text')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('Title')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('title').setStyle(TextInputStyle.Short).setMaxLength(50),
        ),
      new LabelBuilder()
        .setLabel('Text')
        .setTextInputComponent(new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph)),
    );

  client.on(Events.InteractionCreate, (interaction) => {
    const work = async () => {
      if (interaction.isChatInputCommand()) {
        const { commandName, options } = interaction;
        if (commandName === 'ask') return ask(interaction);
        if (commandName === 'hang') return undefined;
        if (commandName === 'save') return interaction.reply(`Saved: ${options.getString('reason') ?? 'no reason'}.`);
        if (options.getSubcommand() === 'remove') return interaction.reply(`Forgot ${options.getString('document')}.`);
        const file = options.getAttachment('file');
        return file ? interaction.reply(`Read ${file.name}, ${file.size} bytes.`) : interaction.showModal(form);
      }
      if (interaction.isAutocomplete()) {
        const typed = interaction.options.getFocused();
        const found = ['Rules 2026', 'Event FAQ', 'Mod handbook'].filter((name) => name.toLowerCase().includes(typed));
        return interaction.respond(found.map((name) => ({ name, value: name })));
      }
      if (interaction.isModalSubmit()) {
        const { fields } = interaction;
        return interaction.reply(
          `Learned **${fields.getTextInputValue('title')}**: ${fields.getTextInputValue('text').length} characters.`,
        );
      }
      if (interaction.isButton() && interaction.customId === 'up') {
        return interaction.update({ content: 'Thanks!', components: [] });
      }
      if (interaction.isButton() && interaction.customId === 'passages') {
        return interaction.reply({ content: 'Passage 1 of 3', flags: MessageFlags.Ephemeral });
      }
      if (interaction.isStringSelectMenu()) return interaction.reply(`You chose ${interaction.values.join(', ')}.`);
      if (interaction.isMessageContextMenuCommand()) return interaction.reply(`> ${interaction.targetMessage.content}`);
      return undefined;
    };
    work().catch((error: unknown) =>
      client.emit(Events.Error, error instanceof Error ? error : new Error(String(error))),
    );
  });
  client.on(Events.MessageCreate, (message) => {
    if (message.author.bot || !client.user || !message.mentions.has(client.user)) return;
    message
      .reply(`You said: ${message.cleanContent}`)
      .catch((error: unknown) => client.emit(Events.Error, error instanceof Error ? error : new Error(String(error))));
  });
  client.on(Events.Error, (error) => t.diagnostic(`bot: ${error.message}`));
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  await client.login(playground.token);
  await ready;
  await client.application?.commands.set(commands);
  return {
    step() {
      const go = waiting.shift();
      if (go) go();
      else steps += 1;
    },
  };
}
