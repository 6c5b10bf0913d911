import { createReadStream, writeFileSync } from 'node:fs';
import { mock } from 'node:test';
import { createDatabaseFiles } from '../../../src/adapters/sqlite/files.ts';
import { openBackups } from '../../../src/app/backups.ts';
import { offSiteTraces, restoreEmptyVolume } from '../../../src/app/empty-volume.ts';
import { openHousekeeping } from '../../../src/app/housekeeping.ts';
import { openOffSite, reaching } from '../../../src/app/off-site.ts';
import { openPortable } from '../../../src/app/portable.ts';
import { openPremises } from '../../../src/app/premises.ts';
import { openTrustedClock } from '../../../src/app/trusted-clock.ts';
import { exportJson } from '../../../src/backup/portable/export-json.ts';
import { importJson } from '../../../src/backup/portable/import-json.ts';
import { timelineOf } from '../../../src/backup/state-model.ts';
import { parseConfig, type Config } from '../../../src/config.ts';
import type { Log } from '../../../src/log.ts';
import { createWriteGate } from '../../../src/knowledge/write-gate.ts';
import { recordingLog } from '../fake-discord.ts';
import { quiet } from '../quiet.ts';
import { openDisk } from './disk.ts';
import { jobsHere } from './jobs-here.ts';
import { askIn, forget, openLightKnowledge, questionsIn, teach, titlesIn } from './light-knowledge.ts';
import { operated, type Folders, type Machine, type RunningBot, type Variables } from './machine.ts';
import { openScheduleInSteps } from './schedule-in-steps.ts';
import type { Form } from './world.ts';

const START = Date.UTC(2026, 10, 21, 9);
const BY = { id: '1', name: 'Morgan' };

const BY_PERIODS = { BACKUP_KEEP_HOURLY: '2', BACKUP_KEEP_DAILY: '3' };

/** Two bots, of one Discord application or of one each. */
export const inProcess: Form = {
  applications(random) {
    const isOne = random() < 0.3;
    return [0, 1].map((at) => {
      const application = `10000000000000000${isOne ? 0 : at}`;
      const token = `${Buffer.from(application).toString('base64')}.x.y`;
      return { application, variables: { DISCORD_TOKEN: token, ...(random() < 0.5 ? BY_PERIODS : {}) } };
    });
  },
  open: (_folder, random) => openInProcess(random),
};

/** Bots in this process: every write, rename and sync of theirs can be made to fail, or be the last. */
async function openInProcess(random: () => number): Promise<Machine> {
  // What happens by itself every few seconds would happen at other steps each time.
  mock.timers.enable({ apis: ['setInterval'] });
  const disk = await openDisk();
  const { log } = recordingLog();
  let [now, passed] = [START, 0];
  const pass = (ms: number) => void ([now, passed] = [now + ms, passed + ms]);
  const time = { clock: () => now, monotonic: () => passed, pass };
  const placesOf = ({ data, backups, vault }: Folders) => [data, backups, vault];
  return {
    start: (folders, variables) => startBot({ config: configOf(folders, variables), ...time, random, log }),
    async importFrom(folders, variables, file) {
      const portable = openPortable(configOf(folders, variables), { besideBot: false });
      using target = await portable.openImport();
      await importJson(createReadStream(file), target);
    },
    during: (fault, folders, work) => disk.during(fault, placesOf(folders), work),
    goOff: (folders) => disk.goOff(placesOf(folders)),
    comeBack: async () => disk.comeBack(),
    pass,
    setClock: (byMs) => void (now += byMs),
    faults: ['killed', 'fails'],
    mostSteps: new Map(Object.entries({ start: 60, stop: 10, backUp: 60, restore: 120, sync: 60, idle: 60 })),
    [Symbol.dispose]() {
      disk.close();
      mock.timers.reset();
    },
  };
}

const configOf = (folders: Folders, variables: Variables): Config =>
  parseConfig({ ...quiet, ...operated(folders), PORT: '0', BACKUP_AFTER_CHANGES: 'true', ...variables });

interface Surroundings {
  readonly config: Config;
  readonly clock: () => number;
  /** Milliseconds that pass, wherever the clock is put. */
  readonly monotonic: () => number;
  readonly pass: (ms: number) => void;
  readonly random: () => number;
  readonly log: Log;
}

/** As the application puts it together, without Discord and without Chroma. */
async function startBot({ config, clock, monotonic, pass, random, log }: Surroundings): Promise<RunningBot> {
  await using opening = new AsyncDisposableStack();
  const threads = jobsHere;
  const gate = createWriteGate();
  const trustedClock = openTrustedClock(config, { clock, monotonic, log });
  opening.defer(() => trustedClock.close());
  const common = { log, clock, random, gate, threads };
  const premises = opening.use(
    await openPremises(config, {
      ...common,
      files: createDatabaseFiles(threads),
      traces: () => offSiteTraces(config, { ...common, signal: undefined }),
      openKnowledge: openLightKnowledge,
    }),
  );
  const engine = () => premises.knowledge().engine;
  const backups = opening.use(
    await openBackups(config, { ...common, premises, engine, trustedClock, besideBot: true }),
  );
  await restoreEmptyVolume(config, { ...common, backups, trustedClock, say: () => undefined, askAgainMs: [] });
  await premises.open();
  const { catalogue } = backups;
  const offSite = opening.use(
    await openOffSite(config, { ...common, catalogue, own: premises, alerts: null, schedule: () => null }),
  );
  const store = () => premises.knowledge().store;
  await trustedClock.look();
  const keeping = opening.use(
    openHousekeeping({
      people: () => store().people,
      tombstones: premises.tombstones,
      historyDays: config.historyDays,
      mayDeleteByAge: () => trustedClock.mayDeleteByAge(),
      clock,
      log,
    }),
  );
  await keeping.tidy();
  // Copies go when the sequence says so.
  const manager = reaching(backups.manager, { ...offSite, wake: () => undefined }, log);
  const { defaults, settings } = { defaults: config.backup.schedule, settings: premises.door.settings };
  const schedule = opening.use(
    await openScheduleInSteps({ manager, settings, defaults, clock, random, log }, { monotonic, pass }),
  );
  premises.door.onExchange(() => schedule.reload());
  const opened = opening.move();
  return {
    async identity() {
      const state = premises.state();
      const timeline = timelineOf(state)?.id;
      return state === null || timeline === undefined ? null : { installationId: state.installationId, timeline };
    },
    titles: async () => titlesIn(store()),
    ask: async () => void askIn(store(), clock()),
    questions: async () => questionsIn(store()),
    teach: async (title) => teach(store(), title, clock()),
    remove: async (title) => forget(store(), title, clock()),
    backUp: () => manager.create({ kind: 'manual', reason: null, by: BY }),
    async backups() {
      const own = (await manager.list()).filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
      return own.map(({ name, sidecar }) => ({ name, isSafety: sidecar?.manifest.kind === 'safety' }));
    },
    restore: (name) => manager.restore(name, BY),
    sync: () => offSite.sync(),
    async tidyUp() {
      await trustedClock.look();
      await manager.cleanup({ dryRun: false, by: BY });
      await keeping.tidy();
    },
    idle: () => schedule.idle(),
    async exportTo(file) {
      using source = openPortable(config, { besideBot: true }).openExport();
      writeFileSync(file, [...exportJson(source, { version: '1', at: clock(), vectors: false })].join(''));
    },
    async coverage() {
      const [here, vaults] = await Promise.all([manager.coverage(), offSite.vaults()]);
      return { here: here.behindSince === null, vaults: vaults.map(({ behindSince }) => behindSince === null) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
