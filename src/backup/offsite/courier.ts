import { isAppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Catalogue } from '../catalogue.ts';
import type { BackupEntry } from '../model.ts';
import { otherBytes } from '../vault/failure-model.ts';
import type { Packing } from '../vault/packing.ts';
import type { Vault } from '../vault-ports.ts';
import { concernsOneCopy, failed } from './failures.ts';
import type { LedgerFile } from './ledger.ts';
import type { CopyRecord, Ledger } from './model.ts';
import { planVault } from './plan.ts';
import { factsOf, reconcile } from './reconcile.ts';
import { withSample } from './usage.ts';
import type { SyncProgress, SyncResult } from './api.ts';

export interface CourierParts {
  readonly vault: Vault;
  /** How many copies stay there. */
  readonly keep: number;
  readonly ledger: LedgerFile;
  readonly packing: Packing;
  readonly catalogue: Pick<Catalogue, 'list' | 'archiveFile'>;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
}

export interface RoundOptions {
  readonly signal: AbortSignal;
  readonly report: (progress: SyncProgress) => void;
  /** False: only asks what is there. */
  readonly sends: boolean;
  /** Also what is waiting after a failure. */
  readonly impatient: boolean;
}

/** What is there is added up again at least so often. */
const USAGE_MS = 6 * 3_600_000;

/**
 * One round at one vault, by whoever holds its lock: what is there, what is missing, what may go. Everything learnt is on
 * the disk before the next step, so that a round that is cut off anywhere is taken up by the next.
 */
export function createCourier(parts: CourierParts) {
  const { vault, keep, ledger, packing, catalogue, clock, random, log } = parts;
  const { name: vaultName, label } = vault;

  return async function round({ signal, report, sends, impatient }: RoundOptions): Promise<SyncResult> {
    const sent: string[] = [];
    const removed: string[] = [];
    const tell = (stage: SyncProgress['stage'], backup: string | null, doneBytes = 0, totalBytes = 0) =>
      report({ vault: vaultName, label, stage, backup, doneBytes, totalBytes });
    const work = (stage: SyncProgress['stage'], backup: string) => ({
      signal,
      onProgress: ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
        tell(stage, backup, doneBytes, totalBytes),
    });

    async function readBack(name: string, copy: CopyRecord): Promise<void> {
      const found = await vault.readBack(name, work('reading', name));
      if (found.sizeBytes !== copy.sizeBytes || (copy.sha256 ?? found.sha256) !== found.sha256) {
        throw otherBytes(label, copy.fileName);
      }
      await record(name, { ...copy, state: 'verified', sha256: found.sha256, at: clock() });
    }

    function record(name: string, copy: CopyRecord): Promise<Ledger> {
      return ledger.change((current) => {
        const { [name]: _over, ...failures } = current.failures;
        return {
          ...current,
          copies: { ...current.copies, [name]: copy },
          failures: copy.state === 'verified' ? failures : current.failures,
        };
      });
    }

    /** What came back is not what was sent: what is there is of no use, and in the way of the next attempt. */
    async function discardIfDamaged(name: string, error: unknown): Promise<void> {
      if (!isAppError(error, 'damaged')) return;
      log.warn(`The copy of ${name} in ${label} is damaged and is removed, to be sent again`, { error });
      await vault.delete([name], signal);
      await ledger.change((current) => {
        const { [name]: _gone, ...copies } = current.copies;
        return { ...current, copies };
      });
    }

    async function deliver(entry: BackupEntry): Promise<void> {
      const { name } = entry;
      const stored = (await ledger.read()).copies[name];
      const isOfThis = stored?.facts?.archiveSha256 === entry.sidecar?.archive.sha256;
      // Encryption is not repeatable: a copy of the very same archive is read back, and not replaced.
      if (stored === undefined || !isOfThis) await send(entry);
      const copy = (await ledger.read()).copies[name];
      if (copy === undefined) return;
      try {
        await readBack(name, copy);
      } catch (error) {
        await discardIfDamaged(name, error);
        throw error;
      }
      sent.push(name);
      log.info(`${name} is in ${label}, read back and whole`, { sizeBytes: copy.sizeBytes });
    }

    async function send(entry: BackupEntry): Promise<void> {
      const { name } = entry;
      tell('packing', name);
      await using packed = await packing.pack(entry, catalogue.archiveFile(name), work('packing', name));
      const { fileName, sizeBytes, sha256, note } = packed.copy;
      await vault.put(packed.copy, packed.file, work('sending', name));
      await record(name, {
        state: 'uploaded',
        at: clock(),
        fileName,
        sizeBytes,
        sha256,
        facts: factsOf(name, note),
      });
    }

    /** What is wrong with one backup keeps no other back; a failure of the vault itself is thrown. */
    async function attempt(entry: BackupEntry): Promise<void> {
      try {
        await deliver(entry);
      } catch (error) {
        if (signal.aborted) throw error;
        const { name } = entry;
        if (!(await catalogue.list()).some((one) => one.name === name)) return; // deleted meanwhile
        await ledger.change((current) => {
          const failure = failed(current.failures[name], error, clock(), random);
          return { ...current, failures: { ...current.failures, [name]: failure } };
        });
        if (!concernsOneCopy(error)) throw error;
        log.warn(`The copy of ${name} did not get to ${label}`, { error });
      }
    }

    async function sendAll(): Promise<void> {
      const tried = new Set<string>();
      for (;;) {
        // Anew each time: a transfer takes long, and backups come and go meanwhile.
        const [local, current] = [await catalogue.list(), await ledger.read()];
        const due = (name: string) => impatient || (current.failures[name]?.nextAt ?? 0) <= clock();
        const next = planVault(local, current, keep, clock()).send.find(({ name }) => !tried.has(name) && due(name));
        if (next === undefined) return;
        tried.add(next.name);
        await attempt(next);
      }
    }

    /** Only once what is new is there, and whole. */
    async function tidyUp(): Promise<void> {
      const { remove, behindSince } = planVault(await catalogue.list(), await ledger.read(), keep, clock());
      if (remove.length === 0 || behindSince !== null) return;
      tell('removing', null);
      await vault.delete(remove, signal);
      removed.push(...remove);
      const gone = new Set(remove);
      await ledger.change((current) => ({
        ...current,
        copies: Object.fromEntries(Object.entries(current.copies).filter(([name]) => !gone.has(name))),
      }));
      log.info(`Retention removed ${remove.length} from ${label}`, { backups: remove });
    }

    async function perform(): Promise<void> {
      await packing.clean();
      tell('listing', null);
      const stored = await vault.list(signal);
      const local = await catalogue.list();
      await ledger.change((current) => reconcile(current, stored, local, clock()));
      if (!sends) return;
      await sendAll();
      await tidyUp();
      const { usage } = await ledger.read();
      const isKnown = sent.length === 0 && clock() - (usage.at(-1)?.at ?? -Infinity) < USAGE_MS;
      const measured = isKnown ? null : await vault.usage(signal);
      const now = clock();
      const left = new Set(
        planVault(await catalogue.list(), await ledger.read(), keep, now).send.map(({ name }) => name),
      );
      await ledger.change((current) => ({
        ...current,
        trouble: null,
        // What need not go there any more is not tried again.
        failures: Object.fromEntries(Object.entries(current.failures).filter(([name]) => left.has(name))),
        usage: withSample(current.usage, measured, now),
        lastSuccessAt: left.size === 0 ? now : current.lastSuccessAt,
      }));
    }

    try {
      await perform();
    } catch (error) {
      if (signal.aborted) throw error;
      const { trouble } = await ledger.change((current) => ({
        ...current,
        trouble: failed(current.trouble, error, clock(), random),
      }));
      const waitS = Math.round(((trouble?.nextAt ?? 0) - clock()) / 1000);
      log.warn(`${label} is not up to date; trying again in ${waitS} s`, { error });
    }
    return { vault: vaultName, label, sent, removed, problems: problemsOf(await ledger.read()) };
  };
}

export type Courier = ReturnType<typeof createCourier>;

/** Each thing once: what is wrong with the vault is wrong with what was to go there. */
function problemsOf({ trouble, failures }: Ledger): SyncResult['problems'] {
  const all = [...(trouble === null ? [] : [trouble]), ...Object.values(failures)].map(({ words }) => words);
  return [...new Map(all.map((words) => [words.en, words])).values()];
}
