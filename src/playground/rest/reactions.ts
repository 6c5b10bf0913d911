import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import { toApiUser } from '../payload/user.ts';
import { requirePermission, visibleChannel, visibleMessage } from '../state/access.ts';
import type { Channel, Message } from '../state/model.ts';
import { emojiOf, setReaction } from '../state/reactions.ts';
import { personById, type World } from '../state/world.ts';
import type { RestCall, RestRoute } from './router.ts';

const REACTIONS = '/channels/:channel_id/messages/:message_id/reactions';

export function reactionRoutes(world: World): RestRoute[] {
  const target = ({ params }: RestCall): [Channel, Message] => {
    const channel = visibleChannel(world, params['channel_id'] ?? '', world.bot.id);
    return [channel, visibleMessage(channel, params['message_id'] ?? '', world.bot.id)];
  };
  const emoji = ({ params }: RestCall): string => emojiOf(params['emoji_name'] ?? '');
  return [
    {
      method: 'PUT',
      path: `${REACTIONS}/:emoji_name/@me`,
      run(call) {
        const [channel, message] = target(call);
        const needed = message.reactions.has(emoji(call)) ? [] : [P.AddReactions];
        requirePermission(world, channel, world.bot.id, P.ReadMessageHistory, ...needed);
        setReaction(world, message, emoji(call), world.bot.id, true);
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: `${REACTIONS}/:emoji_name/@me`,
      run(call) {
        setReaction(world, target(call)[1], emoji(call), world.bot.id, false);
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: `${REACTIONS}/:emoji_name/:user_id`,
      run(call) {
        const [channel, message] = target(call);
        requirePermission(world, channel, world.bot.id, P.ManageMessages);
        setReaction(world, message, emoji(call), call.params['user_id'] ?? '', false);
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: REACTIONS,
      run(call) {
        const [channel, message] = target(call);
        requirePermission(world, channel, world.bot.id, P.ManageMessages);
        for (const [name, users] of message.reactions) {
          for (const userId of users) setReaction(world, message, name, userId, false);
        }
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${REACTIONS}/:emoji_name`,
      run(call) {
        const users = target(call)[1].reactions.get(emoji(call)) ?? new Set<string>();
        return { status: 200, body: [...users].map((id) => toApiUser(personById(world, id))) };
      },
    },
  ];
}
