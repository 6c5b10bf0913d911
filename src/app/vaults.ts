import { join } from 'node:path';
import { createFolderVault } from '../adapters/folder-vault/vault.ts';
import { createGitLfsVault } from '../adapters/git-lfs/vault.ts';
import type { Cipher } from '../backup/crypt-ports.ts';
import type { JobThreads } from '../backup/ports.ts';
import type { Vault } from '../backup/vault-ports.ts';
import type { Config } from '../config.ts';
import { openCipher } from './cipher.ts';

/** A vault, and how many backups retention leaves in it. */
export interface KeptVault {
  readonly vault: Vault;
  readonly keep: number;
}

export interface Vaults extends Disposable {
  /** In the order in which they are asked for a backup: the nearest first. */
  readonly vaults: readonly KeptVault[];
  /** Null: copies leave the machine as they are. */
  readonly cipher: Cipher | null;
  /** For what is in the works; inside the folder of backups, so that it is on their volume. It may not be there yet. */
  readonly folder: string;
}

export interface VaultSurroundings {
  readonly threads: JobThreads;
  readonly clock: () => number;
  /** False while it is not certain what time it is: what was left unfinished long ago may be under way. */
  readonly mayDeleteByAge?: () => boolean;
}

/** The folder for what belongs to copies elsewhere, beside the backups. */
const OFF_SITE_FOLDER = '.off-site';

/** @throws AppError `config` when a key has a mistake in it, or those for encryption do not fit */
export async function openVaults(
  { backup, vaults: { folder: directory, s3, github }, encryption }: Pick<Config, 'backup' | 'vaults' | 'encryption'>,
  { threads, clock, mayDeleteByAge }: VaultSurroundings,
): Promise<Vaults> {
  using opening = new DisposableStack();
  const folder = join(backup.directory, OFF_SITE_FOLDER);
  const vaults: KeptVault[] = [];
  const asking = mayDeleteByAge === undefined ? {} : { mayDeleteByAge };
  if (directory !== null) {
    const memory = join(folder, 'folder-vault');
    vaults.push({
      keep: directory.keep,
      vault: createFolderVault({ directory: directory.directory, memory, clock, ...asking }),
    });
  }
  if (s3 !== null) {
    // Its SDK is large, and most bots do without it.
    const { createS3Vault } = await import('../adapters/s3/vault.ts');
    const vault = createS3Vault({ ...s3, clock, ...asking });
    opening.defer(() => vault.close());
    vaults.push({ keep: s3.keep, vault });
  }
  if (github !== null) {
    vaults.push({ keep: github.keep, vault: createGitLfsVault({ ...github, folder, ...asking }) });
  }
  const cipher = await openCipher({ encryption }, threads);
  const opened = opening.move();
  return { vaults, cipher, folder, [Symbol.dispose]: () => opened.dispose() };
}
