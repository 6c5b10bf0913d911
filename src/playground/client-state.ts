/** The state as a person's client sees it. `client-protocol.ts` says how it travels. */
import type {
  APIApplicationCommandOption,
  APIEmbed,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackComponent,
  ApplicationCommandType,
} from 'discord-api-types/v10';

export type PersonaName = 'member' | 'moderator' | 'operator';
/** The language of the person's Discord client: `en` is sent to the bot as `en-US`. */
export type ClientLocale = 'en' | 'ja';

export interface ClientUser {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
}

export interface ClientRole {
  readonly id: string;
  readonly name: string;
  /** 0xRRGGBB; 0 means none. */
  readonly color: number;
}

export interface ClientMember {
  readonly user: ClientUser;
  readonly roleIds: readonly string[];
  /** The bot is online while its gateway connection is; people always are. */
  readonly online: boolean;
}

export interface ClientChannel {
  readonly id: string;
  /** Null for a direct message with the bot. */
  readonly guildId: string | null;
  readonly kind: 'text' | 'dm' | 'thread';
  readonly name: string;
  readonly topic: string;
  /** Threads: the channel it belongs to, and the message it was started from, if any (same id as the thread's). */
  readonly parentId: string | null;
  readonly starterMessageId: string | null;
  readonly archived: boolean;
  readonly messageCount: number;
}

/** A command this persona may see in this guild. Options carry Discord's own shape, localisations included. */
export interface ClientCommand {
  readonly id: string;
  /** Context menus have type User (2) or Message (3), slash commands ChatInput (1). */
  readonly type: ApplicationCommandType;
  readonly name: string;
  readonly description: string;
  /** Name and description in the client's locale: what the picker shows. Requests always use `name`. */
  readonly localName: string;
  readonly localDescription: string;
  readonly options: readonly APIApplicationCommandOption[];
}

export interface ClientGuild {
  readonly id: string;
  readonly name: string;
  readonly botPresent: boolean;
  readonly roles: readonly ClientRole[];
  readonly members: readonly ClientMember[];
  readonly commands: readonly ClientCommand[];
  /** Slash commands that only others see here, and the first persona that does: the page says who, where Discord is silent. */
  readonly commandsOfOthers: readonly { readonly name: string; readonly persona: PersonaName }[];
}

export interface Snapshot {
  readonly me: ClientUser;
  readonly persona: PersonaName;
  readonly locale: ClientLocale;
  readonly bot: ClientUser;
  readonly botOnline: boolean;
  readonly guilds: readonly ClientGuild[];
  /** What direct messages with the bot offer. */
  readonly directCommands: readonly ClientCommand[];
  /** Channels, threads and this person's direct messages. Their messages come through `history`. */
  readonly channels: readonly ClientChannel[];
}

export interface ClientAttachment {
  readonly id: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Path on this server; answers 404 once the file was evicted. */
  readonly url: string;
}

export interface ClientReaction {
  /** The emoji itself, or `name:id` for a custom one. */
  readonly emoji: string;
  readonly count: number;
  readonly mine: boolean;
}

export interface ClientMessage {
  readonly id: string;
  readonly channelId: string;
  readonly author: ClientUser;
  readonly content: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly attachments: readonly ClientAttachment[];
  readonly reactions: readonly ClientReaction[];
  /** The message it replies to; `author` is null and the preview empty when that was deleted. */
  readonly reply: { readonly messageId: string; readonly author: ClientUser | null; readonly preview: string } | null;
  /** Shown above it as “Mika used /ask”; `name` is null for buttons and modals. */
  readonly interaction: { readonly id: string; readonly user: ClientUser; readonly name: string | null } | null;
  /** Only this person sees it; it can be dismissed. */
  readonly ephemeral: boolean;
  /** The bot deferred: “NescordBot is thinking…”. */
  readonly thinking: boolean;
  /** Discord's flags bit field (SUPPRESS_EMBEDS 4, EPHEMERAL 64, LOADING 128, …). */
  readonly flags: number;
  /** The people and roles its text names, so that `<@id>` can be shown as a name… */
  readonly mentions: { readonly users: readonly ClientUser[]; readonly roles: readonly ClientRole[] };
  /** …and those whom it really notified, after allowed_mentions. */
  readonly pings: {
    readonly everyone: boolean;
    readonly userIds: readonly string[];
    readonly roleIds: readonly string[];
  };
  /** The thread started from this message. */
  readonly threadId: string | null;
}

/** A form to show: rows of text inputs (ActionRow) or labels with an input or a select (Label). */
export interface ClientModal {
  /** Names the modal in `submitModal` and `closeModal`. */
  readonly id: string;
  readonly interactionId: string;
  readonly channelId: string;
  readonly customId: string;
  readonly title: string;
  readonly components: readonly APIModalInteractionResponseCallbackComponent[];
}

export interface ClientInteraction {
  readonly id: string;
  readonly channelId: string;
  readonly kind: 'command' | 'component' | 'modal';
  /** `sent` until the bot acknowledges; `failed` when it did not in time, or is offline. */
  readonly state: 'sent' | 'acknowledged' | 'failed';
  /** Components: what was pressed, to show it as pending. */
  readonly messageId: string | null;
  readonly customId: string | null;
  /** Commands: `/ask` … for “The application did not respond”. */
  readonly name: string | null;
  /** The message that answers it: a new one, or the component's own when that was updated. Null for modals shown. */
  readonly replyId: string | null;
  /** Milliseconds from sending to acknowledging; null unless acknowledged. */
  readonly acknowledgedAfterMs: number | null;
  /** The words to show when it failed: “The application did not respond” or “This interaction failed”. */
  readonly failure: string | null;
}
