import { link, lstat, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { changedFile, alreadyOther, notStored, otherBytes } from '../../backup/vault/failure-model.ts';
import { download, measure, readChunks, receive, throwIfAborted, unlessStalled } from '../../backup/vault/api.ts';
import {
  archivesAmong,
  filesOf,
  MOST_NOTE_BYTES,
  noteFileOf,
  requireVaultFile,
  requireVaultName,
} from '../../backup/vault/model.ts';
import type { CopyId, StoredCopy, Vault, VaultCopy } from '../../backup/vault-ports.ts';
import { isAppError } from '../../errors.ts';
import { full, translate } from './failure.ts';
import { createMount } from './mount.ts';
import { readText, writeText } from './text.ts';

export interface FolderVaultOptions {
  /** Another mount, NFS or SMB share; it must be there. */
  readonly directory: string;
  /** A file on the bot's own volume that remembers that the vault has been used. */
  readonly memory: string;
  /** A transfer that stands still for so long is given up. */
  readonly idleMs?: number;
  readonly clock?: () => number;
  readonly mayDeleteByAge?: () => boolean;
  readonly freeBytes?: (directory: string) => Promise<number>;
  /** The contents of a file. */
  readonly read?: (file: string) => AsyncIterable<Uint8Array>;
}

/** `sha256sum -c` understands it. */
const HASH_SUFFIX = '.sha256';
const RESERVE_BYTES = 4_000_000;
const HOUR_MS = 3_600_000;
const OURS_UNFINISHED = /^\.nescordbot_backup_\d{8}_\d{6}\S*\.partial$/;

export function createFolderVault(options: FolderVaultOptions): Vault {
  const { directory, idleMs = 60_000, clock = Date.now, freeBytes = freeBytesOn, read = readChunks } = options;
  const label = directory;
  const mount = createMount(options);
  const at = (fileName: string) => join(directory, fileName);

  const steady = (file: string, signal: AbortSignal | undefined) =>
    unlessStalled(read(file), { label, idleMs, signal });

  async function inWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translate(error, directory);
    }
  }

  async function describe(name: string, fileName: string): Promise<StoredCopy | null> {
    const found = await lstat(at(fileName)).catch(absent);
    if (found === null || !found.isFile()) return null;
    const [hash, note] = [
      await readText(at(`${fileName}${HASH_SUFFIX}`), 200),
      await readText(at(noteFileOf(name)), MOST_NOTE_BYTES),
    ];
    const sha256 = hash === null ? null : (/^([0-9a-f]{64}) [ *]/.exec(hash)?.[1] ?? null);
    return { name, fileName, sizeBytes: found.size, sha256, note };
  }

  async function require(copy: CopyId): Promise<StoredCopy> {
    const { name, fileName } = requireVaultFile(copy);
    await mount.check();
    const found = await describe(name, fileName);
    if (found === null) throw notStored(label, name);
    return found;
  }

  /** @throws AppError `conflict` when there is something else under its name */
  async function isThere({ fileName, sizeBytes, sha256 }: VaultCopy, signal?: AbortSignal): Promise<boolean> {
    const otherwise = () => alreadyOther(label, fileName);
    const found = await lstat(at(fileName)).catch(absent);
    if (found === null) return false;
    if (!found.isFile()) throw otherwise();
    const chunks = steady(at(fileName), signal);
    await measure(chunks, { sizeBytes, sha256, otherwise }, signal === undefined ? {} : { signal });
    return true;
  }

  async function removeUnfinished(): Promise<void> {
    if (options.mayDeleteByAge?.() === false) return;
    for (const file of (await readdir(directory)).filter((name) => OURS_UNFINISHED.test(name))) {
      const found = await stat(at(file)).catch(absent);
      if (found !== null && clock() - found.mtimeMs > HOUR_MS) await rm(at(file), { force: true });
    }
  }

  return {
    name: 'folder',
    label,
    put: (copy, file, work = {}) =>
      inWords(async () => {
        const { name, fileName, sizeBytes, sha256, note } = copy;
        requireVaultFile(copy);
        throwIfAborted(work.signal);
        await mount.claim();
        await removeUnfinished();
        const stored = await isThere(copy, work.signal);
        if (!stored && (await freeBytes(directory)) < sizeBytes + RESERVE_BYTES) throw full(directory);
        await writeText(at(`${fileName}${HASH_SUFFIX}`), `${sha256}  ${fileName}\n`);
        await writeText(at(noteFileOf(name)), note);
        if (stored) return;
        // The archive is the last: a copy is listed once it is whole.
        const chunks = steady(file, work.signal);
        const otherwise = () => changedFile(fileName);
        try {
          await receive(chunks, at(fileName), { sizeBytes, sha256, otherwise }, { ...work, place: placeAsNew });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          await isThere(copy, work.signal); // somebody else put it meanwhile
        }
      }),
    list: (signal) =>
      inWords(async () => {
        throwIfAborted(signal);
        await mount.check();
        const found: StoredCopy[] = [];
        for (const { name, fileName } of archivesAmong(await readdir(directory))) {
          const copy = await describe(name, fileName);
          if (copy !== null) found.push(copy);
        }
        return found;
      }),
    readBack: (wanted, work = {}) =>
      inWords(async () => {
        throwIfAborted(work.signal);
        const copy = await require(wanted);
        const chunks = steady(at(copy.fileName), work.signal);
        return measure(chunks, { ...copy, otherwise: () => otherBytes(label, copy.fileName) }, work);
      }),
    get: (wanted, file, work = {}) =>
      inWords(async () => {
        throwIfAborted(work.signal);
        const copy = await require(wanted);
        const chunks = steady(at(copy.fileName), work.signal);
        const expected = { ...copy, otherwise: () => otherBytes(label, copy.fileName) };
        const { sha256 } = await download(chunks, file, expected, work);
        return { ...copy, sha256 };
      }),
    delete: (names) =>
      inWords(async () => {
        await mount.check();
        for (const name of names.map(requireVaultName)) {
          // The archive first: half a deletion must not look like a copy.
          const [plain = '', encrypted = '', note = ''] = filesOf(name);
          const hashes = [plain, encrypted].map((file) => `${file}${HASH_SUFFIX}`);
          for (const file of [plain, encrypted, note, ...hashes]) await rm(at(file), { force: true });
        }
      }),
    usage: () =>
      inWords(async () => {
        await mount.check();
        let usedBytes = 0;
        for (const { fileName } of archivesAmong(await readdir(directory))) {
          usedBytes += (await lstat(at(fileName)).catch(absent))?.size ?? 0;
        }
        return { usedBytes, limitBytes: usedBytes + (await freeBytes(directory)) };
      }),
  };
}

/** A hard link never replaces what somebody put there meanwhile; not every file system has them. */
async function placeAsNew(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
  } catch (error) {
    if (isAppError(error) || !NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return rename(partial, file);
  }
  await rm(partial, { force: true });
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}

async function freeBytesOn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
