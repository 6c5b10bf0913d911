import { AppError, isAppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Catalogue } from '../catalogue.ts';
import type { BackupEntry, Sidecar } from '../model.ts';
import { otherBytes } from '../vault/failure-model.ts';
import { contentsSha256 } from '../vault/note.ts';
import type { Packed, Packing } from '../vault/packing.ts';
import type { Vault, VaultCopy } from '../vault-ports.ts';
import type { SyncProgress } from './api.ts';
import type { LedgerFile } from './ledger.ts';
import type { CopyFacts, CopyRecord } from './model.ts';
import { expectedSha256, type createReadBack } from './read-back.ts';
import { factsOf } from './reconcile.ts';

export interface DeliveryParts {
  readonly vault: Vault;
  readonly ledger: LedgerFile;
  readonly packing: Packing;
  readonly catalogue: Pick<Catalogue, 'archiveFile'>;
  readonly read: ReturnType<typeof createReadBack>['read'];
  readonly clock: () => number;
  readonly log: Log;
}

export type Tell = (
  stage: SyncProgress['stage'],
  backup: string | null,
  progress?: { readonly doneBytes: number; readonly totalBytes: number },
) => void;

/** Gets single backups into the vault. @throws AppError why one is not there */
export function createDelivery(parts: DeliveryParts, signal: AbortSignal, tell: Tell) {
  const { vault, ledger, packing, catalogue, read, clock, log } = parts;
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
    return await put(packed.copy, packed.file);
  }

  async function put(copy: VaultCopy, file: string): Promise<CopyRecord> {
    const { name, fileName, sizeBytes, sha256, note } = copy;
    await vault.put(copy, file, work('sending', name));
    const facts = factsOf(name, note);
    const sent = { state: 'uploaded', at: clock(), readAt: null, fileName, sizeBytes, sha256, facts } as const;
    await record(name, sent);
    return sent;
  }

  async function verify(name: string, copy: CopyRecord): Promise<void> {
    const { fileName } = copy;
    const found = await vault.readBack({ name, fileName }, work('reading', name));
    if (found.sizeBytes !== copy.sizeBytes || found.sha256 !== copy.sha256) throw otherBytes(vault.label, fileName);
    const at = clock();
    await record(name, { ...copy, state: 'verified', at, readAt: at });
    log.info(`${name} is in ${vault.label}, read back and whole`, { sizeBytes: copy.sizeBytes });
  }

  /** What has just been sent and is not what was sent is of no use, and in the way of the next attempt. */
  async function verifySent(name: string, copy: CopyRecord): Promise<void> {
    try {
      await verify(name, copy);
    } catch (error) {
      if (isAppError(error, 'damaged')) {
        log.warn(`The copy of ${name} in ${vault.label} is damaged and is removed, to be sent again`, { error });
        await remove(name);
      }
      throw error;
    }
  }

  /** Encryption is not repeatable: a copy of the very same archive that is there is read back, and not replaced. */
  async function isPresent({ name, sidecar }: BackupEntry): Promise<boolean> {
    const stored = (await ledger.read()).copies[name];
    if (stored === undefined) return false;
    if (isAnothers(stored.facts, sidecar)) throw taken(vault.label, name);
    if (stored.state !== 'rotten') {
      if (stored.facts === null || sidecar === null || !isOf(stored.facts, sidecar)) return false;
      if (expectedSha256(stored) !== null && (await read(name, stored, signal, tell))) return true;
    }
    await remove(name); // nobody knows any more what it should be, or it is not that
    return false;
  }

  return {
    /** Gets a backup of this machine there, so that it counts. */
    deliver: async (entry: BackupEntry): Promise<void> => {
      if (!(await isPresent(entry))) await verifySent(entry.name, await send(entry));
    },
    /** Puts a whole copy, of another vault say, in the place of one that has rotted. */
    replace: async ({ copy, file }: Pick<Packed, 'copy' | 'file'>): Promise<void> => {
      await remove(copy.name);
      await verifySent(copy.name, await put(copy, file));
    },
  };
}

/** What was fetched may lie here encrypted otherwise than where it came from, and not be encrypted there any more. */
function isOf({ archiveSha256, contentsSha256: contents }: CopyFacts, { archive, manifest }: Sidecar): boolean {
  return archiveSha256 === archive.sha256 || (contents !== null && contents === contentsSha256(manifest));
}

function isAnothers(facts: CopyFacts | null, sidecar: Sidecar | null): boolean {
  const [theirs, ours] = [facts?.identity?.installationId, sidecar?.manifest.identity?.installationId];
  return theirs !== undefined && ours !== undefined && theirs !== ours;
}

function taken(label: string, name: string): AppError {
  return new AppError('conflict', {
    en: `${label} has a copy of that name, ${name}, of another bot, which is left alone. Give each bot a place of its own there: S3_PREFIX, GITHUB_BRANCH or VAULT_DIRECTORY.`,
    ja: `${label} には別のボットの同じ名前のコピー（${name}）があるため、上書きしませんでした。S3_PREFIX、GITHUB_BRANCH、VAULT_DIRECTORY で、ボットごとに別の場所を指定してください。`,
  });
}
