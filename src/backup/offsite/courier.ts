import type { Catalogue } from '../catalogue.ts';
import type { OwnState } from '../coverage-model.ts';
import type { Packed } from '../vault/packing.ts';
import { createDelivery, type DeliveryParts, type Tell } from './delivery.ts';
import { concernsOneCopy, failed, isDue } from './failures.ts';
import type { Failure, Ledger } from './model.ts';
import { planVault } from './plan.ts';
import { createReadBack, type ReadBackParts } from './read-back.ts';
import { reconcile } from './reconcile.ts';
import { withSample } from './usage.ts';
import type { SyncProgress, SyncResult } from './api.ts';

export interface CourierParts extends Omit<DeliveryParts, 'read'>, ReadBackParts {
  readonly catalogue: Pick<Catalogue, 'list' | 'archiveFile'>;
  readonly own: OwnState;
  /** How many copies stay there. */
  readonly keep: number;
  /** A whole copy from another vault, in a file that disposing takes away; null where none has one. */
  readonly elsewhere: (name: string, signal: AbortSignal) => Promise<Packed | null>;
  readonly random: () => number;
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
  const { vault, keep, ledger, packing, catalogue, own, elsewhere, onRot, clock, random, log } = parts;
  const { name: vaultName, label } = vault;
  const { read, readDue } = createReadBack(parts);

  return async function round({ signal, report, sends, impatient }: RoundOptions): Promise<SyncResult> {
    const sent: string[] = [];
    const removed: string[] = [];
    const tell: Tell = (stage, backup, { doneBytes, totalBytes } = { doneBytes: 0, totalBytes: 0 }) =>
      report({ vault: vaultName, label, stage, backup, doneBytes, totalBytes });
    const { deliver, replace } = createDelivery({ ...parts, read }, signal, tell);
    let attempted: string | null = null;

    const plan = async () =>
      planVault({ local: await catalogue.list(), ledger: await ledger.read(), keep, now: clock(), own });

    /** What is wrong with one backup keeps no other back; a failure of the vault itself is thrown. */
    async function attempt(name: string, work: () => Promise<boolean>): Promise<void> {
      attempted = name;
      try {
        if (await work()) sent.push(name);
      } catch (error) {
        if (signal.aborted) throw error;
        const isHere = (await catalogue.list()).some((one) => one.name === name);
        if (!isHere && (await ledger.read()).copies[name] === undefined) return; // deleted meanwhile
        await ledger.change((current) => {
          const failure = failed(current.failures[name], error, clock(), random);
          return { ...current, failures: { ...current.failures, [name]: failure } };
        });
        if (!concernsOneCopy(error)) throw error;
        log.warn(`The copy of ${name} did not get to ${label}`, { error });
      }
      attempted = null;
    }

    async function sendAll(): Promise<void> {
      const tried = new Set<string>();
      for (;;) {
        // Anew each time: a transfer takes long, and backups come and go meanwhile.
        const current = await ledger.read();
        const due = (name: string) => impatient || isDue(current.failures[name], clock());
        const next = (await plan()).send.find(({ name }) => !tried.has(name) && due(name));
        if (next === undefined) return;
        tried.add(next.name);
        await attempt(next.name, () => deliver(next).then(() => true));
      }
    }

    /** Of what has rotted there and is not here any more, another vault may have a whole copy. */
    async function replaceRotten(): Promise<void> {
      const here = new Set((await catalogue.list()).filter(({ state }) => state === 'good').map(({ name }) => name));
      for (const [name, { state }] of Object.entries((await ledger.read()).copies)) {
        const failure = (await ledger.read()).failures[name];
        if (state !== 'rotten' || here.has(name) || (!impatient && !isDue(failure, clock()))) continue;
        await attempt(name, async () => {
          await using whole = await elsewhere(name, signal);
          if (whole !== null) await replace(whole);
          return whole !== null;
        });
      }
    }

    async function tidyUp(): Promise<void> {
      const { remove } = await plan();
      if (remove.length === 0) return;
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
      const known = await ledger.read();
      const { copies } = await ledger.change((current) => reconcile(current, stored, local, clock()));
      const rotten = Object.keys(copies).filter((name) => copies[name]?.state === 'rotten');
      if (rotten.some((name) => known.copies[name]?.state === 'verified')) await onRot();
      if (!sends) return;
      await sendAll();
      await tidyUp();
      if (await readDue(signal, tell)) await sendAll();
      await replaceRotten();
      const { usage } = await ledger.read();
      const ageMs = clock() - (usage.at(-1)?.at ?? -Infinity);
      const isKnown = sent.length === 0 && ageMs >= 0 && ageMs < USAGE_MS;
      const measured = isKnown ? null : await vault.usage(signal);
      const now = clock();
      const left = new Set((await plan()).send.map(({ name }) => name));
      await ledger.change((current) => ({
        ...current,
        trouble: null,
        // What need not go there any more is not tried again.
        failures: Object.fromEntries(
          Object.entries(current.failures).filter(
            ([name]) => left.has(name) || current.copies[name]?.state === 'rotten',
          ),
        ),
        usage: withSample(current.usage, measured, now),
        lastSuccessAt: left.size === 0 ? now : current.lastSuccessAt,
      }));
    }

    try {
      await perform();
    } catch (error) {
      if (signal.aborted) throw error;
      const now = clock();
      const { trouble } = await ledger.change((current) =>
        troubled(current, attempted, failed(current.trouble, error, now, random)),
      );
      const waitS = Math.round(((trouble?.nextAt ?? now) - now) / 1000);
      log.warn(`${label} is not up to date; trying again in ${waitS} s`, { error });
    }
    return { vault: vaultName, label, sent, removed, problems: problemsOf(await ledger.read()) };
  };
}

export type Courier = ReturnType<typeof createCourier>;

/** What the vault did not take waits as long as the vault itself: else a round in between would take all for well. */
function troubled(current: Ledger, attempted: string | null, trouble: Failure): Ledger {
  const failure = attempted === null ? undefined : current.failures[attempted];
  const { nextAt } = trouble;
  const failures = attempted === null || failure === undefined ? {} : { [attempted]: { ...failure, nextAt } };
  return { ...current, trouble, failures: { ...current.failures, ...failures } };
}

/** Each thing once: what is wrong with the vault is wrong with what was to go there. */
function problemsOf({ trouble, failures }: Ledger): SyncResult['problems'] {
  const all = [...(trouble === null ? [] : [trouble]), ...Object.values(failures)].map(({ words }) => words);
  return [...new Map(all.map((words) => [words.en, words])).values()];
}
