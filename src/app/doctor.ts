import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostGlibc, isTooOld } from '../adapters/chroma/glibc.ts';
import type { Config } from '../config.ts';
import { inspectDiscord, type Inspection } from '../discord/inspection.ts';
import { isAppError } from '../errors.ts';
import { failed, ok, skip, warn, type Finding } from '../health/doctor/finding.ts';
import { checkSpace, lookAtFolders, type FolderToLookAt } from '../health/doctor/folders.ts';
import { checkClock, checkGlibc, checkNode } from '../health/doctor/machine.ts';
import { hostOf, type Machine } from '../health/machine.ts';
import { placeOf, placeWords } from '../health/place.ts';
import type { Log } from '../log.ts';
import { checkBackups } from './doctor/backups.ts';
import { checkVaults } from './doctor/vaults.ts';
import { checkChroma } from './doctor/chroma.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkGemini } from './doctor/gemini.ts';
import { askRunning, isRunning } from './doctor/running.ts';
import { createHomeFile } from './home-file.ts';
import { readMachine } from './machine.ts';

export interface DoctorOptions {
  readonly log: Log;
  /** Another place than Discord itself. */
  readonly discordApi?: string | null;
  readonly machine?: Machine;
  readonly clock?: () => number;
}

const CACHE_DIRECTORY = fileURLToPath(new URL('../../.cache', import.meta.url));

/** Looks at everything that the bot needs, beside a running one, too; changes none of its data. */
export async function* examine(readConfig: () => Config, options: DoctorOptions): AsyncGenerator<Finding> {
  yield checkNode(process.version);
  const glibc = hostGlibc();
  yield checkGlibc(glibc, isTooOld(glibc));
  const config = configured(readConfig);
  if (Array.isArray(config)) {
    yield* config;
    return;
  }
  yield ok('configuration', 'can be read');
  for (const notice of config.notices) yield warn('configuration', notice, null);
  // The slow ones begin at once, and are told of in order.
  const gemini = checkGemini(config.gemini);
  const discord = askDiscord(config, options);
  const vaults = checkVaults(config);
  const running = isRunning(config);
  const index = running
    ? askRunning(config)
    : checkChroma(config.chroma, CACHE_DIRECTORY, options.log).then((one) => [one]);
  const unusable = new Map<string, string>();
  for await (const { path, isUsable, ...finding } of lookAtFolders(
    foldersOf(config, options.machine ?? readMachine()),
  )) {
    if (!isUsable) unusable.set(path, finding.check);
    yield finding;
  }
  const inFolder = async (check: string, folder: string, look: () => Promise<Finding>): Promise<Finding> => {
    const named = unusable.get(resolve(folder));
    return named === undefined || existsSync(folder) ? look() : skip(check, `of what is wrong with the ${named}`);
  };
  yield await checkSpace(existing(dirname(resolve(config.database.file))));
  yield await inFolder('database', dirname(config.database.file), () => checkDatabase(config, running));
  yield* await index;
  const { findings, skewMs } = await discord;
  yield* findings;
  yield* await gemini;
  yield config.discord.token === null
    ? skip('clock', 'there is no DISCORD_TOKEN, and thus nobody to ask')
    : checkClock(skewMs);
  const now = (options.clock ?? Date.now)();
  yield await inFolder('backups', config.backup.directory, () => checkBackups(config, now));
  yield* await vaults;
}

/** What is wrong with it, problem by problem, where it cannot be read. */
function configured(readConfig: () => Config): Config | Finding[] {
  try {
    return readConfig();
  } catch (error) {
    if (!isAppError(error, 'config')) throw error;
    const problems = [...error.message.matchAll(/^ {2}- (.*)$/gm)].map(([, problem]) => problem ?? '');
    const found = problems.length === 0 ? [error.message] : problems;
    return [
      ...found.map((problem) => failed('configuration', problem)),
      skip('everything else', 'the configuration must be put right first: .env.example describes every variable'),
    ];
  }
}

async function askDiscord(config: Config, options: DoctorOptions): Promise<Inspection> {
  const { token, homeGuildId, messageContentIntent } = config.discord;
  if (token === null) {
    const remedy = 'Set DISCORD_TOKEN to the token of your bot: docs/deployment/railway.md says where it comes from.';
    return { findings: [warn('Discord token', 'none, so the playground starts instead', remedy)], skewMs: null };
  }
  return inspectDiscord({
    token,
    api: options.discordApi ?? null,
    messageContent: messageContentIntent,
    homeGuildId: homeGuildId ?? storedHome(config),
    clock: options.clock ?? Date.now,
  });
}

/** What cannot be read is as good as nothing: then no server is home. */
function storedHome(config: Config): string | null {
  try {
    return createHomeFile(config).read()?.guildId ?? null;
  } catch {
    return null;
  }
}

function foldersOf({ storage, database, chroma, backup, discord }: Config, machine: Machine): FolderToLookAt[] {
  const host = hostOf(storage.platform, machine);
  const whereabouts = { host, machine, railwayVolume: storage.railwayVolume };
  const folder = (check: string, place: string, isDefault: boolean, variable: string): FolderToLookAt => {
    const path = resolve(place);
    const real = join(existing(path), path.slice(existingPrefix(path).length));
    return {
      check,
      path,
      isMade: isDefault,
      variable: isDefault ? storage.variable : variable,
      isTrial: discord.token === null,
      misplaced: placeWords(path, placeOf(real, whereabouts), host)?.en ?? null,
    };
  };
  return [
    folder('database', dirname(database.file), database.isDefault && storage.isDefault, 'DATABASE_URL'),
    ...(chroma.remote === null
      ? [folder('index', chroma.directory, chroma.directoryIsDefault, 'CHROMADB_PERSIST_DIRECTORY')]
      : []),
    folder('backups', backup.directory, backup.directoryIsDefault, 'BACKUP_DIRECTORY'),
  ];
}

/** The nearest folder above, or the path itself, that is there. */
function existingPrefix(path: string): string {
  try {
    realpathSync(path);
    return path;
  } catch {
    return path === dirname(path) ? path : existingPrefix(dirname(path));
  }
}

const existing = (path: string): string => realpathSync(existingPrefix(path));
