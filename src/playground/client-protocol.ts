/**
 * What the playground's server and a person's client (the web page, or a test's driver) say to each other.
 *
 * One WebSocket, JSON text frames. The client sends `ClientRequest`s, each with a `ref` of its choosing; the server
 * answers each with one `ServerReply` of the same `ref`, and sends `ServerEvent`s whenever something happens. The first
 * request is `hello`; its result is the whole state, and from then on events keep that state current. Events of every
 * channel are sent, ephemeral messages to their person alone. Files travel by HTTP, not over the socket.
 */
import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import type {
  ClientAttachment,
  ClientChannel,
  ClientGuild,
  ClientInteraction,
  ClientLocale,
  ClientMessage,
  ClientModal,
  ClientUser,
  PersonaName,
  Snapshot,
} from './client-state.ts';

export const CLIENT_PATHS = {
  /** WebSocket. Refused (403) unless Host and Origin are the server's own. */
  socket: '/playground/socket',
  /** POST, multipart/form-data with one file, at most 10 MB → 201 `UploadResult`. */
  uploads: '/playground/uploads',
  /** GET `/playground/attachments/:id/:filename`: what `ClientAttachment.url` points to. */
  attachments: '/playground/attachments',
  /** POST → `DashboardLink`, for a page on this machine; 403 elsewhere. */
  dashboard: '/playground/dashboard',
} as const;

/** Where the dashboard is; logs in whoever follows it first. */
export interface DashboardLink {
  readonly href: string;
}

// ---- what happens

export type ServerEvent =
  | { readonly event: 'messageCreated' | 'messageUpdated'; readonly message: ClientMessage }
  | { readonly event: 'messageDeleted'; readonly channelId: string; readonly messageId: string }
  | { readonly event: 'channelCreated' | 'channelUpdated'; readonly channel: ClientChannel }
  | { readonly event: 'channelDeleted'; readonly channelId: string }
  | { readonly event: 'guildUpdated'; readonly guild: ClientGuild }
  | { readonly event: 'botPresence'; readonly online: boolean }
  /** Show “… is typing” until a message of theirs or until `untilMs` (epoch). */
  | { readonly event: 'typing'; readonly channelId: string; readonly user: ClientUser; readonly untilMs: number }
  | { readonly event: 'modal'; readonly modal: ClientModal }
  | { readonly event: 'interaction'; readonly interaction: ClientInteraction };

// ---- what a person does

/** Values by option name: text, number, boolean, or the id of a user, role, channel or upload. */
export type OptionValues = Readonly<Record<string, string | number | boolean>>;

export interface CommandPath {
  readonly channelId: string;
  /** The whole path in the bot's own names: `ask`, `knowledge add`, `backup list`. */
  readonly name: string;
  readonly options: OptionValues;
}

interface Action<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}
interface MessagePath {
  readonly channelId: string;
  readonly messageId: string;
}
interface Sent {
  readonly interactionId: string;
}

export interface ClientActions {
  /** First request, and again whenever persona or language change: the state must then be replaced as a whole. */
  hello: Action<{ readonly persona: PersonaName; readonly locale: ClientLocale }, Snapshot>;
  /** The newest messages this person can see, oldest first. `before`: older than that id. At most `limit` (50, 1–500). */
  history: Action<
    { readonly channelId: string; readonly before?: string; readonly limit?: number },
    { readonly messages: readonly ClientMessage[] }
  >;
  say: Action<
    {
      readonly channelId: string;
      readonly content: string;
      readonly replyTo?: string;
      readonly uploadIds?: readonly string[];
    },
    { readonly messageId: string }
  >;
  editMessage: Action<MessagePath & { readonly content: string }, null>;
  /** One's own, or anyone's with Manage Messages (moderator, operator). */
  deleteMessage: Action<MessagePath, null>;
  react: Action<MessagePath & { readonly emoji: string; readonly on: boolean }, null>;
  command: Action<CommandPath, Sent>;
  /** A context menu on a message (targetId: its id) or a user. */
  contextMenu: Action<{ readonly channelId: string; readonly name: string; readonly targetId: string }, Sent>;
  /** `focused` is the option being typed; its (partial) value is in `options`. Fails when the bot does not answer. */
  autocomplete: Action<
    CommandPath & { readonly focused: string },
    { readonly choices: readonly APIApplicationCommandOptionChoice[] }
  >;
  click: Action<MessagePath & { readonly customId: string }, Sent>;
  /** Values of the options chosen, or ids of users, roles or channels. */
  select: Action<MessagePath & { readonly customId: string; readonly values: readonly string[] }, Sent>;
  /** By the inputs' custom ids: text, or the chosen values of a select. */
  submitModal: Action<
    { readonly modalId: string; readonly values: Readonly<Record<string, string | readonly string[]>> },
    Sent
  >;
  closeModal: Action<{ readonly modalId: string }, null>;
  /** Hides an ephemeral message. */
  dismiss: Action<MessagePath, null>;
  createThread: Action<
    { readonly channelId: string; readonly name: string; readonly messageId?: string },
    { readonly channelId: string }
  >;
  /** The direct messages with the bot, opened if need be. */
  openDm: Action<null, { readonly channelId: string }>;
}

export type ActionName = keyof ClientActions;
export type ActionArgs<A extends ActionName> = ClientActions[A]['args'];
export type ActionResult<A extends ActionName> = ClientActions[A]['result'];

export type ClientRequest = {
  [A in ActionName]: { readonly ref: number; readonly action: A; readonly args: ActionArgs<A> };
}[ActionName];

export type ServerReply =
  | { readonly ref: number; readonly ok: true; readonly result: ActionResult<ActionName> }
  /** `message` is for the person, in their language where it is ours (Discord's own errors are English). */
  | { readonly ref: number; readonly ok: false; readonly error: { readonly code: number; readonly message: string } };

export type ServerFrame = ServerReply | ServerEvent;

export interface UploadResult {
  readonly uploadId: string;
  readonly attachment: ClientAttachment;
}
