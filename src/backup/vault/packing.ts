import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { ARCHIVE_SUFFIXES, isEncrypted } from '../archive-file.ts';
import type { Cipher } from '../crypt-ports.ts';
import type { BackupEntry, Sidecar } from '../model.ts';
import { ARCHIVE_SUFFIX } from '../name.ts';
import type { ArchiveWork } from '../ports.ts';
import { freeBytesOn, requireRoom, type FreeBytes } from '../space.ts';
import { cleanStale, openScratch } from '../stale.ts';
import type { StoredCopy, VaultCopy } from '../vault-ports.ts';
import { changedFile, noKey } from './failure-model.ts';
import { formatVaultNote, parseVaultNote, vaultMessage } from './note.ts';

/** A backup as it goes into a vault; disposing takes away what was made for it. */
export interface Packed extends AsyncDisposable {
  readonly copy: VaultCopy;
  /** The archive itself where nothing has to be encrypted. */
  readonly file: string;
}

/** Between the backups of this machine and their copies elsewhere. */
export interface Packing {
  /**
   * The copy of a backup that has a sidecar, whose archive is `archiveFile`.
   * @throws AppError `damaged` when the archive is not what the sidecar says, `limit` when there is no room to encrypt it, `aborted`
   */
  pack(entry: BackupEntry, archiveFile: string, work?: ArchiveWork): Promise<Packed>;
  /**
   * Says, before a copy is fetched, that this machine cannot read it. Nothing where only the copy itself can tell.
   * @throws AppError `forbidden` when the key is another, `config` when there is none
   */
  check(copy: StoredCopy, signal?: AbortSignal): Promise<void>;
  /**
   * Makes of a fetched `file`, which is used up, the archive `to`: encrypted or not, as the name of each says.
   * @throws AppError `forbidden`, `config`, `damaged`, `limit`, `aborted`
   */
  open(copy: Pick<StoredCopy, 'fileName'>, file: string, to: string, work?: ArchiveWork): Promise<void>;
  /** Removes what a crash left. The caller is the only one at work. */
  clean(): Promise<void>;
}

export interface PackingOptions {
  /** Null: copies leave the machine as they are. */
  readonly cipher: Cipher | null;
  /** On the volume of the backups; it is made when it is needed. */
  readonly scratchFolder: string;
  readonly freeBytes?: FreeBytes;
}

/** What encryption adds: a header, and a tag for each piece. */
const ENCRYPTED_SHARE = 1.001;

export function createPacking({ cipher, scratchFolder, freeBytes = freeBytesOn }: PackingOptions): Packing {
  const roomFor = (sizeBytes: number) => requireRoom(scratchFolder, Math.ceil(sizeBytes * ENCRYPTED_SHARE), freeBytes);

  /** What is encrypted already, or is to stay as it is. */
  async function asItIs(sidecar: Sidecar, file: string): Promise<Packed> {
    const encrypted = isEncrypted(file);
    const encryption = encrypted && cipher !== null ? { kind: cipher.kind, header: await cipher.header(file) } : null;
    const { sizeBytes, sha256 } = sidecar.archive;
    return {
      copy: {
        ...identity(sidecar, encrypted),
        sizeBytes,
        sha256,
        note: formatVaultNote(sidecar, { encrypted, encryption }),
      },
      file,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  async function encrypted(sidecar: Sidecar, archiveFile: string, by: Cipher, work: ArchiveWork): Promise<Packed> {
    const about = identity(sidecar, true);
    await mkdir(scratchFolder, { recursive: true, mode: 0o700 });
    await roomFor(sidecar.archive.sizeBytes);
    await using making = new AsyncDisposableStack();
    const scratch = making.use(await openScratch(scratchFolder));
    const file = join(scratch.folder, about.fileName);
    const { sizeBytes, sha256, plainSha256 } = await by.encrypt(archiveFile, file, work);
    if (plainSha256 !== sidecar.archive.sha256) throw changedFile(`${about.name}${ARCHIVE_SUFFIX}`);
    const encryption = { kind: by.kind, header: await by.header(file) };
    const note = formatVaultNote(sidecar, { encrypted: true, encryption });
    const made = making.move();
    return { copy: { ...about, sizeBytes, sha256, note }, file, [Symbol.asyncDispose]: () => made.disposeAsync() };
  }

  function requireCipher({ fileName }: Pick<StoredCopy, 'fileName'>): Cipher {
    if (cipher === null) throw noKey(fileName);
    return cipher;
  }

  return {
    async pack({ name, sidecar }, archiveFile, work = {}) {
      if (sidecar === null) throw undescribed(name);
      return cipher === null || isEncrypted(archiveFile)
        ? asItIs(sidecar, archiveFile)
        : encrypted(sidecar, archiveFile, cipher, work);
    },
    async check(copy, signal) {
      if (!isEncrypted(copy.fileName)) return;
      const { encryption = null } = parseVaultNote(copy.note) ?? {};
      await requireCipher(copy).requireKey(encryption?.header ?? null, copy.fileName, signal);
    },
    async open(copy, file, to, work = {}) {
      const [from, into] = [isEncrypted(copy.fileName), isEncrypted(to)];
      if (from === into) {
        // A copy that stays encrypted must be of a key that this machine has, or it would be found out too late.
        if (from) {
          const by = requireCipher(copy);
          await by.requireKey(await by.header(file), copy.fileName, work.signal);
        }
        return rename(file, to);
      }
      const by = requireCipher(copy);
      await roomFor((await stat(file)).size);
      await (from ? by.decrypt(file, to, work) : by.encrypt(file, to, work));
      await rm(file, { force: true });
    },
    async clean() {
      await cleanStale(scratchFolder).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    },
  };
}

function identity(sidecar: Sidecar, encrypted: boolean): Pick<VaultCopy, 'name' | 'fileName' | 'message'> {
  const { name } = sidecar.manifest;
  const fileName = `${name}${ARCHIVE_SUFFIXES[encrypted ? 0 : 1]}`;
  return { name, fileName, message: vaultMessage(sidecar, encrypted) };
}

function undescribed(name: string): AppError {
  return new AppError('conflict', {
    en: `${name} has no readable sidecar, so it is not known to be whole and was not copied anywhere. Verify it first; that makes one.`,
    ja: `${name} には読み取れるマニフェストがなく、無事かどうかわからないため、コピーしませんでした。先に検証してください（検証すると作成されます）。`,
  });
}
