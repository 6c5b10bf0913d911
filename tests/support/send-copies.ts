import { join } from 'node:path';
import { openVaults } from '../../src/app/vaults.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { parseConfig } from '../../src/config.ts';
import { backupThreads } from './threads.ts';

/** Puts copies of these backups of a folder into the vault that the environment names, with nothing that sends by itself. */
export async function sendCopies(
  environment: Readonly<Record<string, string>>,
  entries: readonly BackupEntry[],
  { backups, scratchFolder }: { readonly backups: string; readonly scratchFolder: string },
): Promise<void> {
  using opened = await openVaults(parseConfig(environment), { threads: backupThreads, clock: Date.now });
  const packing = createPacking({ cipher: null, scratchFolder });
  for (const entry of entries) {
    await using packed = await packing.pack(entry, join(backups, `${entry.name}.tar.zst`));
    for (const { vault } of opened.vaults) await vault.put(packed.copy, packed.file);
  }
}
