import { join } from 'node:path';
import { isAppError } from '../../errors.ts';
import type { Alerts } from '../../health/ports.ts';
import type { Log } from '../../log.ts';
import type { Catalogue } from '../catalogue.ts';
import type { OwnState } from '../coverage-model.ts';
import { folderLock } from '../lock.ts';
import type { Later } from '../ports.ts';
import type { FreeBytes } from '../space.ts';
import { createUnderWay } from '../under-way.ts';
import type { Packing } from '../vault/packing.ts';
import type { Vault } from '../vault-ports.ts';
import type { OffSite, SyncOptions, SyncResult } from './api.ts';
import { createCourier } from './courier.ts';
import { isDue } from './failures.ts';
import { createFetching } from './fetch.ts';
import { createLane, type Lane } from './lane.ts';
import { createLedgerFile, type LedgerFile } from './ledger.ts';
import { copyViews, remoteBackups, storedStates, vaultView, type Remembered, type ViewParts } from './views.ts';
import { alertsOf, VAULT_ALERTS } from './watch.ts';
import { createWholeCopy } from './whole-copy.ts';

export interface OffSiteParts {
  /** The nearest first, each with how many copies stay there. */
  readonly vaults: readonly { readonly vault: Vault; readonly keep: number }[];
  readonly catalogue: Catalogue;
  readonly own: OwnState;
  /** What packs for a vault; each has its own folder for what is in the works. */
  readonly packing: (scratchFolder: string) => Packing;
  /** For what is remembered and in the works, on the volume of the backups. */
  readonly folder: string;
  readonly freeBytes: FreeBytes;
  /** Of copies in each vault that may be read back in a day; 0: none is. */
  readonly readBackBytesPerDay: number;
  /** Null where nobody can be told. */
  readonly alerts: Alerts | null;
  /** Between two scheduled backups. */
  readonly intervalMs: () => number;
  readonly later: Later;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** After a vault was asked what it holds, or did not answer. */
  readonly onRound?: () => Promise<void>;
}

export interface RunningOffSite extends OffSite {
  /** From now on copies go by themselves, those first that an earlier run did not finish. */
  begin(): void;
  /** There is a new backup. */
  wake(): void;
  /** Tells operators what is wrong with the vaults at this moment; happens by itself, too. */
  watch(): Promise<void>;
  /** When nothing is under way any more; what is due later is not waited for. */
  settled(): Promise<void>;
  /** Aborts what is under way, which the next start takes up. */
  close(): Promise<void>;
}

interface Place extends Omit<Remembered, 'vault' | 'ledger' | 'running'> {
  readonly vault: Vault;
  readonly lane: Lane;
  readonly ledger: LedgerFile;
}

const WATCH_MS = 15 * 60_000;

export function createOffSite(parts: OffSiteParts): RunningOffSite {
  const { catalogue, folder, alerts, intervalMs, later, clock, log } = parts;
  let stopWatch = (): void => undefined;
  const closing = new AbortController();
  const { track, settled } = createUnderWay();

  const places = parts.vaults.map(({ vault, keep }): Place => {
    const own = join(folder, vault.name);
    const ledger = createLedgerFile(own, vault.label, log);
    const courier = createCourier({
      ...parts,
      vault,
      keep,
      ledger,
      packing: parts.packing(own),
      bytesPerDay: parts.readBackBytesPerDay,
      onRot: watch,
      elsewhere: createWholeCopy({
        others: () => places.filter((place) => place.vault !== vault),
        folder: own,
        freeBytes: parts.freeBytes,
        log,
      }),
    });
    const acquireLock = folderLock(own);
    return {
      vault,
      keep,
      ledger,
      lane: createLane({
        ...parts,
        label: vault.label,
        folder: own,
        assertThere: () => catalogue.list(),
        courier,
        ledger,
        acquireLock,
        onRound: roundEnded,
      }),
    };
  });
  const incoming = join(folder, 'incoming');
  const fetching = createFetching({
    vaults: parts.vaults.map(({ vault }) => vault),
    packing: parts.packing(incoming),
    catalogue,
    folder: incoming,
    acquireLock: folderLock(incoming),
    freeBytes: parts.freeBytes,
    log,
  });

  const untilClosed = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);

  const remembered = (): Promise<Remembered[]> =>
    Promise.all(
      places.map(async ({ vault, keep, ledger, lane }) => {
        const [known, running] = [await ledger.read(), lane.running()];
        return { vault, keep, ledger: known, running };
      }),
    );

  async function viewing<T>(view: (all: readonly Remembered[], parts: ViewParts) => T): Promise<T> {
    const [all, local] = [await remembered(), places.length === 0 ? [] : await catalogue.list()];
    const { own, readBackBytesPerDay } = parts;
    return view(all, { local, now: clock(), own, intervalMs: intervalMs(), readBackBytesPerDay });
  }

  const vaults: OffSite['vaults'] = () => viewing((all, parts) => all.map((one) => vaultView(one, all, parts)));

  async function watch(): Promise<void> {
    if (alerts === null || closing.signal.aborted) return;
    try {
      const views = await vaults();
      alerts.settle(
        VAULT_ALERTS,
        views.flatMap((view) => alertsOf(view, clock(), intervalMs())),
      );
    } catch (error) {
      log.warn('The state of the vaults cannot be told', { error });
    }
  }

  async function roundEnded(): Promise<void> {
    await parts.onRound?.().catch((error: unknown) => log.error('What the vaults hold is not looked at', { error }));
    await watch();
  }

  /** A shell beside the bot makes backups as well, and time alone puts a vault behind. */
  async function lookAgain(): Promise<void> {
    const views = await vaults();
    for (const { lane, vault } of places) {
      const view = views.find(({ name }) => name === vault.name);
      if (view?.pending.some((name) => isDue(view.failures[name], clock())) === true) lane.wake();
    }
    await watch();
  }

  function watchAlways(): void {
    if (closing.signal.aborted || places.length === 0) return;
    stopWatch = later(WATCH_MS, () => {
      const looking = lookAgain().catch((error: unknown) =>
        log.warn('The state of the vaults cannot be told', { error }),
      );
      void track(looking.finally(watchAlways));
    });
  }

  async function runAll(options: SyncOptions & { readonly sends: boolean }): Promise<readonly SyncResult[]> {
    const { signal, onProgress, sends } = options;
    return Promise.all(
      places.map(async ({ vault, lane }): Promise<SyncResult> => {
        try {
          return await lane.run({ signal, onProgress, sends });
        } catch (error) {
          if (signal?.aborted === true || !isAppError(error)) throw error;
          return { vault: vault.name, label: vault.label, sent: [], removed: [], problems: [error.words] };
        }
      }),
    );
  }

  return {
    vaults,
    copies: () => viewing(copyViews),
    elsewhere: () => viewing(remoteBackups),
    states: async () => storedStates(await remembered()),
    look: async (options = {}) => void (await runAll({ ...options, sends: false })),
    sync: (options = {}) => runAll({ ...options, sends: true }),
    fetch: (name, options) => track(fetching.fetch(name, { ...options, signal: untilClosed(options?.signal) })),
    begin() {
      if (places.length > 0 && parts.readBackBytesPerDay === 0) {
        log.warn('VAULT_VERIFY_MB_PER_DAY is 0: copies are not read back again, and one that rots goes unnoticed.');
      }
      for (const { vault, lane } of places) {
        lane.run({ sends: true }).catch((error: unknown) => {
          if (!closing.signal.aborted) log.debug(`The first round at ${vault.label} did not take place`, { error });
        });
      }
      const cleaning = fetching.clean();
      track(cleaning).catch((error: unknown) =>
        log.warn('What an interrupted transfer left could not be removed', { error }),
      );
      void track(watch()); // what an earlier configuration had to complain of may be over
      watchAlways();
    },
    wake() {
      for (const { lane } of places) lane.wake();
    },
    watch,
    async settled() {
      await settled();
      await Promise.all(places.map(({ lane }) => lane.settled()));
    },
    async close() {
      closing.abort();
      stopWatch();
      await Promise.all([settled(), ...places.map(({ lane }) => lane.close())]);
    },
  };
}
