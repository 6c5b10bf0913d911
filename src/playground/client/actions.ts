import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import type { ActionArgs, ActionName, ActionResult, ClientRequest } from '../client-protocol.ts';
import { DiscordError, discordError } from '../discord-error.ts';
import { parseMessageBody } from '../limits/message.ts';
import { checkedName } from '../limits/name.ts';
import { requirePermission, sendPermission, visibleChannel, visibleMessage } from '../state/access.ts';
import { createThread, openDm } from '../state/channels.ts';
import { createMessage, deleteMessage, editMessage } from '../state/messages.ts';
import type { Channel, Interaction, Message } from '../state/model.ts';
import { emojiOf, setReaction } from '../state/reactions.ts';
import type { World } from '../state/world.ts';
import { invokeCommand, invokeContextMenu, type Invoker } from './invoke.ts';
import { press, submitModal } from './press.ts';
import { canRead, toClientMessage } from './views.ts';

/** Does what a person asked for, with the rights that person has. Throws DiscordError when they may not. */
export async function performAction(
  world: World,
  invoker: Invoker,
  request: ClientRequest,
): Promise<ActionResult<ActionName>> {
  const me = invoker.person.id;
  const channelOf = ({ channelId }: { readonly channelId: string }): Channel => visibleChannel(world, channelId, me);
  const place = (args: { readonly channelId: string; readonly messageId: string }): [Channel, Message] => {
    const channel = channelOf(args);
    return [channel, visibleMessage(channel, args.messageId, me)];
  };
  switch (request.action) {
    case 'history':
      return { messages: history(world, invoker, channelOf(request.args), request.args) };
    case 'say':
      return say(world, invoker, channelOf(request.args), request.args);
    case 'editMessage': {
      const [channel, message] = place(request.args);
      if (message.authorId !== me) throw discordError('notOwnMessage');
      editMessage(world, channel, message, parseMessageBody({ content: request.args.content }));
      return null;
    }
    case 'deleteMessage': {
      const [channel, message] = place(request.args);
      if (message.authorId !== me) requirePermission(world, channel, me, P.ManageMessages);
      deleteMessage(world, channel, message);
      return null;
    }
    case 'react': {
      const [channel, message] = place(request.args);
      requirePermission(world, channel, me, P.AddReactions);
      setReaction(world, message, emojiOf(request.args.emoji), me, request.args.on);
      return null;
    }
    case 'command':
      return sent(invokeCommand(world, invoker, commandChannel(world, channelOf(request.args), me), request.args));
    case 'contextMenu': {
      const { name, targetId } = request.args;
      return sent(
        invokeContextMenu(world, invoker, commandChannel(world, channelOf(request.args), me), name, targetId),
      );
    }
    case 'autocomplete':
      return { choices: await choicesFor(world, invoker, channelOf(request.args), request.args) };
    case 'click': {
      const [channel, message] = place(request.args);
      return sent(press(world, invoker, channel, message, request.args.customId, null));
    }
    case 'select': {
      const [channel, message] = place(request.args);
      return sent(press(world, invoker, channel, message, request.args.customId, request.args.values));
    }
    case 'submitModal': {
      const modal = world.modals.get(request.args.modalId);
      if (modal?.interaction.clientId !== invoker.clientId)
        throw new DiscordError(404, 0, 'This form is no longer open.');
      return sent(submitModal(world, invoker, modal, request.args.values));
    }
    case 'closeModal':
      world.modals.delete(request.args.modalId);
      return null;
    case 'dismiss': {
      const [, message] = place(request.args);
      if (message.ephemeralTo !== me) throw discordError('missingPermissions');
      world.bus.emit({ kind: 'messageDeleted', message });
      message.dismissed = true;
      return null;
    }
    case 'createThread': {
      const channel = channelOf(request.args);
      if (channel.kind !== 'text') throw new DiscordError(400, 50024, 'Cannot execute action on this channel type');
      requirePermission(world, channel, me, P.CreatePublicThreads);
      const { messageId } = request.args;
      const starter = messageId === undefined ? null : visibleMessage(channel, messageId, me);
      return { channelId: createThread(world, channel, { ...checkedName(request.args), ownerId: me, starter }).id };
    }
    case 'openDm':
      return { channelId: openDm(world, me).id };
    case 'hello':
    default:
      throw new DiscordError(400, 0, 'Unknown action.');
  }
}

function sent(interaction: Interaction): { readonly interactionId: string } {
  return { interactionId: interaction.id };
}

function commandChannel(world: World, channel: Channel, userId: string): Channel {
  if (channel.guildId !== null) requirePermission(world, channel, userId, P.UseApplicationCommands);
  return channel;
}

function history(world: World, invoker: Invoker, channel: Channel, { before, limit = 50 }: ActionArgs<'history'>) {
  const readable = [...channel.messages.values()].filter((message) => canRead(message, invoker));
  const end = before === undefined ? readable.length : readable.findIndex((message) => message.id === before);
  const page = readable.slice(0, Math.max(0, end)).slice(-Math.min(500, Math.max(1, limit)));
  return page.map((message) => toClientMessage(world, message, invoker));
}

function say(
  world: World,
  { person }: Invoker,
  channel: Channel,
  args: ActionArgs<'say'>,
): { readonly messageId: string } {
  requirePermission(world, channel, person.id, sendPermission(channel));
  const { content } = parseMessageBody({ content: args.content });
  const files = (args.uploadIds ?? []).slice(0, 10).map((id) => {
    const kept = world.files.get(id);
    if (kept === undefined) throw new DiscordError(400, 50146, 'This file is no longer here. Attach it again.');
    return kept.file;
  });
  const replyToId = args.replyTo === undefined ? null : visibleMessage(channel, args.replyTo, person.id).id;
  channel.archived = false;
  return {
    messageId: createMessage(world, channel, { authorId: person.id, content: content ?? '', files, replyToId }).id,
  };
}

/** Resolves with the bot's choices; rejects when it does not answer in time. */
function choicesFor(
  world: World,
  invoker: Invoker,
  channel: Channel,
  args: ActionArgs<'autocomplete'>,
): Promise<readonly APIApplicationCommandOptionChoice[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly APIApplicationCommandOptionChoice[]>();
  const fail = (): void => reject(new DiscordError(504, 0, 'Loading options failed'));
  const interaction = invokeCommand(world, invoker, channel, args, args.focused);
  if (interaction.state === 'failed') {
    fail();
    return promise;
  }
  const stop = world.bus.listen((event) => {
    if (event.kind === 'choicesOffered' && event.interaction === interaction) resolve(event.choices);
    else if (event.kind === 'interactionSettled' && event.interaction === interaction && interaction.state === 'failed')
      fail();
  });
  return promise.finally(stop);
}
