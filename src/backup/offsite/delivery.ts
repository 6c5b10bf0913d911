import { isAppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Catalogue } from '../catalogue.ts';
import type { BackupEntry, Sidecar } from '../model.ts';
import { otherBytes } from '../vault/failure-model.ts';
import { ENCRYPTED_SUFFIX } from '../vault/model.ts';
import { contentsSha256 } from '../vault/note.ts';
import type { Packing } from '../vault/packing.ts';
import type { Vault } from '../vault-ports.ts';
import type { SyncProgress } from './api.ts';
import type { LedgerFile } from './ledger.ts';
import type { CopyFacts, CopyRecord } from './model.ts';
import { factsOf } from './reconcile.ts';

export interface DeliveryParts {
  readonly vault: Vault;
  readonly ledger: LedgerFile;
  readonly packing: Packing;
  readonly catalogue: Pick<Catalogue, 'archiveFile'>;
  readonly clock: () => number;
  readonly log: Log;
}

export type Tell = (
  stage: SyncProgress['stage'],
  backup: string | null,
  progress?: { readonly doneBytes: number; readonly totalBytes: number },
) => void;

/** Gets one backup into the vault, so that it counts. @throws AppError why it does not */
export function createDelivery(parts: DeliveryParts, signal: AbortSignal, tell: Tell) {
  const { vault, ledger, packing, catalogue, clock, log } = parts;
  const work = (stage: SyncProgress['stage'], name: string) => ({
    signal,
    onProgress: (progress: { doneBytes: number; totalBytes: number }) => tell(stage, name, progress),
  });

  async function record(name: string, copy: CopyRecord): Promise<void> {
    await ledger.change((current) => {
      const { [name]: overcome, ...failures } = current.failures;
      const left = overcome === undefined || copy.state === 'verified' ? failures : current.failures;
      return { ...current, copies: { ...current.copies, [name]: copy }, failures: left };
    });
  }

  async function remove(name: string): Promise<void> {
    await vault.delete([name], signal);
    await ledger.change((current) => {
      const { [name]: _gone, ...copies } = current.copies;
      return { ...current, copies };
    });
  }

  async function send(entry: BackupEntry): Promise<CopyRecord> {
    const { name } = entry;
    tell('packing', name);
    await using packed = await packing.pack(entry, catalogue.archiveFile(name), work('packing', name));
    const { fileName, sizeBytes, sha256, note } = packed.copy;
    await vault.put(packed.copy, packed.file, work('sending', name));
    const facts = factsOf(name, note);
    const copy = { state: 'uploaded', at: clock(), fileName, sizeBytes, sha256, facts } as const;
    await record(name, copy);
    return copy;
  }

  async function readBack(name: string, copy: CopyRecord): Promise<void> {
    const found = await vault.readBack(name, work('reading', name));
    if (found.sizeBytes !== copy.sizeBytes || found.sha256 !== copy.sha256) {
      throw otherBytes(vault.label, copy.fileName);
    }
    await record(name, { ...copy, state: 'verified', at: clock() });
  }

  /** Encryption is not repeatable: a copy of the very same archive that is there is read back, and not replaced. */
  async function present(entry: BackupEntry): Promise<CopyRecord> {
    const { name, sidecar } = entry;
    const stored = (await ledger.read()).copies[name];
    const facts = stored?.facts ?? null;
    if (stored === undefined || facts === null || sidecar === null || !isOf(facts, sidecar)) return send(entry);
    const sha256 = stored.sha256 ?? (stored.fileName.endsWith(ENCRYPTED_SUFFIX) ? null : facts.archiveSha256);
    if (sha256 !== null) return { ...stored, sha256 };
    await remove(name); // nobody knows any more what it should be
    return send(entry);
  }

  return async function deliver(entry: BackupEntry): Promise<void> {
    const { name } = entry;
    const copy = await present(entry);
    try {
      await readBack(name, copy);
    } catch (error) {
      // What is there is of no use, and in the way of the next attempt.
      if (isAppError(error, 'damaged')) {
        log.warn(`The copy of ${name} in ${vault.label} is damaged and is removed, to be sent again`, { error });
        await remove(name);
      }
      throw error;
    }
    log.info(`${name} is in ${vault.label}, read back and whole`, { sizeBytes: copy.sizeBytes });
  };
}

/** What was fetched may lie here encrypted otherwise than where it came from, and not be encrypted there any more. */
function isOf({ archiveSha256, contentsSha256: contents }: CopyFacts, { archive, manifest }: Sidecar): boolean {
  return archiveSha256 === archive.sha256 || (contents !== null && contents === contentsSha256(manifest));
}
