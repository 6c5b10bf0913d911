import type {
  APIModalInteractionResponseCallbackData,
  RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { BackupManager, BackupSchedule } from '../backup/api.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import type { Locale } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import type { IntegrityWatch } from '../health/integrity/model.ts';
import type { AlertDesk } from '../health/alert-ports.ts';
import type { StatusSource } from '../health/ports.ts';
import type { Records } from '../health/records-ports.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { People } from '../knowledge/people-api.ts';
import type { Clock, SettingsStore } from '../knowledge/ports.ts';
import type { Insights } from '../knowledge/store-ports.ts';
import type { Confirmations } from './confirmations.ts';
import type { Download } from './downloads.ts';
import type { HomeServer } from './home-server.ts';
import type { Progress } from './progress.ts';
import type { Access, Choice, LiveRequest, Reply, ReplyKind, Request } from './request.ts';

// All that a command file may know of Discord comes through here: the tools for its definition and for its words.
export { answerQuestion, goOnAnswering } from './answering.ts';
export { authorIn, isPerson } from './author.ts';
export { bar } from './bar.ts';
export { actionId, button, pageOf, pager, row, textModal } from './components.ts';
export { buttonsUntil } from './confirmations.ts';
export { fileOption, flagOption, messageMenu, numberOption, slashCommand, subcommand, textOption } from './options.ts';
export { passagePage, quoted } from './passage-view.ts';
export { jobLine } from './progress-view.ts';
export { returning } from './reply-address.ts';
export { smallTalk } from './small-talk.ts';
export { counted } from '../counted.ts';
export {
  ago,
  count,
  cut,
  duration,
  fitting,
  link,
  MESSAGE_LIMIT,
  moment,
  shown,
  size,
  smallPrint,
  worded,
} from './writing.ts';
export type { AskRequest } from '../knowledge/api.ts';
export type { ActionRow } from './components.ts';
export type * from './request.ts';

/** What commands work with. */
export interface Services {
  readonly library: Library;
  readonly answers: Answers;
  readonly settings: SettingsStore;
  readonly insights: Insights;
  readonly health: StatusSource;
  readonly download: Download;
  readonly progress: Progress;
  readonly backups: BackupManager;
  readonly offSite: OffSite;
  readonly schedule: BackupSchedule;
  readonly integrity: Pick<IntegrityWatch, 'history'>;
  readonly alerts: AlertDesk;
  readonly confirmations: Confirmations;
  /** For what changes or reveals everything: who tried what, allowed or refused. */
  readonly audit: Audit;
  readonly records: Records;
  readonly people: People;
  readonly home: HomeServer;
  readonly commands: readonly Command[];
  readonly clock: Clock;
}

type Outcome = Reply | Promise<Reply>;

/** What a button or a modal of a command does. Its custom id carries all it needs, so it outlives a restart. */
export interface Action {
  /** The command's own access where absent. */
  readonly access?: Access;
  readonly reply: ReplyKind;
  /** As for a command. */
  readonly cost?: 'question';
  /** Throws what can be told to the person alone, before the channel sees anything. */
  check?(request: Request, services: Services): void;
  run(request: LiveRequest, services: Services): Outcome;
}

export interface Command {
  readonly data: RESTPostAPIApplicationCommandsJSONBody;
  readonly access: Access;
  /** For /help: what it is for, one line per form. */
  readonly help: readonly { readonly usage: string; readonly words: Readonly<Record<Locale, string>> }[];
  readonly reply: 'public' | 'private' | ((request: Request) => 'public' | 'private');
  /** `question`: counts against the limits and waits in line when many ask. */
  readonly cost?: 'question';
  /** As for an action. */
  check?(request: Request, services: Services): void;
  /** A form to fill in first; null to go on without one. */
  opens?(request: Request): APIModalInteractionResponseCallbackData | null;
  run(request: LiveRequest, services: Services): Outcome;
  complete?(request: Request, services: Services): Choice[] | Promise<Choice[]>;
  readonly buttons?: Readonly<Record<string, Action>>;
  readonly modals?: Readonly<Record<string, Action>>;
}
