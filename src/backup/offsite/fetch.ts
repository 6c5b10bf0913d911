import { access, mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError, type ErrorCode } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { RunOptions, Stage } from '../api.ts';
import type { Catalogue } from '../catalogue.ts';
import { syncFolder } from '../durable.ts';
import type { BackupEntry } from '../model.ts';
import { newestFirst, requireName } from '../name.ts';
import type { AcquireLock } from '../slot.ts';
import { requireRoom, type FreeBytes } from '../space.ts';
import { cleanStale, openScratch } from '../stale.ts';
import type { Packing } from '../vault/packing.ts';
import type { StoredCopy, Vault } from '../vault-ports.ts';
import { busyWords } from '../words.ts';

export interface FetchParts {
  /** The nearest first. */
  readonly vaults: readonly Vault[];
  readonly packing: Pick<Packing, 'check' | 'open'>;
  readonly catalogue: Pick<Catalogue, 'folder' | 'list' | 'archiveFile' | 'show'>;
  /** For what is under way; on the volume of the backups, and nobody else's. */
  readonly folder: string;
  readonly acquireLock: AcquireLock;
  readonly freeBytes: FreeBytes;
  readonly log: Log;
}

/** A backup, and the vaults that say they have it, the nearest first. */
export interface OfferedBackup {
  readonly name: string;
  readonly copies: readonly { readonly vault: Vault; readonly copy: StoredCopy }[];
}

export interface Fetching {
  /** Brings a backup back from the first vault that has a whole copy; see `OffSite.fetch`. */
  fetch(name: string, options?: RunOptions): Promise<BackupEntry>;
  /** Removes what a crash left, which is as large as what was being fetched; nothing while somebody fetches. */
  clean(): Promise<void>;
  /** What all vaults say they hold, newest first; `problems` has why one did not say. */
  newest(signal?: AbortSignal): Promise<{
    readonly backups: readonly OfferedBackup[];
    readonly problems: readonly { readonly vault: Vault; readonly error: unknown }[];
  }>;
}

/** A copy that cannot be used for such a reason says nothing of another form of the same backup. */
const OF_ONE_FORM = new Set<ErrorCode>(['damaged', 'not_found', 'forbidden', 'config']);

export function createFetching(parts: FetchParts): Fetching {
  const { vaults, packing, catalogue, folder, acquireLock, freeBytes, log } = parts;
  const underWay = new Map<string, Promise<BackupEntry>>();

  async function fetchFrom(vault: Vault, copy: StoredCopy, { signal, onProgress }: RunOptions): Promise<void> {
    const report = (stage: Stage) => ({
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress: { doneBytes: number; totalBytes: number }) => onProgress?.({ stage, ...progress }),
    });
    await packing.check(copy, signal);
    await requireRoom(folder, copy.sizeBytes, freeBytes);
    await using scratch = await openScratch(folder);
    const file = join(scratch.folder, copy.fileName);
    await vault.get(copy, file, report('fetching'));
    const archive = catalogue.archiveFile(copy.name);
    // Not among the backups before it is whole: what is unfinished there is removed by whatever job comes next.
    const opened = join(scratch.folder, basename(archive));
    await packing.open(copy, file, opened, report('decrypting'));
    await rename(opened, archive);
    await syncFolder(catalogue.folder);
  }

  /** Where it is there both encrypted and not, one may be damaged; what says what it should be goes first. */
  async function fetchWhole(vault: Vault, name: string, options: RunOptions): Promise<StoredCopy | null> {
    const forms = (await vault.list(options.signal)).filter((one) => one.name === name);
    const isUnsure = ({ sha256 }: StoredCopy) => Number(sha256 === null);
    let problem: unknown = null;
    for (const copy of forms.sort((a, b) => isUnsure(a) - isUnsure(b))) {
      try {
        await fetchFrom(vault, copy, options);
        return copy;
      } catch (error) {
        if (options.signal?.aborted === true || !isAppError(error) || !OF_ONE_FORM.has(error.code)) throw error;
        problem ??= error;
      }
    }
    if (problem !== null) throw problem;
    return null;
  }

  async function fetch(name: string, options: RunOptions): Promise<BackupEntry> {
    await catalogue.list(); // nothing is made beneath a volume that went away
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await acquireLock();
    if (release === null) throw new AppError('busy', busyWords(null));
    try {
      await cleanStale(folder);
      const problems: unknown[] = [];
      for (const vault of vaults) {
        try {
          options.onProgress?.({ stage: 'fetching', doneBytes: 0, totalBytes: 0 });
          const copy = await fetchWhole(vault, name, options);
          if (copy === null) continue;
          log.info(`Fetched ${name} from ${vault.label}`, { sizeBytes: copy.sizeBytes });
          return await catalogue.show(name);
        } catch (error) {
          if (options.signal?.aborted === true || isAppError(error, 'limit')) throw error;
          log.warn(`${name} did not come from ${vault.label}`, { error });
          problems.push(error);
        }
      }
      throw problems[0] ?? nowhere(name);
    } finally {
      await release();
    }
  }

  return {
    async fetch(text, options = {}) {
      const { name } = requireName(text);
      const known = underWay.get(name);
      if (known !== undefined) return known;
      const fetching = fetch(name, options).finally(() => underWay.delete(name));
      underWay.set(name, fetching);
      return fetching;
    },
    async clean() {
      if (!(await isThere(folder))) return;
      const release = await acquireLock();
      if (release === null) return;
      try {
        await cleanStale(folder);
      } finally {
        await release();
      }
    },
    async newest(signal) {
      const answers = await Promise.all(
        vaults.map((vault) =>
          vault.list(signal).then(
            (copies) => ({ vault, copies, error: null }),
            (error: unknown) => ({ vault, copies: [], error }),
          ),
        ),
      );
      const offered = answers.flatMap(({ vault, copies }) => copies.map((copy) => ({ vault, copy })));
      const byName = Map.groupBy(offered, ({ copy }) => copy.name);
      return {
        backups: newestFirst([...byName.keys()]).map((name) => ({ name, copies: byName.get(name) ?? [] })),
        problems: answers.flatMap(({ vault, error }) => (error === null ? [] : [{ vault, error }])),
      };
    },
  };
}

const isThere = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );

function nowhere(name: string): AppError {
  return new AppError('not_found', {
    en: `There is no backup ${name}, neither on this machine nor in a vault. The list of backups shows what there is.`,
    ja: `${name} というバックアップは、このマシンにも保管先にもありません。バックアップの一覧で確認してください。`,
  });
}
