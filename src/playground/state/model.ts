import type {
  APIApplicationCommandOption,
  APIEmbed,
  APIMessageTopLevelComponent,
  ApplicationCommandType,
  LocalizationMap,
  MessageType,
} from 'discord-api-types/v10';
import type { ClientLocale, PersonaName } from '../client-state.ts';

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
  /** Null for the bot. */
  readonly persona: PersonaName | null;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly position: number;
  permissions: bigint;
  /** Belongs to the bot and cannot be given away. */
  readonly managed: boolean;
}

export interface Overwrite {
  /** A role's id or a person's. */
  readonly id: string;
  readonly kind: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly createdAtMs: number;
  readonly roles: readonly Role[];
  /** By person, the bot included while `botPresent`. */
  readonly memberRoles: ReadonlyMap<string, readonly string[]>;
  botPresent: boolean;
}

export interface Channel {
  readonly id: string;
  readonly guildId: string | null;
  readonly kind: 'text' | 'dm' | 'thread';
  name: string;
  readonly topic: string;
  readonly parentId: string | null;
  readonly starterMessageId: string | null;
  readonly ownerId: string | null;
  /** Direct messages: the person on the other side from the bot. */
  readonly recipientId: string | null;
  readonly createdAtMs: number;
  archived: boolean;
  messageCount: number;
  overwrites: readonly Overwrite[];
  /** Oldest first; the oldest go when there are too many. */
  readonly messages: Map<string, Message>;
}

export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly description: string | null;
}

export interface Pings {
  readonly everyone: boolean;
  readonly userIds: readonly string[];
  readonly roleIds: readonly string[];
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string | null;
  readonly authorId: string;
  readonly type: MessageType;
  readonly createdAtMs: number;
  editedAtMs: number | null;
  content: string;
  embeds: readonly APIEmbed[];
  components: readonly APIMessageTopLevelComponent[];
  files: readonly StoredFile[];
  flags: number;
  /** Who was notified, over all edits. */
  pings: Pings;
  threadId: string | null;
  /** By emoji (`👍` or `name:id`), who reacted. */
  readonly reactions: Map<string, Set<string>>;
  readonly replyToId: string | null;
  readonly nonce: string | number | null;
  /** Interaction responses: whose and which. */
  readonly interaction: {
    readonly id: string;
    readonly kind: InteractionKind;
    readonly userId: string;
    readonly name: string | null;
  } | null;
  /** Only this person sees it… */
  readonly ephemeralTo: string | null;
  /** …until they dismiss it; the bot can go on editing it. */
  dismissed: boolean;
}

export type InteractionKind = 'command' | 'component' | 'modal' | 'autocomplete';

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly locale: ClientLocale;
  readonly guildId: string | null;
  readonly channelId: string;
  /** The client that sent it: modals and choices go there. */
  readonly clientId: string;
  readonly createdAtMs: number;
  /** Components, and modals opened from one. */
  readonly messageId: string | null;
  readonly customId: string | null;
  readonly name: string | null;
  /** `data` of INTERACTION_CREATE but for `resolved` parts that depend on the receiver's origin. */
  readonly data: (origin: string) => unknown;
  state: 'sent' | 'acknowledged' | 'failed';
  acknowledgedAtMs: number | null;
  /** What `@original` means: the reply, or for an update the component's message. */
  originalId: string | null;
}

export interface OpenModal {
  readonly id: string;
  readonly interaction: Interaction;
  readonly customId: string;
  readonly title: string;
  readonly components: readonly unknown[];
}

export interface StoredCommand {
  readonly id: string;
  readonly guildId: string | null;
  readonly type: ApplicationCommandType;
  readonly name: string;
  readonly description: string;
  readonly nameLocalizations: LocalizationMap | null;
  readonly descriptionLocalizations: LocalizationMap | null;
  readonly options: readonly APIApplicationCommandOption[];
  readonly defaultMemberPermissions: string | null;
  readonly contexts: readonly number[] | null;
  readonly integrationTypes: readonly number[];
  readonly nsfw: boolean;
  readonly version: string;
}
