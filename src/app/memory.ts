import { createDatabaseFiles, type OwnDatabaseFiles } from '../adapters/sqlite/files.ts';
import type { BackupManager } from '../backup/api.ts';
import type { JobThreads } from '../backup/ports.ts';
import type { JobSlot } from '../backup/slot.ts';
import type { Config } from '../config.ts';
import type { Alerting } from '../health/alerting/alerting.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import type { Machine } from '../health/machine.ts';
import { createWriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { watchedBackups } from './alerting/watched-backups.ts';
import { alertFileOf, alertSinks, tellingOfStart } from './alerts.ts';
import type { Inside } from './api.ts';
import { createBackupThreads } from './backup-threads.ts';
import { openBackups } from './backups.ts';
import { offSiteTraces, restoreEmptyVolume } from './empty-volume.ts';
import type { PlaceOfDiscord } from './home-guild.ts';
import type { Surroundings } from './knowledge-base.ts';
import { readMachine } from './machine.ts';
import { openOffSite, reaching, type OpenedOffSite } from './off-site.ts';
import { openPremises, type OwnPremises, type PremisesOptions } from './premises.ts';
import type { StatusParts } from './status.ts';
import { createVaultStatesLook } from './vault-states.ts';
import { lookAtFolders } from './volume-folders.ts';

export interface MemoryOptions {
  readonly trustedClock: TrustedClock;
  readonly overrides: Partial<Omit<Surroundings, 'log'>> &
    Pick<PremisesOptions, 'traces'> & { readonly machine?: Machine };
  readonly alerts: Alerting;
  /** Filled as things are there, for those who look in meanwhile. */
  readonly inside: Inside;
  readonly status: StatusParts;
  readonly place: PlaceOfDiscord;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

export interface Memory extends AsyncDisposable {
  readonly premises: OwnPremises;
  readonly manager: BackupManager;
  readonly slot: JobSlot;
  readonly offSite: OpenedOffSite;
  readonly files: OwnDatabaseFiles;
  readonly threads: JobThreads;
}

/** For the process of an earlier deployment to stop. */
const LOCK_WAIT_MS = 60_000;

/**
 * All that the bot keeps: knowledge, its backups, and their copies off the machine, opened in the order in which they stand
 * on each other, and put right before anybody is let in.
 * @throws AppError with what keeps the bot from starting; an alert where somebody can be told
 */
export async function openMemory(config: Config, options: MemoryOptions): Promise<Memory> {
  const { overrides, trustedClock, alerts, inside, status, place, log, clock, random } = options;
  await using opening = new AsyncDisposableStack();
  const threads = createBackupThreads();
  const gate = createWriteGate();
  const mayDeleteByAge = () => trustedClock.mayDeleteByAge();
  const files = createDatabaseFiles(threads);
  const start = { threads, log, clock, signal: overrides.signal };
  const traces = () => offSiteTraces(config, start);
  const onVacate = async () => inside.integrity?.interrupt();
  const onFlaw = () => inside.integrity?.noticed();
  const premises = opening.use(
    await openPremises(config, {
      lockWaitMs: LOCK_WAIT_MS,
      traces,
      onVacate,
      onFlaw,
      ...overrides,
      mayDeleteByAge,
      log,
      clock,
      random,
      files,
      gate,
    }),
  );
  status.premises = premises;
  inside.premises = premises;
  const telling = <Result>(part: Promise<Result>) => tellingOfStart(alerts, part);
  // What is open and what waits lies on the volume, which is ours from here on.
  opening.use(alerts);
  await alerts.begin({ file: alertFileOf(config), sinks: await alertSinks(config, place, clock) });
  if (premises.recovery.words !== null) alerts.announce(premises.recovery.words);
  status.folders = lookAtFolders(config, overrides.machine ?? readMachine(), alerts);
  const engine = () => premises.knowledge().engine;
  const backups = opening.use(
    await telling(
      openBackups(config, {
        premises,
        ground: () => premises.ground(),
        trustedClock,
        threads,
        gate,
        engine,
        log,
        clock,
        random,
      }),
    ),
  );
  const say = (detail: string) => premises.say(detail);
  const restored = await telling(restoreEmptyVolume(config, { ...start, backups, trustedClock, say }));
  await telling(premises.open());
  for (const { words } of premises.notices()) if (typeof words !== 'string') alerts.announce(words);
  if (restored !== null) alerts.announce(restored);
  const { catalogue, slot } = backups;
  const schedule = () => inside.schedule;
  const offSite = opening.use(
    await telling(
      openOffSite(config, {
        catalogue,
        own: premises,
        threads,
        alerts,
        schedule,
        mayDeleteByAge,
        log,
        clock,
        random,
        onRound: createVaultStatesLook({ offSite: () => inside.offSite, premises, alerts, clock }),
      }),
    ),
  );
  inside.offSite = offSite;
  const manager = watchedBackups(reaching(backups.manager, offSite, log), alerts);
  inside.backups = { ...backups, manager };
  const opened = opening.move();
  return { premises, manager, slot, offSite, files, threads, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
