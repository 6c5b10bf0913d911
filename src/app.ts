import { createCron } from './adapters/cron/cron.ts';
import { createLooks } from './app/alerting/looks.ts';
import { every, tellingOfStart } from './app/alerts.ts';
import type { Inside } from './app/api.ts';
import { auditLogOf } from './app/audit-log.ts';
import { auditedBackups } from './app/audited-backups.ts';
import { discordOptions } from './app/discord-options.ts';
import { beginKeyCheck } from './app/key-check.ts';
import { teachOwnDocuments } from './app/first-lesson.ts';
import { createHomeFile } from './app/home-file.ts';
import { placeOfDiscord, playgroundFor } from './app/home-guild.ts';
import { openHousekeeping, type Housekeeping } from './app/housekeeping.ts';
import { openIntegrity } from './app/integrity/integrity.ts';
import type { KnowledgeBase, Surroundings } from './app/knowledge-base.ts';
import { readMachine } from './app/machine.ts';
import { openMemory } from './app/memory.ts';
import { createPeopleDesk, keptInBackups } from './app/people.ts';
import type { PremisesOptions } from './app/premises.ts';
import { createRecords } from './app/records.ts';
import { starting } from './app/refusals.ts';
import { createStatus, type StatusParts } from './app/status.ts';
import { openTrustedClock, type TrustedClockOptions } from './app/trusted-clock.ts';
import { unreachablePlayground } from './app/unreachable-playground.ts';
import { openWeb } from './app/web.ts';
import { misplaced } from './app/volume-folders.ts';
import type { BackupManager } from './backup/api.ts';
import { later } from './backup/later.ts';
import type { OffSite } from './backup/offsite/api.ts';
import type { Recovery } from './backup/recover.ts';
import { openSchedule, type RunningSchedule } from './backup/schedule.ts';
import type { Config } from './config.ts';
import { secretsIn } from './config/secrets.ts';
import { FINISH_MS, openDiscord, type Discord } from './discord/open-discord.ts';
import { wordsIn } from './errors.ts';
import type { AlertDesk } from './health/alert-ports.ts';
import { createAlerting } from './health/alerting/alerting.ts';
import { FAILED_START } from './health/alerting/rules/failed-start.ts';
import { openTicker } from './health/alerting/ticker.ts';
import type { IntegrityWatch } from './health/integrity/model.ts';
import type { Machine } from './health/machine.ts';
import type { Alerts } from './health/ports.ts';
import { createRedaction, type Log, type LogTail } from './log.ts';
import type { Playground, PlaygroundOptions } from './playground/playground.ts';

export interface App extends AsyncDisposable {
  /** What answers now. @throws AppError `busy` while a backup is being restored */
  readonly knowledge: KnowledgeBase;
  readonly discord: Discord;
  readonly backups: BackupManager;
  /** Their copies off the machine. */
  readonly offSite: OffSite;
  /** Looks for damage by itself. */
  readonly integrity: IntegrityWatch;
  /** What operators have to know of. */
  readonly alerts: Alerts & AlertDesk;
  /** What the start had to put right of a restore that was interrupted, for operators. */
  readonly recovery: Recovery;
  /** The local Discord; null when the bot is connected to the real one. */
  readonly playground: Playground | null;
  /** Where the playground and the health routes are, e.g. `http://127.0.0.1:3000`. */
  readonly origin: string;
  /** Resolves with the reason when the bot cannot go on; the next start puts right what it can. */
  readonly gaveUp: Promise<unknown>;
}

export interface AppOverrides extends Partial<Omit<Surroundings, 'log'>>, Pick<PremisesOptions, 'traces'> {
  readonly log: Log;
  /** The place where the program runs, as it would be seen there. */
  readonly machine?: Machine;
  /** The last lines of the log, for the API. */
  readonly logTail?: LogTail;
  readonly playground?: PlaygroundOptions;
  /** Milliseconds that pass whatever becomes of the clock. */
  readonly monotonic?: () => number;
  /** Takes the place of the independent clocks that the configuration names. */
  readonly askClock?: TrustedClockOptions['ask'];
  /** False leaves the playground's server without NescordBot's own documents. */
  readonly firstLesson?: boolean;
  readonly editIntervalMs?: number;
  /** How often it is looked at whether something is wrong. */
  readonly lookEveryMs?: number;
}

const MINUTE_MS = 60_000;

/** Builds the whole bot, the same way for production and for end-to-end tests; disposing closes it, last part first. */
export async function openApp(config: Config, overrides: AppOverrides): Promise<App> {
  const { log, clock = Date.now, random = Math.random } = overrides;
  await using opening = new AsyncDisposableStack();
  // A clock that was given goes as it goes; the machine's own is held against time that passes.
  const monotonic = overrides.monotonic ?? overrides.clock ?? (() => performance.now());
  const trustedClock = openTrustedClock(config, { clock, monotonic, ask: overrides.askClock, log });
  const mayDeleteByAge = () => trustedClock.mayDeleteByAge();
  const playground = playgroundFor(config, overrides.playground);
  const redact = createRedaction(secretsIn(config));
  const alerts = createAlerting({ clock, mayDeleteByAge, random, later, log, redact });

  const parts: StatusParts = { premises: null, discord: null, folders: [] };
  let isDisposed = false;
  const isLeaving = () => isDisposed || overrides.signal?.aborted === true;
  const health = createStatus(config, parts, { startedAt: clock(), isLeaving, trustedClock });
  const inside: Inside = { premises: null, backups: null, schedule: null, integrity: null, offSite: null };
  const auditLog = opening.use(auditLogOf(config, { log, clock }));
  const records = createRecords(config, inside, auditLog);
  const web = opening.use(
    await openWeb(config, {
      playground,
      inside,
      health,
      alerts,
      auditLog,
      records,
      trustedClock,
      isLeaving,
      homeGuildId: () => parts.discord?.homeGuildId() ?? null,
      log,
      clock,
      ...(overrides.logTail === undefined ? {} : { logTail: overrides.logTail }),
    }),
  );

  const unreachable = playground && unreachablePlayground(config, overrides.machine ?? readMachine());
  if (unreachable !== null) log.info(unreachable);

  const place = placeOfDiscord(config, playground, web.url);
  const memory = opening.use(
    await openMemory(config, { overrides, trustedClock, alerts, inside, status: parts, place, log, clock, random }),
  );
  const { premises, slot, manager, offSite, files, threads } = memory;
  void trustedClock.look(); // nobody waits for it: whoever wants to delete asks
  opening.defer(() => trustedClock.close());
  const { library, answers, settings, insights } = premises.door;
  if (playground !== null && overrides.firstLesson !== false) {
    for (const guildId of playground.world.guilds.keys()) await teachOwnDocuments(guildId, { library, settings, log });
  }
  const people = createPeopleDesk(config, {
    store: (purpose) => premises.door.people(purpose),
    tombstones: premises.tombstones,
    trail: auditLog,
    onForgotten() {
      schedule?.changed();
      void housekeeping?.tidy(); // somebody may have been reading, so that the log could not be emptied
    },
    backups: () => keptInBackups(config, schedule?.current() ?? config.backup.schedule),
    clock,
    log,
  });
  let housekeeping: Housekeeping | null = null;
  let schedule: RunningSchedule | null = null;
  const running = (): RunningSchedule => {
    if (schedule === null) throw starting();
    return schedule;
  };
  const cron = createCron(log);
  /** For what the bot does by itself; whoever else asks for something is recorded where they ask. */
  const recorded = auditedBackups(manager, auditLog.at('bot'));
  const integrity = opening.use(
    await openIntegrity(config, {
      knowledge: () => premises.knowledge(),
      manager: recorded,
      files,
      cron,
      alerts,
      audit: auditLog.at('bot'),
      clock,
      log,
    }),
  );
  inside.integrity = integrity;
  const connecting = openDiscord({
    ...discordOptions(config, { isPlayground: playground !== null }),
    ...place,
    homeStore: createHomeFile(config),
    library,
    answers: web.counting(answers),
    backups: manager,
    offSite,
    integrity,
    alerts,
    schedule: { current: () => running().current(), change: (change, by) => running().change(change, by) },
    audit: auditLog.at('discord'),
    people,
    records,
    settings,
    insights,
    health,
    ...(overrides.signal === undefined ? {} : { signal: overrides.signal }),
    log,
    clock,
    random,
    later,
    ...(overrides.editIntervalMs === undefined ? {} : { editIntervalMs: overrides.editIntervalMs }),
  });
  const discord = await tellingOfStart(alerts, connecting);
  parts.discord = discord;
  let leaving: Promise<void> | null = null;
  const leave = () => (leaving ??= discord.close());
  opening.defer(leave);
  const defaults = config.backup.schedule;
  const scheduling = openSchedule({ manager: recorded, settings, defaults, cron, later, clock, random, log });
  schedule = await tellingOfStart(alerts, scheduling);
  inside.schedule = schedule;
  // At once: a backup under way is what the schedule waits for, and somebody in Discord, too.
  opening.defer(async () => {
    isDisposed = true;
    const answered = premises.door.quiet(FINISH_MS); // those of Discord's, and whoever asked through the API
    const told = alerts.close();
    const rest = [running().close(), integrity.close(), slot.close(), offSite.close(), leave(), premises.rest()];
    await Promise.all([...rest, answered, told]);
  });
  const watching = {
    config,
    alerts,
    backups: manager,
    schedule: running(),
    health,
    clock,
    knowledge: () => premises.knowledge(),
    trustedClock,
    whenFree: <Result>(work: (signal: AbortSignal) => Promise<Result>) => slot.whenFree(work),
  };
  const looks = [
    { name: 'the alerts', look: () => alerts.look() },
    { name: 'what no backup has', look: () => running().look() },
    ...createLooks(watching),
  ];
  opening.use(openTicker({ looks, everyMs: overrides.lookEveryMs ?? MINUTE_MS, every, log }));
  alerts.resolve(FAILED_START);
  const keeping = opening.use(
    openHousekeeping({
      people: () => premises.door.people('change'),
      tombstones: premises.tombstones,
      historyDays: config.historyDays,
      mayDeleteByAge,
      clock,
      log,
    }),
  );
  premises.door.onChange(() => running().changed());
  premises.door.onExchange(() => running().reload());
  premises.door.onExchange(() => integrity.noticed()); // what came back may not all be as it was stored
  housekeeping = keeping;
  premises.door.onReturn(() => void keeping.tidy());
  offSite.begin();
  opening.use(beginKeyCheck(config, { threads, alerts, log, clock }));
  log.info(playground === null ? `Health checks at ${web.url}/readyz` : `The playground is at ${web.url}`);
  if (playground !== null) {
    for (const words of misplaced(config, overrides.machine ?? readMachine())) log.info(wordsIn('en', words));
  }
  const opened = opening.move();
  return {
    get knowledge() {
      return premises.knowledge();
    },
    gaveUp: premises.gaveUp,
    backups: manager,
    offSite,
    alerts,
    integrity,
    recovery: premises.recovery,
    discord,
    playground,
    origin: web.url,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
