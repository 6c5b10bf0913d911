import type { BackupManager, BackupSchedule, Schedule } from '../backup/api.ts';
import type { Catalogue } from '../backup/catalogue.ts';
import type { OwnState } from '../backup/coverage-model.ts';
import { later } from '../backup/later.ts';
import { requireName } from '../backup/name.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import { createOffSite, type RunningOffSite } from '../backup/offsite/offsite.ts';
import type { JobThreads } from '../backup/ports.ts';
import { intervalOf } from '../backup/schedule-rule.ts';
import { freeBytesOn } from '../backup/space.ts';
import { newestNumber } from '../backup/state-model.ts';
import { createPacking } from '../backup/vault/packing.ts';
import type { Config } from '../config.ts';
import { isAppError } from '../errors.ts';
import type { Alerts } from '../health/ports.ts';
import type { VaultCopies } from '../http/api-parts.ts';
import type { Log } from '../log.ts';
import { currentSchedule } from './current-schedule.ts';
import { openVaults } from './vaults.ts';
import { createVisits } from './visits.ts';

export interface OpenedOffSite extends RunningOffSite, AsyncDisposable {}

export interface OffSiteSurroundings {
  readonly catalogue: Catalogue;
  readonly own: OwnState;
  readonly threads: JobThreads;
  /** Null where nobody can be told. */
  readonly alerts: Alerts | null;
  /** Null while there is none. */
  readonly schedule: () => Pick<BackupSchedule, 'current'> | null;
  readonly clock: () => number;
  readonly mayDeleteByAge?: () => boolean;
  readonly random: () => number;
  readonly log: Log;
  /** After a vault was asked what it holds, or did not answer. */
  readonly onRound?: () => Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

/** Copies off the machine, for the vaults that the configuration names; nothing is sent before `begin`. */
export async function openOffSite(config: Config, surroundings: OffSiteSurroundings): Promise<OpenedOffSite> {
  const { threads, clock, schedule } = surroundings;
  await using opening = new AsyncDisposableStack();
  const { vaults, cipher, folder } = opening.use(await openVaults(config, { ...surroundings, threads, clock }));
  let known: Schedule = config.backup.schedule;
  const offSite = createOffSite({
    ...surroundings,
    vaults,
    folder,
    packing: (scratchFolder) => createPacking({ cipher, scratchFolder }),
    freeBytes: freeBytesOn,
    readBackBytesPerDay: config.vaults.verifyBytesPerDay,
    intervalMs() {
      known = currentSchedule(schedule()) ?? known;
      const { enabled, rule, timeZone } = known;
      return enabled ? intervalOf(rule, timeZone, clock()) : DAY_MS;
    },
    later,
  });
  opening.defer(() => offSite.close());
  const opened = opening.move();
  return { ...offSite, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The same manager, for whom backups that only vaults have are there as well, and whose new ones leave the machine. */
export function reaching(
  manager: BackupManager,
  offSite: OffSite & Pick<RunningOffSite, 'wake'>,
  log: Pick<Log, 'info' | 'warn'>,
): BackupManager {
  const visits = createVisits(manager, offSite, log);

  /** What is not here, or is here and of no use, is fetched where a vault has it. */
  async function present(
    name: string,
    options: Parameters<BackupManager['preview']>[1],
    onFetch: () => void,
  ): Promise<void> {
    const here = await manager.show(name).catch((error: unknown) => {
      if (isAppError(error, 'not_found')) return null;
      throw error;
    });
    if (here !== null && here.state !== 'damaged') return;
    const { name: own } = requireName(name);
    const isElsewhere = (await offSite.copies()).get(own)?.some(isThere) === true;
    // What nobody remembers is asked for all the same: another machine may have put it there.
    const mayBe = isElsewhere || (here === null && (await offSite.vaults()).length > 0);
    if (!mayBe) return; // and the manager says why it cannot be had
    await offSite.fetch(own, options);
    onFetch();
    await manager.verify(own, options);
  }

  /** What this machine has never heard of may be ahead of all it knows. */
  async function highest(signal: AbortSignal | undefined): Promise<number> {
    if ((await offSite.vaults()).some(({ listedAt }) => listedAt === null)) await offSite.look({ signal });
    return newestNumber((await offSite.states()).map(({ identity }) => identity));
  }

  return {
    ...manager,
    async create(request, options) {
      const made = await manager.create(request, options);
      // The schedule rehearses its restore next, which the note beside the copy should tell of.
      if (request.kind !== 'scheduled') offSite.wake();
      else await visits.tidyUp(options ?? {});
      return made;
    },
    async verify(name, options) {
      try {
        return await manager.verify(name, options);
      } finally {
        offSite.wake();
      }
    },
    cleanup: async (options) => visits.cleanup(await manager.cleanup(options), options),
    preview: (name, options) =>
      visits.during(
        name,
        (onFetch) => present(name, options, onFetch),
        () => manager.preview(name, options),
      ),
    restore: (name, by, options) =>
      visits.during(
        name,
        (onFetch) => present(name, options, onFetch),
        async () => manager.restore(name, by, { ...options, after: await highest(options?.signal) }),
      ),
  };
}

/** For the API and the dashboard. */
export async function vaultCopies(offSite: OffSite): Promise<VaultCopies[]> {
  return (await offSite.vaults()).map((view) => ({
    name: view.name,
    label: view.label,
    backups: view.verified,
    others: view.others,
    newest: view.newest,
    usedBytes: view.quota?.usedBytes ?? null,
    limitBytes: view.quota?.limitBytes ?? null,
    problem: (view.trouble ?? Object.values(view.failures)[0])?.words ?? null,
    pending: view.pending.length,
    behindSince: view.behindSince,
    lastSuccessAt: view.lastSuccessAt,
    rotten: view.rotten.length,
    readBackAt: view.readBack?.newestAt ?? null,
    oldestReadBackAt: view.readBack?.oldestAt ?? null,
    fullInDays: view.quota?.days.to100 ?? null,
  }));
}

const isThere = ({ state }: { readonly state: string }): boolean => state === 'verified' || state === 'uploaded';
