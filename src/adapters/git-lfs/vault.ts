import { createHash } from 'node:crypto';
import { chmod, link, mkdir, open, rename, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { changedFile, alreadyOther, notStored, otherBytes } from '../../backup/vault/failure-model.ts';
import { measure, readChunks, throwIfAborted, type Fingerprint } from '../../backup/vault/api.ts';
import { filesOf, noteFileOf, requireVaultFile, requireVaultName } from '../../backup/vault/model.ts';
import type { ArchiveWork } from '../../backup/ports.ts';
import type { CopyId, StoredCopy, Vault, VaultCopy } from '../../backup/vault-ports.ts';
import { commitTo, type Changes } from './commit.ts';
import { pagesFor } from './pages.ts';
import { formatPointer } from './pointer.ts';
import { gitRemote } from './remote.ts';
import { openScratch, type Scratch } from './scratch.ts';
import { fetchTip, FOLDER, measureUse, type Tip } from './tree.ts';

export interface GitLfsVaultOptions {
  /** `owner/name` on GitHub, or the whole address of a repository. */
  readonly repository: string;
  readonly branch: string;
  /** Null for a repository that asks for none. */
  readonly token: string | null;
  /** A folder on the bot's volume for what is in the works; nothing stays there. */
  readonly folder: string;
  /** What the account may store under LFS; null where nobody sets a limit. */
  readonly limitBytes?: number | null;
  readonly idleMs?: number;
  readonly commandMs?: number;
  readonly random?: () => number;
  readonly mayDeleteByAge?: () => boolean;
}

/** GitHub Free and Pro, without a budget for more. */
const GITHUB_LIMIT_BYTES = 10 * 2 ** 30;

export function createGitLfsVault(options: GitLfsVaultOptions): Vault {
  const { repository, branch, token, idleMs = 60_000, commandMs = 300_000, random = Math.random } = options;
  const remote = gitRemote(repository);
  const label = `${remote.label} (${branch})`;
  const { limitBytes = remote.label.startsWith('GitHub ') ? GITHUB_LIMIT_BYTES : null } = options;
  const folder = resolve(options.folder);
  const { mayDeleteByAge = () => true } = options;
  const scratchFor = (signal?: AbortSignal, beside?: string) =>
    openScratch({ url: remote.url, token, label, folder, idleMs, commandMs, mayDeleteByAge }, signal, beside);

  async function upload(scratch: Scratch, copy: VaultCopy, file: string, work: ArchiveWork): Promise<void> {
    const object = join(scratch.storage, 'objects', copy.sha256.slice(0, 2), copy.sha256.slice(2, 4), copy.sha256);
    await mkdir(dirname(object), { recursive: true });
    // Named, not copied: an upload takes no room on the volume.
    await link(resolve(file), object).catch(() => symlink(resolve(file), object));
    await scratch.transfer(['lfs', 'push', '--object-id', 'origin', copy.sha256], copy.sizeBytes, work);
  }

  /** From the vault into git-lfs's storage of this scratch repository. */
  async function fetchArchive(scratch: Scratch, { name, fileName }: CopyId, work: ArchiveWork) {
    const copy = (await fetchTip(scratch, branch)).copies().find((copy) => copy.fileName === fileName);
    if (copy === undefined) throw notStored(label, name);
    const pointer = { oid: copy.sha256 ?? '', sizeBytes: copy.sizeBytes };
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const onOutput = (chunk: Buffer) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
    };
    await scratch.transfer(['lfs', 'smudge'], copy.sizeBytes, work, { stdin: formatPointer(pointer), onOutput });
    const found: Fingerprint = { sizeBytes, sha256: hash.digest('hex') };
    if (found.sizeBytes !== copy.sizeBytes || found.sha256 !== copy.sha256) throw otherBytes(label, copy.fileName);
    const { oid } = pointer;
    return { copy, found, object: join(scratch.storage, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid) };
  }

  return {
    name: 'github',
    label,
    async put(copy, file, work = {}) {
      const { fileName, sizeBytes, sha256 } = copy;
      requireVaultFile(copy);
      throwIfAborted(work.signal);
      const { signal } = work;
      const here = { sizeBytes, sha256, otherwise: () => changedFile(fileName) };
      await measure(readChunks(file), here, signal === undefined ? {} : { signal });
      await using scratch = await scratchFor(signal);
      const before = additions(label, copy, await fetchTip(scratch, branch));
      if (before === null) return;
      if (before.has(`${FOLDER}/${fileName}`)) await upload(scratch, copy, file, work);
      const message = `Add ${copy.name}: ${oneLine(copy.message)}\n\n${fileName}, ${sizeBytes} bytes\nSHA-256 ${sha256}\n`;
      await commitTo(scratch, { branch, message, random, signal, changes: (tip) => additions(label, copy, tip) });
    },
    async list(signal) {
      throwIfAborted(signal);
      await using scratch = await scratchFor(signal);
      return (await fetchTip(scratch, branch)).copies();
    },
    async readBack(wanted, work = {}) {
      requireVaultFile(wanted);
      throwIfAborted(work.signal);
      await using scratch = await scratchFor(work.signal);
      return (await fetchArchive(scratch, wanted, work)).found;
    },
    async get(wanted, file, work = {}) {
      requireVaultFile(wanted);
      throwIfAborted(work.signal);
      const beside = dirname(resolve(file));
      await using scratch = await scratchFor(work.signal, beside);
      const { copy, object } = await fetchArchive(scratch, wanted, work);
      await moveDurably(object, file, beside);
      return copy;
    },
    async delete(names, signal) {
      const files = new Set(names.map(requireVaultName).flatMap(filesOf));
      if (names.length === 0) return;
      await using scratch = await scratchFor(signal);
      const count = names.length === 1 ? 'a backup' : `${names.length} backups`;
      const message = `Remove ${count}: ${names[0]}${names.length > 1 ? ' and others' : ''}\n\n${names.join('\n')}\n`;
      await commitTo(scratch, { branch, message, random, signal, changes: (tip) => removals(files, names, tip) });
    },
    async usage(signal) {
      throwIfAborted(signal);
      await using scratch = await scratchFor(signal);
      return { usedBytes: await measureUse(scratch), limitBytes };
    },
  };
}

/** Null when it is there already, with the same note. @throws AppError `conflict` */
function additions(label: string, { name, fileName, sizeBytes, sha256, note }: VaultCopy, tip: Tip): Changes | null {
  const [archive, beside] = [`${FOLDER}/${fileName}`, `${FOLDER}/${noteFileOf(name)}`];
  const pointer = formatPointer({ oid: sha256, sizeBytes });
  const isThere = tip.entries.has(archive);
  if (isThere && tip.text(archive) !== pointer) throw alreadyOther(label, fileName);
  if (isThere && tip.text(beside) === note) return null;
  const others = tip.copies().filter((copy) => copy.fileName !== fileName);
  const copies = [...others, { name, fileName, sizeBytes, sha256, note }].sort((a, b) => (a.name < b.name ? 1 : -1));
  const changes = new Map<string, string>([...pagesFor(tip, copies), [beside, note]]);
  return isThere ? changes : changes.set(archive, pointer);
}

function removals(files: ReadonlySet<string>, names: readonly string[], tip: Tip): Changes | null {
  const gone = [...files].map((file) => `${FOLDER}/${file}`).filter((path) => tip.entries.has(path));
  if (gone.length === 0) return null;
  const left: readonly StoredCopy[] = tip.copies().filter(({ name }) => !names.includes(name));
  return new Map<string, string | null>([...pagesFor(tip, left), ...gone.map((path) => [path, null] as const)]);
}

async function moveDurably(from: string, to: string, folder: string): Promise<void> {
  await chmod(from, 0o600);
  for (const path of [from, null]) {
    if (path === null) await rename(from, to);
    await using handle = await open(path ?? folder, 'r');
    await handle.sync();
  }
}

/** A commit's first line; who wrote the reason of a backup cannot add to the message. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);
