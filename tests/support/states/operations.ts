import { cpSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertCovered,
  assertKeptInDoubt,
  assertNothingLost,
  assertNumbersApart,
  hasHead,
  holdingsOf,
  stillThere,
} from './claims.ts';
import { assertContent, faultIn, kill, noteSteps, pick, start, stop } from './life.ts';
import type { Done, RunningBot } from './machine.ts';
import { archivesIn } from './media.ts';
import { change, goBack, type Story } from './reference.ts';
import { assertRight, count, notice, type Bot, type World } from './world.ts';

/** A bot that runs, and whose state is known. */
interface Open {
  readonly running: RunningBot;
  readonly story: Story;
}
type Operation = (world: World, bot: Bot, open: Open) => Promise<void>;

const DAY_MS = 24 * 3_600_000;

const operations = {
  async teach(world, { name }, { running, story }) {
    const title = `${name}-${world.told.length}`;
    await running.teach(title);
    change(story, [...story.head.documents, title]);
  },
  async remove(world, _bot, { running, story }) {
    if (story.head.documents.length === 0) return;
    const title = pick(world, story.head.documents);
    await running.remove(title);
    change(
      story,
      story.head.documents.filter((one) => one !== title),
    );
  },
  async backUp(world, bot, { running, story }) {
    await atWork(world, bot, 'backUp', () => running.backUp());
    notice(world, bot, { story, state: story.head, isSafety: false });
  },
  async restore(world, bot, open) {
    const good = await open.running.backups();
    if (good.length > 0) await restore(world, bot, open, pick(world, good).name);
  },
  /** Somebody takes a restore back. */
  async undo(world, bot, open) {
    const safety = (await open.running.backups()).find(({ isSafety }) => isSafety);
    if (safety !== undefined) await restore(world, bot, open, safety.name);
  },
  async sync(world, bot, { running, story }) {
    const done = await atWork(world, bot, 'sync', () => running.sync());
    if (done === null || done.isMet) return;
    const isThere = hasHead(world, bot.folders.vault, story);
    for (const isCovered of (await running.coverage()).vaults)
      assertRight(isCovered === isThere, () => `the vault is said to be ${isCovered ? '' : 'not '}up to date`);
  },
  async restart(world, bot) {
    await stop(world, bot, faultIn(world, 'stop'));
    await start(world, bot, faultIn(world, 'start'));
  },
  async kill(world, bot) {
    await kill(world, bot);
    await start(world, bot, faultIn(world, 'start'));
  },
  async loseVolume(world, bot) {
    await leave(world, bot);
    lose(bot);
    await start(world, bot, faultIn(world, 'start'));
  },
  async loseMachine(world, bot) {
    await leave(world, bot);
    lose(bot);
    empty(bot.folders.backups);
    await start(world, bot, faultIn(world, 'start'));
  },
  /** The operator puts another disk there. */
  async loseVault(_world, { folders }) {
    empty(folders.vault);
    writeFileSync(join(folders.vault, '.nescordbot-vault'), '');
  },
  /** A disk that breaks takes the end of an archive. */
  async rot(world, { folders }) {
    const folder = pick(world, [folders.backups, folders.vault]);
    const found = [...archivesIn(folder)];
    if (found.length === 0) return;
    const [sha256, name] = pick(world, found);
    const file = join(folder, name);
    truncateSync(file, Math.floor(statSync(file).size / 2));
    const made = world.made.get(sha256) ?? world.rotten.get(sha256);
    const [now = ''] = [...archivesIn(folder)].find(([, other]) => other === name) ?? [];
    if (made !== undefined) world.rotten.set(now, made);
  },
  async keepVolume(world, bot, { story }) {
    await stop(world, bot, null);
    const folder = `${bot.folders.data}.older`;
    rmSync(folder, { recursive: true, force: true });
    cpSync(bot.folders.data, folder, { recursive: true });
    bot.older = { folder, story, state: story.head };
    await start(world, bot, null);
  },
  /** The volume comes up as it was some time ago. */
  async comeUpOlder(world, bot, { story }) {
    if (bot.older === null || bot.older.story !== story) return;
    await leave(world, bot);
    rmSync(bot.folders.data, { recursive: true });
    cpSync(bot.older.folder, bot.folders.data, { recursive: true });
    bot.target = bot.older.state;
    await start(world, bot, faultIn(world, 'start'));
    bot.target = null;
  },
  async setClock(world) {
    const days = Math.ceil(world.random() ** 3 * 400);
    const byMs = (world.random() < 0.5 ? -days : days) * DAY_MS;
    for (const bot of world.bots) {
      await bot.running?.tidyUp();
      const isFirst = bot.running !== null && bot.doubted === null && !bot.mayForget;
      // What was made under one wrong time and what under another, dates do not tell apart.
      bot.doubted = {
        sinceOffByMs: bot.doubted?.sinceOffByMs ?? world.clockIsOffByMs,
        kept: isFirst ? holdingsOf(world, bot).here : [],
      };
    }
    world.told.push(`  by ${byMs / DAY_MS} days`);
    world.machine.setClock(byMs);
    world.clockIsOffByMs += byMs;
    for (const bot of world.bots) await bot.running?.tidyUp();
  },
  /** What was changed is backed up by itself, whoever changed it. */
  async idle(world, bot, { running, story }) {
    if (running.idle === undefined) return;
    const done = await atWork(world, bot, 'idle', async () => running.idle?.());
    notice(world, bot, { story, state: story.head, isSafety: false });
    if (done === null) return;
    const { here } = await running.coverage();
    assertRight(here, () => `${bot.name} has not backed up by itself what was changed half an hour ago`);
  },
  async exportAll(_world, bot, { running, story }) {
    const file = `${bot.folders.data}.json`;
    await running.exportTo(file);
    bot.exported = { file, documents: story.head.documents };
  },
  /** It goes on as nothing that was there before. */
  async importAll(world, bot, { story }) {
    const { exported, folders, variables } = bot;
    if (exported === null) return;
    await stop(world, bot, null);
    await world.machine.importFrom(folders, variables, exported.file);
    notice(world, bot, { story, state: story.head, isSafety: true });
    bot.target = { before: null, episode: -1, documents: exported.documents };
    await start(world, bot, faultIn(world, 'start'));
    bot.target = null;
  },
} satisfies Record<string, Operation>;

const OFTEN: Readonly<Record<keyof typeof operations, number>> = {
  teach: 22,
  remove: 6,
  backUp: 18,
  restore: 8,
  undo: 5,
  sync: 14,
  restart: 5,
  kill: 5,
  loseVolume: 6,
  loseMachine: 4,
  loseVault: 2,
  rot: 3,
  keepVolume: 3,
  comeUpOlder: 3,
  setClock: 5,
  idle: 6,
  exportAll: 3,
  importAll: 3,
};
const names = Object.keys(operations) as (keyof typeof operations)[];
const urn = names.flatMap((name) => Array.from({ length: OFTEN[name] }, () => name));

/** One thing that happens to one of the bots; what must hold afterwards is looked at. */
export async function happen(world: World): Promise<void> {
  const bot = world.bots[world.random() < 0.75 ? 0 : 1] ?? world.bots[0];
  if (bot === undefined) throw new Error('There are no bots.');
  const name = pick(world, urn);
  world.machine.pass(1_000 * (1 + Math.floor(world.random() * 3_600)));
  world.told.push(`${bot.name}: ${bot.running === null ? 'start' : name}`);
  if (bot.running === null) return start(world, bot, null);
  if (bot.story === null) throw new Error('It has no story.');
  count(world, name);
  const before = holdingsOf(world, bot);
  await operations[name](world, bot, { running: bot.running, story: bot.story });
  await assertCovered(world, bot);
  if (LOSSES.has(name)) stillThere(world, bot);
  else assertNothingLost(world, bot, before);
  if (FORGETS_TIME.has(name) && bot.doubted !== null) [bot.mayForget, bot.doubted.kept] = [true, []];
  for (const one of world.bots) assertKeptInDoubt(world, one);
  assertNumbersApart(world);
}

const LOSSES: ReadonlySet<string> = new Set(['loseMachine', 'loseVault', 'rot'] satisfies (keyof typeof operations)[]);

/** With the volume goes what the bot knew of the time. */
const FORGETS_TIME: ReadonlySet<string> = new Set([
  'loseVolume',
  'loseMachine',
  'comeUpOlder',
] satisfies (keyof typeof operations)[]);

async function restore(world: World, bot: Bot, { running, story }: Open, name: string): Promise<void> {
  const [sha256] = [...archivesIn(bot.folders.backups)].find(([, file]) => file === `${name}.tar.zst`) ?? [''];
  const target = world.made.get(sha256);
  if (target === undefined) throw new Error(`Nobody knows ${name}.`);
  const { head } = story;
  bot.target = target.state;
  const done = await atWork(world, bot, 'restore', () => running.restore(name));
  bot.target = null;
  notice(world, bot, { story, state: head, isSafety: true });
  if (done === null) return;
  if (done.error === null) goBack(story, target.state);
  await assertContent(bot);
  const id = (await running.identity())?.timeline;
  if (id !== undefined) world.timelines.set(id, { story, episode: story.head.episode });
}

/** Work of a bot's that may fail or be killed on the way. Null where it was killed, and has been started again. */
async function atWork<T>(world: World, bot: Bot, what: string, work: () => Promise<T>): Promise<Done<T> | null> {
  const fault = faultIn(world, what);
  const done = await world.machine.during(fault, bot.folders, work);
  noteSteps(world, what, done.steps);
  if (fault !== null && done.isMet) {
    count(world, fault.kind);
    world.told.push(`  ${fault.kind} at step ${fault.step} of ${what}: ${done.at}`);
  }
  if (fault?.kind !== 'killed' || !done.isMet) {
    if (done.error !== null && !done.isMet) throw done.error;
    return done;
  }
  await kill(world, bot);
  await start(world, bot, null);
  return null;
}

/** By choice, or by a cut. */
async function leave(world: World, bot: Bot): Promise<void> {
  await (world.random() < 0.5 ? stop(world, bot, null) : kill(world, bot));
}

function lose(bot: Bot): void {
  empty(bot.folders.data);
  bot.isLost = true;
}

function empty(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
