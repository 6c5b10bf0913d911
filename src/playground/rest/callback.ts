import { InteractionResponseType as R, MessageFlags } from 'discord-api-types/v10';
import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import { checkChoiceList } from '../limits/commands.ts';
import { createForm, invalidForm, isObject, nested, type Json } from '../limits/form.ts';
import { parseMessageBody } from '../limits/message.ts';
import { checkModal } from '../limits/modal.ts';
import { INTERACTION_TYPES, toApiMessage } from '../payload/message.ts';
import { discordError } from '../discord-error.ts';
import { awaitingInteraction, settle } from '../state/interactions.ts';
import { createMessage, editMessage, SETTABLE_FLAGS } from '../state/messages.ts';
import type { Channel, Interaction, Message } from '../state/model.ts';
import { BOUNDS, keepNewest, type World } from '../state/world.ts';
import { editedFiles, newFiles } from './attachments.ts';
import type { RestCall, RestRoute } from './router.ts';

/** What each kind of interaction may be answered with. */
const ANSWERS: Readonly<Record<Interaction['kind'], readonly unknown[]>> = {
  command: [R.ChannelMessageWithSource, R.DeferredChannelMessageWithSource, R.Modal],
  component: [
    R.ChannelMessageWithSource,
    R.DeferredChannelMessageWithSource,
    R.DeferredMessageUpdate,
    R.UpdateMessage,
    R.Modal,
  ],
  modal: [R.ChannelMessageWithSource, R.DeferredChannelMessageWithSource, R.DeferredMessageUpdate, R.UpdateMessage],
  autocomplete: [R.ApplicationCommandAutocompleteResult],
};

/** The first answer to an interaction. A body that is refused leaves the interaction waiting. */
export function callbackRoutes(world: World): RestRoute[] {
  return [
    {
      method: 'POST',
      path: '/interactions/:interaction_id/:interaction_token/callback',
      open: true,
      run(call) {
        const { interaction_id: id = '', interaction_token: token = '' } = call.params;
        const interaction = awaitingInteraction(world, id, token);
        const channel = world.channels.get(interaction.channelId);
        if (channel === undefined) throw discordError('unknownChannel');
        const body = isObject(call.body) ? call.body : {};
        const message = respond(world, interaction, channel, body, call);
        if (call.query['with_response'] !== 'true') return { status: 204 };
        return { status: 200, body: resource(world, interaction, body, message, call.origin) };
      },
    },
  ];
}

function respond(world: World, interaction: Interaction, channel: Channel, body: Json, call: RestCall): Message | null {
  const type = Object.values(R).find((one) => one === body['type']);
  const updates = type === R.DeferredMessageUpdate || type === R.UpdateMessage;
  if (!ANSWERS[interaction.kind].includes(type ?? 0) || (updates && interaction.messageId === null)) {
    throw invalidForm(['type'], 'BASE_TYPE_CHOICES', 'This interaction cannot be answered with this type.');
  }
  const data = isObject(body['data']) ? body['data'] : {};
  if (type === R.ChannelMessageWithSource) return sendReply(world, interaction, channel, data, call);
  if (type === R.DeferredChannelMessageWithSource) return defer(world, interaction, channel, data);
  if (type === R.Modal) showModal(world, interaction, data);
  if (type === R.ApplicationCommandAutocompleteResult) offerChoices(world, interaction, data);
  if (!updates) return null;
  const message = channel.messages.get(interaction.messageId ?? '');
  if (message === undefined) throw discordError('unknownMessage');
  if (type === R.UpdateMessage) {
    const edit = parseMessageBody(data, ['data']);
    editMessage(world, channel, message, { ...edit, files: editedFiles(world, message, edit, call.files) });
  }
  interaction.originalId = message.id;
  settle(world, interaction, 'acknowledged');
  return message;
}

function sendReply(world: World, interaction: Interaction, channel: Channel, data: Json, call: RestCall): Message {
  const body = parseMessageBody(data, ['data']);
  const isEphemeral = ((body.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const message = createMessage(world, channel, {
    authorId: world.bot.id,
    ...body,
    files: newFiles(world, body, call.files),
    flags: (body.flags ?? 0) & (SETTABLE_FLAGS | MessageFlags.Ephemeral),
    interaction,
    replyToId: interaction.kind === 'component' ? interaction.messageId : null,
    ephemeralTo: isEphemeral ? interaction.userId : null,
  });
  interaction.originalId = message.id;
  settle(world, interaction, 'acknowledged');
  return message;
}

/** “… is thinking”: whether the answer will be ephemeral is decided here. */
function defer(world: World, interaction: Interaction, channel: Channel, data: Json): Message {
  const isEphemeral = (Number(data['flags'] ?? 0) & MessageFlags.Ephemeral) !== 0;
  const message = createMessage(world, channel, {
    authorId: world.bot.id,
    flags: MessageFlags.Loading | (isEphemeral ? MessageFlags.Ephemeral : 0),
    interaction,
    replyToId: interaction.kind === 'component' ? interaction.messageId : null,
    ephemeralTo: isEphemeral ? interaction.userId : null,
  });
  interaction.originalId = message.id;
  settle(world, interaction, 'acknowledged');
  return message;
}

function showModal(world: World, interaction: Interaction, data: Json): void {
  const form = createForm();
  checkModal(nested(form, ['data']), data);
  form.done();
  const modal = {
    id: world.nextId(),
    interaction,
    customId: String(data['custom_id']),
    title: String(data['title']),
    components: data['components'] as unknown[],
  };
  world.modals.set(modal.id, modal);
  keepNewest(world.modals, BOUNDS.modals);
  settle(world, interaction, 'acknowledged');
  world.bus.emit({ kind: 'modalShown', modal });
}

function offerChoices(world: World, interaction: Interaction, data: Json): void {
  const form = createForm();
  const choices = form.list(['data', 'choices'], data['choices'] ?? null, { max: 25 });
  checkChoiceList(form, ['data', 'choices'], choices);
  form.done();
  settle(world, interaction, 'acknowledged');
  world.bus.emit({ kind: 'choicesOffered', interaction, choices: choices as APIApplicationCommandOptionChoice[] });
}

function resource(
  world: World,
  interaction: Interaction,
  body: Json,
  message: Message | null,
  origin: string,
): unknown {
  return {
    interaction: {
      id: interaction.id,
      type: INTERACTION_TYPES[interaction.kind],
      ...(message === null
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: (message.flags & MessageFlags.Loading) !== 0,
            response_message_ephemeral: message.ephemeralTo !== null,
          }),
      channel_id: interaction.channelId,
      ...(interaction.guildId === null ? {} : { guild_id: interaction.guildId }),
    },
    resource: {
      type: Number(body['type']),
      ...(message === null ? {} : { message: toApiMessage(world, message, origin) }),
    },
  };
}
