import { chmod, lstat, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import { archiveFileIn, ARCHIVE_SUFFIXES, isEncrypted } from './archive-file.ts';
import { translateDisk, unmounted } from './disk.ts';
import { syncFolder } from './durable.ts';
import type { BackupEntry, Sidecar } from './model.ts';
import { byAge, formatName, parseName, requireName, SIDECAR_SUFFIX, type ParsedName } from './name.ts';
import { readSidecar, writeSidecar } from './sidecar.ts';
import { newestState, placeOf, type StateIdentity } from './state-model.ts';
import { cleanStale, finishRemoval, REMOVED_SUFFIX, type Cleaned } from './stale.ts';

/** The backups in a folder. There is no other list: what is on the disk is what there is. */
export interface Catalogue {
  readonly folder: string;
  /** Newest first, damaged ones included. @throws AppError `unavailable` when the folder has vanished */
  list(): Promise<readonly BackupEntry[]>;
  /** @throws AppError `not_found`, for what is no name of ours, too */
  show(name: string): Promise<BackupEntry>;
  /** The one that is there, or what a new one is to be called. */
  archiveFile(name: string): string;
  /** A name that nothing in the folder has yet. */
  freeName(now: number): Promise<string>;
  /** The only way to write a sidecar: changes come one after another, and none beside a removal or a cleaning. */
  saveSidecar(name: string, change: (current: Sidecar | null) => Sidecar): Promise<void>;
  /**
   * Archive and sidecar. From the first step on it is not listed any more; what a crash leaves of it is cleaned.
   * @throws AppError `conflict` where one of them is a folder, which is left alone
   */
  remove(name: string): Promise<void>;
  /** Removes what crashed runs left, and nothing that is not ours. The caller holds the folder's lock. */
  clean(): Promise<Cleaned>;
}

/** A process may have so many files open, and does other things meanwhile. */
const READ_AT_ONCE = 32;

export async function openCatalogue(
  folder: string,
  /** `asItIs`: only to be looked at, so that the folder's permissions stay. `encrypts`: new archives are to be encrypted. */
  options: {
    readonly createIfMissing: boolean;
    readonly asItIs?: boolean;
    readonly encrypts?: boolean;
    /** What is there now; where it is null, what the newest backup says. */
    readonly own: () => StateIdentity | null;
  },
): Promise<Catalogue> {
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translateDisk(error, folder);
    }
  };
  await within(async () => {
    if (options.createIfMissing) await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(folder);
    if (options.asItIs === true) return;
    // Some mounts know no permissions; then the operator has chosen who may read them.
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700).catch(() => undefined);
  });
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = within(() => writing.then(work));
    writing = done.catch(() => undefined); // its caller is told
    return done;
  };

  async function names(): Promise<ParsedName[]> {
    const found = new Set<string>();
    for (const file of await readdir(folder)) {
      const suffix = [...ARCHIVE_SUFFIXES, SIDECAR_SUFFIX].find((one) => file.endsWith(one));
      if (suffix !== undefined) found.add(file.slice(0, -suffix.length));
    }
    return [...found].map(parseName).filter((name) => name !== null);
  }

  let seen = await within(async () => ({ device: (await stat(folder)).dev, any: (await names()).length > 0 }));

  /** An empty folder on another device is what lies beneath a volume that went away: nothing may be written to it. */
  async function mounted(): Promise<ParsedName[]> {
    const [{ dev: device }, found] = [await stat(folder), await names()];
    if (device !== seen.device && seen.any && found.length === 0) throw unmounted(folder);
    seen = { device, any: found.length > 0 };
    return found;
  }

  async function entries(): Promise<FoundEntry[]> {
    const found = (await mounted()).sort(byAge).reverse();
    const read: FoundEntry[] = [];
    for (let at = 0; at < found.length; at += READ_AT_ONCE) {
      const some = found.slice(at, at + READ_AT_ONCE).map((name) => readEntry(folder, name));
      for (const entry of await Promise.all(some)) if (entry !== null) read.push(entry);
    }
    return read;
  }

  const ownState = (all: readonly FoundEntry[]) => options.own() ?? newestState(all.map(identityOf));
  const catalogue: Catalogue = {
    folder,
    list: () =>
      within(async () => {
        const all = await entries();
        const own = ownState(all);
        return all.map((entry) => standing(entry, own));
      }),
    show: (name) =>
      within(async () => {
        const entry = await readEntry(folder, requireName(name));
        if (entry === null) {
          await mounted();
          throw notFound(name);
        }
        const own = options.own() ?? ownState(await entries());
        return standing(entry, own);
      }),
    archiveFile: (name) => archiveFileIn(folder, requireName(name).name, options.encrypts ?? false),
    freeName: (now) =>
      within(async () => {
        const taken = new Set((await mounted()).map(({ name }) => name));
        let ordinal = 1;
        while (taken.has(formatName(now, ordinal))) ordinal += 1;
        return formatName(now, ordinal);
      }),
    saveSidecar: (name, change) =>
      inTurn(async () => {
        const current = await readSidecar(folder, name).catch((error: unknown) => {
          if (isAppError(error, 'damaged')) return null; // it is replaced
          throw error;
        });
        await assertNoFolder(join(folder, `${name}${SIDECAR_SUFFIX}`));
        await writeSidecar(folder, change(current));
      }),
    remove: (name) =>
      inTurn(async () => {
        const { name: own } = requireName(name);
        const archives = ARCHIVE_SUFFIXES.map((suffix) => join(folder, `${own}${suffix}`));
        for (const file of [...archives, join(folder, `${own}${SIDECAR_SUFFIX}`)]) await assertNoFolder(file);
        for (const file of archives) await rename(file, `${file}${REMOVED_SUFFIX}`).catch(absent);
        await syncFolder(folder);
        await finishRemoval(folder, own);
        await syncFolder(folder);
      }),
    clean: () => inTurn(() => cleanStale(folder)), // a sidecar that is being written looks like one that never was
  };
  return catalogue;
}

/** How it stands to what is there now is not in it. */
type FoundEntry = Omit<BackupEntry, 'standing'>;

const identityOf = ({ sidecar }: Pick<BackupEntry, 'sidecar'>): StateIdentity | null =>
  sidecar?.manifest.identity ?? null;

const standing = (entry: FoundEntry, own: StateIdentity | null): BackupEntry =>
  Object.assign(entry, placeOf(identityOf(entry), own));

/** Null when it has gone meanwhile. */
async function readEntry(folder: string, parsed: ParsedName): Promise<FoundEntry | null> {
  const { name, createdAt } = parsed;
  const file = archiveFileIn(folder, name, false);
  const archive = await stat(file).catch(absentOrLoop);
  const sizeBytes = archive !== null && archive !== 'loop' && archive.isFile() ? archive.size : 0;
  const about = { name, sizeBytes, createdAt, ...(archive !== null && isEncrypted(file) ? { encrypted: true } : {}) };
  const damaged = (problem: string, sidecar: Sidecar | null = null): FoundEntry => ({
    ...about,
    state: 'damaged',
    problem,
    sidecar,
  });
  const sidecar = await readSidecar(folder, name).catch((error: unknown) => {
    if (isAppError(error)) return error;
    throw error;
  });
  if (archive === null) {
    if (sidecar === null || (await isBeingRemoved(folder, name))) return null;
    return damaged('the archive is missing; only its sidecar is there', isAppError(sidecar) ? null : sidecar);
  }
  if (archive === 'loop' || !archive.isFile()) return damaged('the archive is not a file');
  if (sizeBytes === 0) return damaged('the archive is empty', isAppError(sidecar) ? null : sidecar);
  // A newer program's is not damaged: this one cannot judge it.
  if (isAppError(sidecar, 'conflict'))
    return { ...about, state: 'unverified', problem: sidecar.message, sidecar: null };
  if (isAppError(sidecar)) return damaged(wordsIn('en', sidecar.words));
  if (sidecar === null) return { ...about, state: 'unverified', problem: null, sidecar };
  if (sidecar.manifest.name !== name) return damaged(`the sidecar belongs to ${sidecar.manifest.name}`);
  if (sidecar.archive.sizeBytes !== sizeBytes)
    return damaged(`the archive has ${sizeBytes} bytes instead of ${sidecar.archive.sizeBytes}`, sidecar);
  const failed = [sidecar.verified, sidecar.drilled].find((check) => check?.ok === false);
  if (failed) return damaged(failed.problems.join('; ') || 'its verification failed', sidecar);
  const state = sidecar.verified === null ? 'unverified' : 'good';
  const flaws = sidecar.verified?.flaws ?? [];
  return { ...about, state, problem: flaws.length === 0 ? null : flaws.join('; '), sidecar };
}

async function isBeingRemoved(folder: string, name: string): Promise<boolean> {
  const found = ARCHIVE_SUFFIXES.map((suffix) => stat(join(folder, `${name}${suffix}${REMOVED_SUFFIX}`)).catch(absent));
  return (await Promise.all(found)).some((one) => one !== null);
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}

/** A link that leads to itself is of one entry, which is listed; it must not hide the others. */
function absentOrLoop(error: unknown): null | 'loop' {
  return (error as NodeJS.ErrnoException).code === 'ELOOP' ? 'loop' : absent(error);
}

async function assertNoFolder(file: string): Promise<void> {
  if ((await lstat(file).catch(absent))?.isDirectory() !== true) return;
  throw new AppError('conflict', {
    en: `${file} is a folder, which no backup is, so it was left alone. Look at what is in it, and move it away by hand.`,
    ja: `${file} はバックアップのファイルではなくフォルダーなので、そのままにしました。中身を確認し、手動で移動してください。`,
  });
}

export function notFound(name: string): AppError {
  return new AppError('not_found', {
    en: `There is no backup ${name}. The list of backups shows what there is.`,
    ja: `${name} というバックアップはありません。バックアップの一覧で確認してください。`,
  });
}
