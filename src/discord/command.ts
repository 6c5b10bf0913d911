import type {
  APIModalInteractionResponseCallbackData,
  RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { BackupManager, BackupSchedule } from '../backup/api.ts';
import type { Locale, Words } from '../errors.ts';
import type { StatusSource } from '../health/ports.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Clock, SettingsStore } from '../knowledge/ports.ts';
import type { Audit } from './audit.ts';
import type { ActionRow } from './components.ts';
import type { Confirmations } from './confirmations.ts';
import type { Download } from './downloads.ts';
import type { Progress } from './progress.ts';

// All that a command file may know of Discord comes through here: the tools for its definition and for its words.
export { answerQuestion } from './answering.ts';
export { bar } from './bar.ts';
export { actionId, button, pager, row, textModal } from './components.ts';
export { fileOption, flagOption, messageMenu, numberOption, slashCommand, subcommand, textOption } from './options.ts';
export { passagePage, quoted } from './passage-view.ts';
export { ago, count, cut, duration, link, MESSAGE_LIMIT, plain, shown, size, smallPrint } from './writing.ts';
export type { AskRequest } from '../knowledge/api.ts';
export type { ActionRow } from './components.ts';

/** Who may: anyone; Manage Server or a configured role; whoever runs this bot. Each includes the one before. */
export type Access = 'everyone' | 'moderator' | 'operator';

/** One message. */
export interface View {
  readonly content: string;
  readonly components?: readonly ActionRow[];
}

export interface Reply extends View {
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

/** What commands work with. */
export interface Services {
  readonly library: Library;
  readonly answers: Answers;
  readonly settings: SettingsStore;
  readonly health: StatusSource;
  readonly download: Download;
  readonly progress: Progress;
  readonly backups: BackupManager;
  readonly schedule: BackupSchedule;
  readonly confirmations: Confirmations;
  /** For what changes or reveals everything: who tried what, allowed or refused. */
  readonly audit: Audit;
  readonly commands: readonly Command[];
  readonly clock: Clock;
}

type Outcome = Reply | Promise<Reply>;

/** What a button or a modal of a command does. Its custom id carries all it needs, so it outlives a restart. */
export interface Action {
  /** The command's own access where absent. */
  readonly access?: Access;
  readonly reply: ReplyKind;
  run(request: LiveRequest, services: Services): Outcome;
}

export interface Choice {
  readonly name: string;
  readonly value: string;
}

export interface Command {
  readonly data: RESTPostAPIApplicationCommandsJSONBody;
  readonly access: Access;
  /** For /help: what it is for, one line per form. */
  readonly help: readonly { readonly usage: string; readonly words: Readonly<Record<Locale, string>> }[];
  readonly reply: 'public' | 'private' | ((request: Request) => 'public' | 'private');
  /** `question`: counts against the limits and waits in line when many ask. */
  readonly cost?: 'question';
  /** A form to fill in first; null to go on without one. */
  opens?(request: Request): APIModalInteractionResponseCallbackData | null;
  run(request: LiveRequest, services: Services): Outcome;
  complete?(request: Request, services: Services): Choice[] | Promise<Choice[]>;
  readonly buttons?: Readonly<Record<string, Action>>;
  readonly modals?: Readonly<Record<string, Action>>;
}
