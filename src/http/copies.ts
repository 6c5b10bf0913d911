import type { VaultCopies } from './api-parts.ts';

/** Which vaults hold a backup, by its name. */
export function copiesByBackup(copies: readonly VaultCopies[]): (name: string) => string[] {
  const vaults = copies.map(({ name, backups, others }) => ({ name, backups: new Set([...backups, ...others]) }));
  return (name) => vaults.filter(({ backups }) => backups.has(name)).map((vault) => vault.name);
}
