import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import type { APIMessage } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import { invalidForm } from '../limits/form.ts';
import { parseMessageBody } from '../limits/message.ts';
import { withoutContent } from '../payload/content-intent.ts';
import { toApiMessage } from '../payload/message.ts';
import { requirePermission, sendPermission, visibleChannel, visibleMessage } from '../state/access.ts';
import { createMessage, deleteMessage, editMessage, SETTABLE_FLAGS } from '../state/messages.ts';
import type { Channel, Message } from '../state/model.ts';
import type { World } from '../state/world.ts';
import { editedFiles, newFiles } from './attachments.ts';
import type { RestCall, RestRoute } from './router.ts';

const LIST = '/channels/:channel_id/messages';
const ONE = `${LIST}/:message_id`;

/** Messages of a channel, as the bot sees them: ephemeral ones are not among them. */
export function messageRoutes(world: World): RestRoute[] {
  const channelOf = ({ params }: RestCall): Channel => visibleChannel(world, params['channel_id'] ?? '', world.bot.id);
  const messageOf = (call: RestCall): [Channel, Message] => {
    const channel = channelOf(call);
    return [channel, visibleMessage(channel, call.params['message_id'] ?? '', world.bot.id)];
  };
  const shown = (message: Message, origin: string): APIMessage =>
    withoutContent(world, message, toApiMessage(world, message, origin), world.options.messageContent);
  return [
    {
      method: 'GET',
      path: LIST,
      run(call) {
        const channel = channelOf(call);
        requirePermission(world, channel, world.bot.id, P.ReadMessageHistory);
        return { status: 200, body: page(channel, call.query).map((message) => shown(message, call.origin)) };
      },
    },
    {
      method: 'POST',
      path: LIST,
      run(call) {
        const channel = channelOf(call);
        requirePermission(world, channel, world.bot.id, sendPermission(channel));
        if (channel.archived) channel.archived = false;
        const body = parseMessageBody(call.body);
        if (call.files.size > 0) requirePermission(world, channel, world.bot.id, P.AttachFiles);
        const message = createMessage(world, channel, {
          authorId: world.bot.id,
          ...body,
          files: newFiles(world, body, call.files),
          flags: (body.flags ?? 0) & SETTABLE_FLAGS,
          replyToId: repliedTo(channel, body),
          nonce: body.nonce ?? null,
        });
        return { status: 200, body: toApiMessage(world, message, call.origin) };
      },
    },
    {
      method: 'GET',
      path: ONE,
      run(call) {
        const [channel, message] = messageOf(call);
        requirePermission(world, channel, world.bot.id, P.ReadMessageHistory);
        return { status: 200, body: shown(message, call.origin) };
      },
    },
    {
      method: 'PATCH',
      path: ONE,
      run(call) {
        const [channel, message] = messageOf(call);
        if (message.authorId !== world.bot.id) throw discordError('notOwnMessage');
        if (channel.archived) throw discordError('threadArchived');
        const body = parseMessageBody(call.body);
        editMessage(world, channel, message, { ...body, files: editedFiles(world, message, body, call.files) });
        return { status: 200, body: toApiMessage(world, message, call.origin) };
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      run(call) {
        const [channel, message] = messageOf(call);
        if (message.authorId !== world.bot.id) requirePermission(world, channel, world.bot.id, P.ManageMessages);
        deleteMessage(world, channel, message);
        return { status: 204 };
      },
    },
  ];
}

/** The message replied to; a missing one is refused unless the sender said that it may be missing. */
function repliedTo(
  channel: Channel,
  body: { readonly replyToId?: string; readonly failIfNotExists: boolean },
): string | null {
  if (body.replyToId === undefined) return null;
  const replied = channel.messages.get(body.replyToId);
  if (replied !== undefined && replied.ephemeralTo === null) return replied.id;
  if (!body.failIfNotExists) return null;
  throw invalidForm(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

/** Newest first, as Discord lists them; `before`, `after` or `around` an id. */
function page(channel: Channel, query: RestCall['query']): Message[] {
  const limit = Math.min(100, Math.max(1, Number(query['limit'] ?? 50) || 50));
  const all = [...channel.messages.values()].filter(({ ephemeralTo }) => ephemeralTo === null);
  const { before, after, around } = query;
  const isBefore = (message: Message, id: string): boolean => BigInt(message.id) < BigInt(id);
  if ([before, after, around].some((id) => id !== undefined && !/^\d+$/.test(id))) {
    throw invalidForm(['before'], 'NUMBER_TYPE_COERCE', 'Value is not snowflake.');
  }
  if (before !== undefined)
    return all
      .filter((message) => isBefore(message, before))
      .slice(-limit)
      .reverse();
  if (after !== undefined) {
    return all
      .filter((message) => message.id !== after && !isBefore(message, after))
      .slice(0, limit)
      .reverse();
  }
  if (around !== undefined) {
    const middle = all.filter((message) => isBefore(message, around)).length;
    return all.slice(Math.max(0, middle - Math.floor(limit / 2)), middle + Math.ceil(limit / 2)).reverse();
  }
  return all.slice(-limit).reverse();
}
