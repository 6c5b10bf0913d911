import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where one bot keeps what it has; the vault may be others', too. */
export interface Folders {
  readonly data: string;
  readonly backups: string;
  readonly vault: string;
}

export function foldersOf(world: string, bot: string): Folders {
  return { data: join(world, bot, 'data'), backups: join(world, bot, 'backups'), vault: join(world, 'vault') };
}

export function makeFolders(folders: Folders): void {
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
}

/** What the operator has set. */
export type Variables = Readonly<Record<string, string>>;

export const operated = ({ data, backups, vault }: Folders): Variables => ({
  DATA_DIR: data,
  BACKUP_DIRECTORY: backups,
  VAULT_DIRECTORY: vault,
  VAULT_KEEP: '3',
  BACKUP_KEEP: '3',
  HISTORY_DAYS: '30',
});

/** What bots run on, and what can go wrong with it. */
export interface Machine extends Disposable {
  /** @throws AppError where the bot refuses to start, with what it says */
  start(folders: Folders, variables: Variables): Promise<RunningBot>;
  /** From a shell, while the bot is stopped: replaces all that is there by what that file has. */
  importFrom(folders: Folders, variables: Variables, file: string): Promise<void>;
  /** Runs that bot's work with a fault waiting. Says how many steps there were, and whether the fault was met. */
  during<Result>(fault: Fault | null, folders: Folders, work: () => Promise<Result>): Promise<Done<Result>>;
  /** The power of that bot goes now, unless it has. */
  goOff(folders: Folders): void;
  /** And is back, with what the disk had when it went. Whatever was open must be closed. */
  comeBack(): Promise<void>;
  /** So much time passes, where it does not by itself. */
  pass(ms: number): void;
  /** The clock is put ahead, or back, and nobody tells the bots whether it is right. */
  setClock(byMs: number): void;
  readonly faults: readonly Fault['kind'][];
  /** How many steps each kind of work takes at most; what is seen to take more is noted. */
  readonly mostSteps: Map<string, number>;
}

export interface Fault {
  /** `fails`: that one step does, and the program goes on. `killed`: the power goes, and what the disk has then is all there is. */
  readonly kind: 'fails' | 'killed';
  /** Which of the steps to come; the first is 1. */
  readonly step: number;
}

export interface Done<Result> {
  readonly result: Result | null;
  readonly error: unknown;
  readonly steps: number;
  /** Where the fault was met; null where it was not. */
  readonly at: string | null;
  readonly isMet: boolean;
}

/** Closing it stops it in good order. */
export interface RunningBot extends AsyncDisposable {
  /** Whose it says it is, and on which timeline. */
  identity(): Promise<Identity | null>;
  /** Of all documents that it was taught, in order. */
  titles(): Promise<readonly string[]>;
  /** A member asks something, once. */
  ask(): Promise<void>;
  /** How many of those questions it still knows. */
  questions(): Promise<number>;
  teach(title: string): Promise<void>;
  remove(title: string): Promise<void>;
  backUp(): Promise<unknown>;
  /** Those of its own that were read back and are whole, the latest first. */
  backups(): Promise<readonly { readonly name: string; readonly isSafety: boolean }[]>;
  restore(name: string): Promise<unknown>;
  sync(): Promise<unknown>;
  /** What goes by its age or number goes. */
  tidyUp(): Promise<void>;
  /** Nobody does anything for half an hour. Absent where that would take so long. */
  idle?(): Promise<void>;
  /** Everything, in a form that other programs read. */
  exportTo(file: string): Promise<void>;
  /** Whether it says that all it was taught is in a backup here, and in each vault. */
  coverage(): Promise<{ readonly here: boolean; readonly vaults: readonly boolean[] }>;
}

export interface Identity {
  readonly installationId: string;
  readonly timeline: string;
}
