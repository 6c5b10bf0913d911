import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import type { Channel, Guild, Interaction, Message, OpenModal } from './model.ts';

/** What happened in the world; the gateway tells the bot, the client sessions tell the people. */
export type WorldEvent =
  | { readonly kind: 'messageCreated' | 'messageUpdated' | 'messageDeleted'; readonly message: Message }
  | {
      readonly kind: 'reaction';
      readonly message: Message;
      readonly emoji: string;
      readonly userId: string;
      readonly added: boolean;
    }
  | { readonly kind: 'channelCreated' | 'channelUpdated' | 'channelDeleted'; readonly channel: Channel }
  | { readonly kind: 'commandsChanged'; readonly guildId: string | null }
  | { readonly kind: 'botAdded' | 'botRemoved'; readonly guild: Guild }
  | { readonly kind: 'botPresence'; readonly online: boolean }
  | { readonly kind: 'typing'; readonly channel: Channel; readonly userId: string }
  | { readonly kind: 'interactionSent' | 'interactionSettled'; readonly interaction: Interaction }
  | { readonly kind: 'modalShown'; readonly modal: OpenModal }
  | {
      readonly kind: 'choicesOffered';
      readonly interaction: Interaction;
      readonly choices: readonly APIApplicationCommandOptionChoice[];
    };

export interface Bus {
  emit(event: WorldEvent): void;
  /** Returns how to stop listening. Listeners run in order of subscription, at once. */
  listen(listener: (event: WorldEvent) => void): () => void;
}

export function createBus(): Bus {
  const listeners = new Set<(event: WorldEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
