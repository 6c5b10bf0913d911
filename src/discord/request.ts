import type { Locale, Words } from '../errors.ts';
import type { ActionRow } from './components.ts';

/** Who may: anyone; Manage Server or a configured role; whoever runs this bot. Each includes the one before. */
export type Access = 'everyone' | 'moderator' | 'operator';

/** One message. */
export interface View {
  readonly content: string;
  readonly files?: readonly { readonly name: string; readonly content: Uint8Array }[];
  readonly components?: readonly ActionRow[];
}

export interface Reply extends View {
  /**
   * What the channel may read of a reply for one person: said there, naming them, when the reply came so late that Discord
   * no longer takes it. Without it such a reply is lost.
   */
  readonly late?: View;
  /** Further messages, in order, for what is too long for one. */
  readonly more?: readonly View[];
  /** Called for each message of the reply as soon as its id is known: for the first, before it shows the end. */
  shownIn?(messageId: string): void;
  /** Called when all of it was delivered. */
  sent?(): void;
}

/** Who sees a reply: the channel, the person alone; `update` changes the message that carries the button. */
export type ReplyKind = 'public' | 'private' | 'update';

export interface OfferedFile {
  readonly name: string;
  readonly url: string;
  readonly sizeBytes: number;
}

/** The message that a context menu was opened on. */
export interface TargetMessage {
  readonly content: string;
  readonly authorName: string;
  readonly url: string;
  readonly files: readonly OfferedFile[];
}

/** What somebody asked for, whichever way: a slash command, a context menu, a button, a modal. */
export interface Request {
  readonly guildId: string;
  readonly channelId: string;
  readonly inThread: boolean;
  readonly userId: string;
  /** As others see it; for records, not for recognising people. */
  readonly userName: string;
  readonly locale: Locale;
  /** What the person may do here. */
  readonly level: Access;
  readonly subcommand: string | null;
  /** What the pressed button or the sent modal carries after its name. */
  readonly args: readonly string[];
  readonly target: TargetMessage | null;
  /** A text option, or a modal's field; null when it was left out. */
  text(name: string): string | null;
  number(name: string): number | null;
  flag(name: string): boolean | null;
  file(name: string): OfferedFile | null;
  /** The words in the person's language. */
  say(words: Words): string;
}

/** A request that was acknowledged: its reply can change in place. */
export interface LiveRequest extends Request {
  /** Shows a state on the way; at most one edit a second, the newest wins. */
  readonly show: (view: View) => void;
  /** Opaque JSON with which the reply can be found again after a restart. */
  readonly replyTo: string;
  /** Aborted when the reply is gone, the time is up or the bot stops. */
  readonly signal: AbortSignal;
}

export interface Choice {
  readonly name: string;
  readonly value: string;
}
