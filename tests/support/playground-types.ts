import type { ActionArgs, OptionValues } from '../../src/playground/client-protocol.ts';
import type {
  ClientInteraction,
  ClientLocale,
  ClientMessage,
  ClientModal,
  PersonaName,
  Snapshot,
} from '../../src/playground/client-state.ts';
import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';

/** A form on a person's screen. */
export interface TestModal {
  readonly data: ClientModal;
  /** By the inputs' custom ids. */
  submit(values: Readonly<Record<string, string | readonly string[]>>): Promise<TestInteraction>;
  close(): Promise<void>;
}

/** Something a person did that the bot must acknowledge. Every wait rejects after `timeoutMs` with what was seen. */
export interface TestInteraction {
  readonly id: string;
  /** Resolves once acknowledged; rejects with Discord's words (“The application did not respond”) when it failed. */
  acknowledged(): Promise<ClientInteraction & { readonly acknowledgedAfterMs: number }>;
  /** Resolves once it failed; rejects when it was acknowledged. */
  failed(): Promise<ClientInteraction>;
  /** The message that answers it (the first reply, followed through its edits), once `until` holds: by default, once
   * it is no longer “thinking”. For a button that edits its own message, that message. */
  reply(until?: (message: ClientMessage) => boolean, timeoutMs?: number): Promise<ClientMessage>;
  /** A follow-up message of this interaction. */
  followUp(until?: (message: ClientMessage) => boolean, timeoutMs?: number): Promise<ClientMessage>;
  /** The words that this person alone reads. Rejects where others can see anything of this interaction. */
  refusal(): Promise<ClientMessage>;
  modal(timeoutMs?: number): Promise<TestModal>;
}

/** One person before their Discord client. `channelId` defaults to the first text channel. */
export interface TestPerson {
  readonly userId: string;
  snapshot(): Promise<Snapshot>;
  /** The names of the commands this person sees, e.g. `ask`, `knowledge`. */
  commandNames(guildId?: string): Promise<readonly string[]>;
  command(name: string, options?: OptionValues, channelId?: string): Promise<TestInteraction>;
  contextMenu(name: string, targetId: string, channelId?: string): Promise<TestInteraction>;
  autocomplete(
    name: string,
    options: OptionValues,
    focused: string,
    channelId?: string,
  ): Promise<readonly APIApplicationCommandOptionChoice[]>;
  /** Makes a file that a command option or a message can carry; the result is the option's value. */
  upload(filename: string, content: string | Uint8Array, contentType?: string): Promise<string>;
  click(message: ClientMessage, customIdOrLabel: string): Promise<TestInteraction>;
  select(message: ClientMessage, customId: string, values: readonly string[]): Promise<TestInteraction>;
  say(content: string, more?: Partial<ActionArgs<'say'>>): Promise<ClientMessage>;
  replyTo(message: ClientMessage, content: string): Promise<ClientMessage>;
  createThread(name: string, more?: { channelId?: string; messageId?: string }): Promise<string>;
  openDm(): Promise<string>;
  deleteMessage(message: ClientMessage): Promise<void>;
  dismiss(message: ClientMessage): Promise<void>;
  messages(channelId?: string): Promise<readonly ClientMessage[]>;
  /** A message this person sees, present or to come, created or edited. */
  waitForMessage(
    until: (message: ClientMessage) => boolean,
    more?: { channelId?: string; timeoutMs?: number },
  ): Promise<ClientMessage>;
}

/** One request of the bot, as Discord received it. */
export interface TestRequest {
  readonly method: string;
  /** Without `/api/v10`, e.g. `/webhooks/1/token/messages/@original`. */
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

export interface TestDiscord {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** For discord.js: `new Client({ rest: { api: restApi, version: '10' } })`. */
  readonly restApi: string;
  readonly token: string;
  readonly applicationId: string;
  readonly botUserId: string;
  /** The first guild (home), its first text channel; all guilds when more were asked for. */
  readonly guildId: string;
  readonly channelId: string;
  readonly guilds: readonly { readonly id: string; readonly channelIds: readonly string[] }[];
  /** Ids of the personas: `operator` owns the application. */
  readonly userIds: Readonly<Record<PersonaName, string>>;
  readonly moderatorRoleId: string;
  /** Gives the moderators' role of every guild more permissions (`PermissionFlagsBits`). */
  grantModerators(permissions: bigint): void;
  as(persona: PersonaName, more?: { locale?: ClientLocale; guildId?: string }): TestPerson;
  /** Resolves once a bot has identified and received its guilds. */
  botOnline(timeoutMs?: number): Promise<void>;
  /** Resolves once no bot is connected: at once after a goodbye, 5 s after a cut. */
  botOffline(timeoutMs?: number): Promise<void>;
  readonly requests: readonly TestRequest[];
  /** Bodies that Discord's OpenAPI document refuses; the test fails on any unless it empties this list. */
  readonly violations: string[];
  /** Messages of the bot that notified anyone. */
  pingingMessages(): readonly ClientMessage[];
  /** The bot's gateway connection: `cut` drops the socket, `reconnect` and `invalid` send opcodes 7
   * and 9, `forget` drops it and makes resuming impossible. */
  disturbGateway(how: 'cut' | 'reconnect' | 'invalid' | 'forget'): void;
  /** Also before a bot connects: it is in all guilds at first. */
  removeBotFrom(guildId: string): void;
  addBotTo(guildId: string): void;
  /** Takes permissions from the bot in a channel (`PermissionFlagsBits`); 0n gives them back. */
  denyBot(channelId: string, permissions: bigint): void;
  /** Answers 503 to the bot's requests for which it returns true; null ends that. `path` begins with `/`, without `/api/v10`. */
  failRest(rule: ((method: string, path: string) => boolean) | null): void;
  /** Deletes a message behind everyone's back, as a moderator on a phone would. */
  deleteMessage(channelId: string, messageId: string): void;
}

export interface TestDiscordOptions {
  /** Names; one guild, `Test Server`, by default. */
  readonly guilds?: readonly string[];
  /** 3,000 by default. */
  readonly acknowledgeWithinMs?: number;
  /** 15 minutes by default. */
  readonly tokenLifeMs?: number;
  /** On by default, as on Discord. */
  readonly rateLimits?: boolean;
  /** Whether the application has the privileged intent for message contents. On by default. */
  readonly messageContent?: boolean;
  /** Milliseconds since the epoch; Date.now by default. Deadlines of 3 s also run on a real timer. */
  readonly clock?: () => number;
  readonly heartbeatIntervalMs?: number;
}
