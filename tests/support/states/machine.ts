import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabaseFiles } from '../../../src/adapters/sqlite/files.ts';
import type { Store } from '../../../src/adapters/sqlite/open.ts';
import { openBackups } from '../../../src/app/backups.ts';
import { offSiteTraces, restoreEmptyVolume } from '../../../src/app/empty-volume.ts';
import { openOffSite, reaching, type OpenedOffSite } from '../../../src/app/off-site.ts';
import { openPremises, type OwnPremises } from '../../../src/app/premises.ts';
import type { BackupManager } from '../../../src/backup/api.ts';
import { parseConfig } from '../../../src/config.ts';
import type { Log } from '../../../src/log.ts';
import { createWriteGate } from '../../../src/knowledge/write-gate.ts';
import { quiet } from '../quiet.ts';
import { jobsHere } from './jobs-here.ts';
import { openLightKnowledge } from './light-knowledge.ts';

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

export interface Surroundings {
  readonly folders: Folders;
  /** What the operator has set besides. */
  readonly variables: Readonly<Record<string, string>>;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
}

/** A bot that runs, as the application puts it together, without Discord and without Chroma. */
export interface RunningBot extends AsyncDisposable {
  readonly premises: OwnPremises;
  readonly manager: BackupManager;
  readonly offSite: OpenedOffSite;
  store(): Store;
}

/** @throws AppError as the program does */
export async function startBot({ folders, variables, clock, random, log }: Surroundings): Promise<RunningBot> {
  const config = parseConfig({
    ...quiet,
    PORT: '0',
    DATA_DIR: folders.data,
    BACKUP_DIRECTORY: folders.backups,
    VAULT_DIRECTORY: folders.vault,
    VAULT_KEEP: '3',
    BACKUP_KEEP: '3',
    ...variables,
  });
  await using opening = new AsyncDisposableStack();
  const threads = jobsHere;
  const gate = createWriteGate();
  const common = { log, clock, random, gate, threads };
  const premises = opening.use(
    await openPremises(config, {
      ...common,
      files: createDatabaseFiles(threads),
      traces: () => offSiteTraces(config, { ...common, signal: undefined }),
      openKnowledge: openLightKnowledge,
    }),
  );
  const engine = () => premises.knowledge().engine;
  const backups = opening.use(await openBackups(config, { ...common, premises, engine, besideBot: true }));
  await restoreEmptyVolume(config, { ...common, backups, say: () => undefined, askAgainMs: [] });
  await premises.open();
  const { catalogue } = backups;
  const offSite = opening.use(
    await openOffSite(config, { ...common, catalogue, own: premises, alerts: null, schedule: () => null }),
  );
  const opened = opening.move();
  return {
    premises,
    // Copies go when the sequence says so.
    manager: reaching(backups.manager, { ...offSite, wake: () => undefined }),
    offSite,
    store: () => premises.knowledge().store,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
