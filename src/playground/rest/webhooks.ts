import { MessageFlags } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import { parseMessageBody } from '../limits/message.ts';
import { toApiMessage } from '../payload/message.ts';
import { interactionByToken } from '../state/interactions.ts';
import { createMessage, deleteMessage, editMessage, SETTABLE_FLAGS } from '../state/messages.ts';
import type { Channel, Interaction, Message } from '../state/model.ts';
import type { World } from '../state/world.ts';
import { editedFiles, newFiles } from './attachments.ts';
import type { RestAnswer, RestCall, RestRoute } from './router.ts';

const HOOK = '/webhooks/:webhook_id/:webhook_token';
const ONE = `${HOOK}/messages/:message_id`;

/** Later messages of an interaction: its token is the key, for 15 minutes. */
export function webhookRoutes(world: World): RestRoute[] {
  const open = (call: RestCall): { interaction: Interaction; channel: Channel } => {
    const { webhook_id: id = '', webhook_token: token = '' } = call.params;
    const interaction = interactionByToken(world, id, token);
    const channel = world.channels.get(interaction.channelId);
    if (channel === undefined) throw discordError('unknownChannel');
    return { interaction, channel };
  };
  const target = (call: RestCall): { channel: Channel; message: Message } => {
    const { interaction, channel } = open(call);
    const id = call.params['message_id'] ?? '';
    const message = channel.messages.get(id === '@original' ? (interaction.originalId ?? '') : id);
    const isIts =
      message !== undefined && (message.interaction?.id === interaction.id || message.id === interaction.originalId);
    if (!isIts) throw discordError('unknownMessage');
    return { channel, message };
  };
  const edit = (channel: Channel, message: Message, call: RestCall): RestAnswer => {
    const body = parseMessageBody(call.body);
    editMessage(world, channel, message, { ...body, files: editedFiles(world, message, body, call.files) });
    return { status: 200, body: toApiMessage(world, message, call.origin) };
  };
  return [
    {
      method: 'POST',
      path: HOOK,
      open: true,
      run(call) {
        const { interaction, channel } = open(call);
        const original = channel.messages.get(interaction.originalId ?? '');
        // The first follow-up after a deferral becomes the deferred reply, and keeps its visibility.
        if (original !== undefined && (original.flags & MessageFlags.Loading) !== 0)
          return edit(channel, original, call);
        const body = parseMessageBody(call.body);
        const isEphemeral = ((body.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
        const message = createMessage(world, channel, {
          authorId: world.bot.id,
          ...body,
          files: newFiles(world, body, call.files),
          flags: (body.flags ?? 0) & (SETTABLE_FLAGS | MessageFlags.Ephemeral),
          interaction,
          replyToId: original?.id ?? null,
          ephemeralTo: isEphemeral ? interaction.userId : null,
        });
        return { status: 200, body: toApiMessage(world, message, call.origin) };
      },
    },
    {
      method: 'GET',
      path: ONE,
      open: true,
      run: (call) => ({ status: 200, body: toApiMessage(world, target(call).message, call.origin) }),
    },
    {
      method: 'PATCH',
      path: ONE,
      open: true,
      run(call) {
        const { channel, message } = target(call);
        return edit(channel, message, call);
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      open: true,
      run(call) {
        const { channel, message } = target(call);
        deleteMessage(world, channel, message);
        return { status: 204 };
      },
    },
  ];
}
