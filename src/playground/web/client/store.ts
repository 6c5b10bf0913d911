import type { ServerEvent } from '../../client-protocol.ts';
import type {
  ClientChannel,
  ClientCommand,
  ClientGuild,
  ClientInteraction,
  ClientMessage,
  ClientUser,
  Snapshot,
} from '../../client-state.ts';

/** What changed, as coarse as the views need it. */
export type Change =
  | { readonly kind: 'everything' | 'connection' | 'places' | 'bot' | 'typing' }
  | { readonly kind: 'messages'; readonly channelId: string }
  | { readonly kind: 'message'; readonly message: ClientMessage; readonly isNew: boolean }
  | { readonly kind: 'interaction'; readonly interaction: ClientInteraction };

export interface Typing {
  readonly channelId: string;
  readonly user: ClientUser;
  readonly untilMs: number;
}

/** Interactions are remembered for their fate only; the oldest make room. */
const MAX_INTERACTIONS = 200;

export function createStore() {
  const listeners = new Set<(change: Change) => void>();
  const messages = new Map<string, ClientMessage[]>();
  const interactions = new Map<string, ClientInteraction>();
  const unread = new Set<string>();
  let snapshot: Snapshot | null = null;
  let connected = false;
  let channelId: string | null = null;
  let typing: Typing | null = null;

  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const patch = (part: Partial<Snapshot>) => {
    if (snapshot) snapshot = { ...snapshot, ...part };
  };

  function putMessage(message: ClientMessage): void {
    const list = messages.get(message.channelId) ?? [];
    const at = list.findIndex(({ id }) => id === message.id);
    if (at >= 0) list[at] = message;
    else list.splice(placeOf(message, list), 0, message);
    messages.set(message.channelId, list);
    if (typing?.channelId === message.channelId && typing.user.id === message.author.id) typing = null;
    if (at < 0 && message.channelId !== channelId) {
      unread.add(message.channelId);
      tell({ kind: 'places' });
    }
    tell({ kind: 'message', message, isNew: at < 0 });
  }

  function putInteraction(interaction: ClientInteraction): void {
    const oldest = interactions.keys().next().value;
    if (interactions.size >= MAX_INTERACTIONS && oldest !== undefined) interactions.delete(oldest);
    interactions.set(interaction.id, interaction);
    tell({ kind: 'interaction', interaction });
  }

  return {
    subscribe(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    apply(event: ServerEvent): void {
      switch (event.event) {
        case 'messageCreated':
        case 'messageUpdated':
          return putMessage(event.message);
        case 'messageDeleted': {
          const list = messages.get(event.channelId) ?? [];
          messages.set(
            event.channelId,
            list.filter(({ id }) => id !== event.messageId).map((message) => withoutReply(message, event.messageId)),
          );
          return tell({ kind: 'messages', channelId: event.channelId });
        }
        case 'channelCreated':
        case 'channelUpdated': {
          const others = (snapshot?.channels ?? []).filter(({ id }) => id !== event.channel.id);
          patch({ channels: [...others, event.channel] });
          return tell({ kind: 'places' });
        }
        case 'channelDeleted':
          patch({ channels: (snapshot?.channels ?? []).filter(({ id }) => id !== event.channelId) });
          return tell({ kind: 'places' });
        case 'guildUpdated': {
          const guilds = snapshot?.guilds ?? [];
          const known = guilds.some(({ id }) => id === event.guild.id);
          patch({
            guilds: known
              ? guilds.map((guild) => (guild.id === event.guild.id ? event.guild : guild))
              : [...guilds, event.guild],
          });
          return tell({ kind: 'places' });
        }
        case 'botPresence':
          patch({ botOnline: event.online });
          return tell({ kind: 'bot' });
        case 'typing':
          typing = event;
          return tell({ kind: 'typing' });
        case 'interaction':
          return putInteraction(event.interaction);
        case 'modal':
          return; // shown by the page, not kept
      }
    },

    /** A new beginning: another persona or language, or the server came back. */
    replace(next: Snapshot): void {
      snapshot = next;
      connected = true;
      messages.clear();
      interactions.clear();
      typing = null;
      tell({ kind: 'everything' });
    },
    setConnected(value: boolean): void {
      connected = value;
      tell({ kind: 'connection' });
    },
    setHistory(id: string, list: readonly ClientMessage[]): void {
      const known = messages.get(id) ?? [];
      const newer = known.filter((message) => list.every((other) => other.id !== message.id));
      messages.set(id, [...list, ...newer].sort(byAge));
      tell({ kind: 'messages', channelId: id });
    },
    open(id: string | null): void {
      channelId = id;
      if (id) unread.delete(id);
      tell({ kind: 'places' });
    },
    forgetInteraction(id: string): void {
      interactions.delete(id);
      if (channelId) tell({ kind: 'messages', channelId });
    },

    snapshot: () => snapshot,
    connected: () => connected,
    channel: (id: string | null = channelId): ClientChannel | null =>
      snapshot?.channels.find((channel) => channel.id === id) ?? null,
    /** The guild that is open; a direct message borrows the first guild's members for names. */
    guild(): ClientGuild | null {
      const guildId = this.channel()?.guildId;
      return snapshot?.guilds.find(({ id }) => id === guildId) ?? snapshot?.guilds[0] ?? null;
    },
    commands(type: ClientCommand['type']): readonly ClientCommand[] {
      return (this.guild()?.commands ?? []).filter((command) => command.type === type);
    },
    messages: (id: string): readonly ClientMessage[] => messages.get(id) ?? [],
    interaction: (id: string) => interactions.get(id) ?? null,
    interactions: () => [...interactions.values()],
    typing: () => typing,
    isUnread: (id: string) => unread.has(id),
  };
}

export type Store = ReturnType<typeof createStore>;

/** Snowflakes grow with time: longer is newer, then the greater string. */
export function byAge(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function placeOf(message: ClientMessage, list: readonly ClientMessage[]): number {
  let at = list.length;
  for (let older = list[at - 1]; at > 0 && older && byAge(older, message) > 0; older = list[at - 1]) at -= 1;
  return at;
}

/** What a message replied to is gone. */
function withoutReply(message: ClientMessage, deletedId: string): ClientMessage {
  if (message.reply?.messageId !== deletedId) return message;
  return { ...message, reply: { messageId: deletedId, author: null, preview: '' } };
}
