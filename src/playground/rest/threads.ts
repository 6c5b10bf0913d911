import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import { invalidForm, isObject } from '../limits/form.ts';
import { checkedName } from '../limits/name.ts';
import { toApiChannel } from '../payload/channel.ts';
import { guildOfBot, permissionsIn, requirePermission, visibleChannel, visibleMessage } from '../state/access.ts';
import { createThread, deleteChannel } from '../state/channels.ts';
import type { Channel } from '../state/model.ts';
import type { World } from '../state/world.ts';
import type { RestCall, RestRoute } from './router.ts';

/** Channels and their threads. */
export function channelRoutes(world: World): RestRoute[] {
  const channelOf = ({ params }: RestCall): Channel => visibleChannel(world, params['channel_id'] ?? '', world.bot.id);
  const start = (call: RestCall, messageId: string | null): Channel => {
    const channel = channelOf(call);
    if (channel.kind !== 'text') {
      throw invalidForm(['type'], 'CHANNEL_TYPE_INVALID', 'Cannot execute action on this channel type');
    }
    requirePermission(world, channel, world.bot.id, P.CreatePublicThreads);
    const { name } = checkedName(call.body);
    const starter = messageId === null ? null : visibleMessage(channel, messageId, world.bot.id);
    return createThread(world, channel, { name, ownerId: world.bot.id, starter });
  };
  return [
    {
      method: 'GET',
      path: '/channels/:channel_id',
      run: (call) => ({ status: 200, body: toApiChannel(world, channelOf(call)) }),
    },
    {
      method: 'PATCH',
      path: '/channels/:channel_id',
      run(call) {
        const channel = channelOf(call);
        const isOwn = channel.ownerId === world.bot.id;
        if (!isOwn)
          requirePermission(
            world,
            channel,
            world.bot.id,
            channel.kind === 'thread' ? P.ManageThreads : P.ManageChannels,
          );
        const body = isObject(call.body) ? call.body : {};
        if ('name' in body) channel.name = checkedName(body).name;
        if (channel.kind === 'thread' && typeof body['archived'] === 'boolean') channel.archived = body['archived'];
        world.bus.emit({ kind: 'channelUpdated', channel });
        return { status: 200, body: toApiChannel(world, channel) };
      },
    },
    {
      method: 'DELETE',
      path: '/channels/:channel_id',
      run(call) {
        const channel = channelOf(call);
        requirePermission(world, channel, world.bot.id, channel.kind === 'thread' ? P.ManageThreads : P.ManageChannels);
        const body = toApiChannel(world, channel);
        deleteChannel(world, channel);
        return { status: 200, body };
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel_id/messages/:message_id/threads',
      run: (call) => ({ status: 201, body: toApiChannel(world, start(call, call.params['message_id'] ?? '')) }),
    },
    {
      method: 'POST',
      path: '/channels/:channel_id/threads',
      run: (call) => ({ status: 201, body: toApiChannel(world, start(call, null)) }),
    },
    {
      method: 'PUT',
      path: '/channels/:channel_id/thread-members/@me',
      run(call) {
        channelOf(call);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel_id/typing',
      run(call) {
        const channel = channelOf(call);
        requirePermission(
          world,
          channel,
          world.bot.id,
          channel.kind === 'thread' ? P.SendMessagesInThreads : P.SendMessages,
        );
        world.bus.emit({ kind: 'typing', channel, userId: world.bot.id });
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: '/guilds/:guild_id/threads/active',
      run({ params }) {
        const guild = guildOfBot(world, params['guild_id'] ?? '');
        const threads = [...world.channels.values()].filter(
          (one) =>
            one.guildId === guild.id &&
            one.kind === 'thread' &&
            !one.archived &&
            (permissionsIn(world, one, world.bot.id) & P.ViewChannel) !== 0n,
        );
        return { status: 200, body: { threads: threads.map((one) => toApiChannel(world, one)), members: [] } };
      },
    },
  ];
}
