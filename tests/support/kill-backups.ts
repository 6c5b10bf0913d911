import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assertTidy, assertWithin, KEEP, takeStock, type Bounds, type Known } from './kill-backups-check.ts';
import type { KillTrial } from './kill-again.ts';
import { assertAlone, environmentOf, foldersIn, startTrialChild, textAbout, type TrialChild } from './kill-trial.ts';
import { seeded } from './seeded.ts';
import type { ListedBackup, RestoreOrder } from './restore-child.ts';

export interface BackupKillCounts {
  readonly kills: number;
  /** By what was going on. */
  readonly during: Record<Work, number>;
  /** What became of the restores that were hit. */
  readonly restores: { undone: number; restored: number };
  /** Of the jobs that were hit: those that had ended a moment before. */
  readonly ended: number;
  readonly acknowledged: number;
  readonly backups: number;
  /** Left by a kill between writing and verifying: listed, not as good. */
  readonly unverified: number;
  readonly seconds: number;
}

type Work = 'backup' | 'retention' | 'verify' | 'drill' | 'restore';

/** Where each is hit: when it reaches a stage, and up to so many milliseconds later. */
const POINTS: Readonly<Record<Work, readonly (readonly [stage: string, withinMs: number])[]>> = {
  backup: [
    ['checking', 40],
    ['capturing', 150],
    ['compressing', 80],
    ['verifying', 80],
  ],
  retention: [['retention', 15]],
  verify: [['verifying', 120]],
  drill: [['verifying', 1_500]],
  restore: [
    ['checking', 60],
    ['staging', 60],
    ['saving', 300],
    ['swapping', 60],
    ['swapping', 250],
    ['opening', 100],
    ['opening', 600],
    ['done', 20],
    ['done', 200],
  ],
};
const TURNS: readonly Work[] = ['restore', 'backup', 'retention', 'restore', 'verify', 'restore', 'backup', 'drill'];
/** Enough to be met by any job. */
const MOST_PER_TURN = 6;

/** Kills a whole bot while it backs up, verifies, removes old backups and restores, and holds it to its promises after each start. */
export async function killBackupsAgain({ folder, kills, seed }: KillTrial): Promise<BackupKillCounts> {
  const folders = foldersIn(realpathSync(folder));
  const env = {
    ...environmentOf(folders),
    BACKUP_KEEP: String(KEEP),
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(folder, 'compiled'),
  };
  const random = seeded(seed);
  const known: Known = new Map();
  const during: Record<Work, number> = { backup: 0, retention: 0, verify: 0, drill: 0, restore: 0 };
  const restores = { undone: 0, restored: 0 };
  let [ended, written, unverified] = [0, 0, 0];
  let told = new Set<string>();
  const startedAt = performance.now();
  let reached: (stage: string) => void = () => undefined;
  let bot: TrialChild<RestoreOrder> = start();

  function start(): TrialChild<RestoreOrder> {
    return startTrialChild('restore-child.ts', env, (stage) => reached(stage));
  }

  function pick<T>(from: readonly T[]): T {
    const found = from[Math.floor(random() * from.length)];
    assert.ok(found !== undefined);
    return found;
  }

  /** Each in its turn, so that few kills have met both what is undone and what stays. */
  function nextPoint(work: Work): readonly [string, number] {
    const points = POINTS[work];
    const point = points[(seed + during[work]) % points.length];
    assert.ok(point !== undefined);
    return point;
  }

  async function add(asked: Set<string>): Promise<string> {
    written += 1;
    // A word that no other text has: texts that say the same would have the same vector.
    const title = `q${Array.from({ length: 9 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')}`;
    asked.add(title);
    await bot.order({ do: 'add', title, text: textAbout(title, 2) });
    told.add(title);
    return title;
  }

  /** Adds documents until the bot is gone, or lets nobody change anything any more. */
  async function write(asked: Set<string>): Promise<void> {
    for (let count = 0; count < MOST_PER_TURN; count += 1) {
      await add(asked);
      await wait(random() * 60);
    }
  }

  function orderFor(work: Work): RestoreOrder {
    if (work === 'backup' || work === 'retention') return { do: 'create' };
    const name = pick([...known.keys()].sort());
    return work === 'restore' ? { do: 'restore', name } : { do: 'verify', name, drill: work === 'drill' };
  }

  /** Gives the order and kills the bot at the point; true when the order had been carried out. */
  async function hit(order: RestoreOrder, [stage, withinMs]: readonly [string, number]): Promise<boolean> {
    const there = Promise.withResolvers<void>();
    reached = (one) => {
      if (one === stage) there.resolve();
    };
    const done = bot.order(order).then(
      () => true,
      (error: Error) => {
        if (error.message.startsWith('The child ended')) return false;
        throw error;
      },
    );
    await Promise.race([there.promise, done]);
    await wait(random() * withinMs); // when it is hit is the point: every run of the seed hits much the same places
    bot.process.kill('SIGKILL');
    await bot.exited;
    return done;
  }

  async function stock(bounds: Bounds): Promise<void> {
    const listed = await bot.order<ListedBackup[]>({ do: 'list' });
    unverified = Math.max(unverified, listed.filter(({ state }) => state === 'unverified').length);
    for (const name of takeStock(known, listed, bounds)) {
      const state = await bot.order({ do: 'verify', name, drill: false });
      assert.equal(state, 'good', `${name} was listed as good`);
    }
  }

  try {
    await bot.ready;
    for (let count = 0; count <= KEEP; count += 1) {
      const least = new Set(told);
      await add(new Set());
      await bot.order({ do: 'create' });
      await stock({ least, most: new Set(told) });
    }
    for (let turn = 0; turn < kills; turn += 1) {
      const work = TURNS[turn % TURNS.length] ?? 'backup';
      const asked = new Set<string>(); // and perhaps never answered
      const marker = await add(asked); // no backup has this one
      const least = new Set(told);
      const order = orderFor(work);
      const goal = order.do === 'restore' ? known.get(order.name) : undefined;
      // What the bot had no time to answer, or would not take while it restores, was never acknowledged.
      const writing = write(asked).catch(() => undefined);
      if (await hit(order, nextPoint(work))) ended += 1;
      await writing;
      during[work] += 1;

      bot = start();
      const titles = (await bot.ready) as string[];
      const most = new Set([...told, ...asked]);
      const what = `seed ${seed}, turn ${turn}, ${JSON.stringify(order)}`;
      if (goal !== undefined && !titles.includes(marker)) {
        assertWithin(titles, goal, what);
        assert.equal(titles.length, goal.documents, what);
        restores.restored += 1;
      } else {
        assertWithin(titles, { least: told, most }, what);
        if (goal !== undefined) restores.undone += 1;
      }
      told = new Set(titles);
      assertTidy(folders);
      assertAlone(folders.chroma, 1);
      await stock({ least, most });
    }
    await bot.order({ do: 'create' });
    const left = readdirSync(join(dirname(folders.database), 'backups')).filter((name) =>
      /^\.work-|partial$/.test(name),
    );
    assert.deepEqual(left, [], 'what the killed left is cleaned up');
    await bot.order({ do: 'settle' });
    for (const title of told) assert.equal(await bot.order({ do: 'search', words: title }), title);
  } finally {
    bot.process.kill('SIGKILL');
    await bot.exited;
  }
  return {
    kills,
    during,
    restores,
    ended,
    acknowledged: written,
    backups: known.size,
    unverified,
    seconds: Math.round((performance.now() - startedAt) / 1000),
  };
}
