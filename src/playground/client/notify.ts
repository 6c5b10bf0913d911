import type { ServerEvent } from '../client-protocol.ts';
import type { WorldEvent } from '../state/events.ts';
import type { Guild, OpenModal } from '../state/model.ts';
import { personById, type World } from '../state/world.ts';
import type { ClientModal } from '../client-state.ts';
import type { Invoker } from './invoke.ts';
import {
  canRead,
  canSee,
  toClientChannel,
  toClientGuild,
  toClientInteraction,
  toClientMessage,
  toClientUser,
} from './views.ts';

const TYPING_MS = 10_000;

/** What a person's client is told about an event. */
export function toServerEvents(world: World, event: WorldEvent, invoker: Invoker): readonly ServerEvent[] {
  switch (event.kind) {
    case 'messageCreated':
    case 'messageUpdated':
    case 'messageDeleted':
    case 'reaction': {
      const { message } = event;
      const channel = world.channels.get(message.channelId);
      if (channel === undefined || !canSee(world, channel, invoker) || !canRead(message, invoker)) return [];
      if (event.kind === 'messageDeleted') {
        return [{ event: 'messageDeleted', channelId: message.channelId, messageId: message.id }];
      }
      const name = event.kind === 'messageCreated' ? 'messageCreated' : 'messageUpdated';
      return [{ event: name, message: toClientMessage(world, message, invoker) }];
    }
    case 'channelCreated':
    case 'channelUpdated':
      if (!canSee(world, event.channel, invoker)) return [];
      return [{ event: event.kind, channel: toClientChannel(world, event.channel) }];
    case 'channelDeleted':
      return [{ event: 'channelDeleted', channelId: event.channel.id }];
    case 'commandsChanged':
      return guildsOf(world, event.guildId).map((guild) => ({
        event: 'guildUpdated',
        guild: toClientGuild(world, guild, invoker),
      }));
    case 'botAdded':
    case 'botRemoved':
      return [{ event: 'guildUpdated', guild: toClientGuild(world, event.guild, invoker) }];
    case 'botPresence':
      return [{ event: 'botPresence', online: event.online }];
    case 'typing': {
      if (event.userId === invoker.person.id || !canSee(world, event.channel, invoker)) return [];
      const user = toClientUser(personById(world, event.userId));
      return [{ event: 'typing', channelId: event.channel.id, user, untilMs: world.now() + TYPING_MS }];
    }
    case 'interactionSent':
    case 'interactionSettled': {
      if (event.interaction.clientId !== invoker.clientId) return [];
      const interaction = toClientInteraction(event.interaction);
      return interaction === null ? [] : [{ event: 'interaction', interaction }];
    }
    case 'modalShown':
      if (event.modal.interaction.clientId !== invoker.clientId) return [];
      return [{ event: 'modal', modal: toClientModal(event.modal) }];
    case 'choicesOffered':
    default:
      return [];
  }
}

function guildsOf(world: World, guildId: string | null): readonly Guild[] {
  return [...world.guilds.values()].filter((guild) => guildId === null || guild.id === guildId);
}

function toClientModal({ id, interaction, customId, title, components }: OpenModal): ClientModal {
  return {
    id,
    interactionId: interaction.id,
    channelId: interaction.channelId,
    customId,
    title,
    components: components as ClientModal['components'],
  };
}
