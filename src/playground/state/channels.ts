import { discordError } from '../discord-error.ts';
import type { Channel, Message } from './model.ts';
import { BOUNDS, newChannel, type World } from './world.ts';

/** A public thread, from a message (whose id it takes) or by itself. */
export function createThread(
  world: World,
  parent: Channel,
  known: { readonly name: string; readonly ownerId: string; readonly starter: Message | null },
): Channel {
  if (known.starter !== null && known.starter.threadId !== null) throw discordError('threadExists');
  const thread = newChannel(known.starter?.id ?? world.nextId(), world.now(), {
    guildId: parent.guildId,
    kind: 'thread',
    name: known.name,
    parentId: parent.id,
    starterMessageId: known.starter?.id ?? null,
    ownerId: known.ownerId,
  });
  world.channels.set(thread.id, thread);
  world.bus.emit({ kind: 'channelCreated', channel: thread });
  if (known.starter !== null) {
    known.starter.threadId = thread.id;
    world.bus.emit({ kind: 'messageUpdated', message: known.starter });
  }
  const threads = [...world.channels.values()].filter((one) => one.kind === 'thread' && one.guildId === parent.guildId);
  for (const oldest of threads.slice(0, Math.max(0, threads.length - BOUNDS.threadsPerGuild))) {
    deleteChannel(world, oldest);
  }
  return thread;
}

export function deleteChannel(world: World, channel: Channel): void {
  for (const thread of [...world.channels.values()].filter((one) => one.parentId === channel.id)) {
    deleteChannel(world, thread);
  }
  if (world.channels.delete(channel.id)) world.bus.emit({ kind: 'channelDeleted', channel });
}

/** The direct messages between a person and the bot. */
export function openDm(world: World, userId: string): Channel {
  for (const channel of world.channels.values()) if (channel.recipientId === userId) return channel;
  const person = world.people.get(userId);
  if (person === undefined || person.bot) throw discordError('unknownUser');
  const channel = newChannel(world.nextId(), world.now(), {
    guildId: null,
    kind: 'dm',
    name: person.displayName,
    recipientId: userId,
  });
  world.channels.set(channel.id, channel);
  world.bus.emit({ kind: 'channelCreated', channel });
  return channel;
}
