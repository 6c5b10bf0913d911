import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { requireRoom, type FreeBytes } from '../space.ts';
import { openScratch } from '../stale.ts';
import type { Packed } from '../vault/packing.ts';
import type { Vault } from '../vault-ports.ts';
import type { LedgerFile } from './ledger.ts';

export interface WholeCopyParts {
  /** The other vaults, the nearest first. */
  readonly others: () => readonly { readonly vault: Vault; readonly ledger: Pick<LedgerFile, 'read'> }[];
  /** Of the vault that needs it; its lock is held. */
  readonly folder: string;
  readonly freeBytes: FreeBytes;
  readonly log: Log;
}

/** Fetches a copy that another vault has whole, as it lies there, to be put into this one; null where none has. */
export function createWholeCopy({ others, folder, freeBytes, log }: WholeCopyParts) {
  return async function wholeCopy(name: string, signal: AbortSignal): Promise<Packed | null> {
    for (const { vault, ledger } of others()) {
      const known = (await ledger.read()).copies[name];
      if (known?.state !== 'verified') continue;
      try {
        await requireRoom(folder, known.sizeBytes, freeBytes);
        await using making = new AsyncDisposableStack();
        const scratch = making.use(await openScratch(folder));
        const file = join(scratch.folder, known.fileName);
        const { note, ...found } = await vault.get({ name, fileName: known.fileName }, file, { signal });
        if (note === null || found.sha256 === null || found.sha256 !== known.sha256) continue;
        const copy = { ...found, sha256: found.sha256, note, message: `copied from ${vault.label}` };
        const made = making.move();
        return { copy, file, [Symbol.asyncDispose]: () => made.disposeAsync() };
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn(`${name} could not be copied from ${vault.label} in the place of one that has rotted`, { error });
      }
    }
    return null;
  };
}
