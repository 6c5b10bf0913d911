import type { ApiParts } from './api-parts.ts';

/** Which vaults hold a backup, by its name. */
export async function copiesByBackup({ copies }: Pick<ApiParts, 'copies'>): Promise<(name: string) => string[]> {
  const vaults = (await copies()).map(({ name, backups }) => ({ name, backups: new Set(backups) }));
  return (name) => vaults.filter(({ backups }) => backups.has(name)).map((vault) => vault.name);
}
