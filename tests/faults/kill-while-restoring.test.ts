import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environmentOf, foldersIn, seeded, type Folders } from '../support/kill-trial.ts';
import type { RestoreOrder } from '../support/restore-child.ts';
import { tempFolder } from '../support/temp-store.ts';

const CHILD = fileURLToPath(new URL('../support/restore-child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Message {
  readonly ready?: readonly string[];
  readonly stage?: string;
  readonly result?: string;
  readonly error?: string;
}

interface Bot {
  readonly child: ChildProcess;
  readonly titles: readonly string[];
  order(order: RestoreOrder): Promise<string>;
  /** Resolves when a restore has come so far; null when it ended before. */
  reached(stage: string): Promise<void>;
  kill(): Promise<void>;
}

async function start(t: TestContext, folders: Folders): Promise<Bot> {
  const child = fork(CHILD, [], { cwd: ROOT, env: environmentOf(folders), execArgv: [] });
  t.after(() => child.kill('SIGKILL'));
  const heard = (wanted: (message: Message) => boolean) =>
    new Promise<Message>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if (message.error !== undefined) reject(new Error(message.error));
        else if (wanted(message)) resolve(message);
      });
      child.once('exit', (code) => reject(new Error(`the bot ended with ${String(code)}`)));
    });
  const { ready = [] } = await heard((message) => message.ready !== undefined);
  return {
    child,
    titles: ready,
    async order(order) {
      const answer = heard((message) => 'result' in message);
      child.send(order);
      return String((await answer).result);
    },
    reached: async (stage) => void (await heard((message) => message.stage === stage)),
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const BEFORE = ['ferry', 'lighthouse'];
const AFTER = ['lighthouse'];

/** Where the restore is hit: at the beginning of a stage and up to so many milliseconds later. */
const HITS = [
  ['staging', 60],
  ['saving', 300],
  ['swapping', 60],
  ['swapping', 250],
  ['opening', 100],
  ['opening', 600],
  ['done', 20],
] as const;

test('a bot that is killed while it restores comes back wholly as it was or wholly restored', async (t) => {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  const random = seeded(20261121);
  let bot = await start(t, folders);
  await bot.order({ do: 'teach', title: 'lighthouse', text: 'The lighthouse opens at nine in the morning.' });
  const first = await bot.order({ do: 'create' });
  await bot.order({ do: 'teach', title: 'ferry', text: 'The ferry to the island leaves twice a day.' });
  const second = await bot.order({ do: 'create' });
  const tally = { undone: 0, restored: 0 };

  for (const [stage, withinMs] of HITS) {
    const reached = bot.reached(stage);
    const restored = bot.order({ do: 'restore', name: first }).catch(() => 'killed');
    await reached;
    await wait(random() * withinMs); // when it is hit is the point: every run of the seed hits much the same places
    await bot.kill();
    await restored;

    bot = await start(t, folders);
    assert.ok(
      [BEFORE, AFTER].some((titles) => titles.join() === bot.titles.join()),
      bot.titles.join(),
    );
    const isBefore = bot.titles.length === 2;
    tally[isBefore ? 'undone' : 'restored'] += 1;
    const roots = [dirname(folders.database), folders.chroma].flatMap((root) => readdirSync(root));
    assert.deepEqual(
      roots.filter((name) => /stage|before|journal$|\.json$/.test(name) && !/child/.test(name)),
      [],
    );
    if (!isBefore) await bot.order({ do: 'restore', name: second });
  }
  t.diagnostic(`killed ${HITS.length} times while restoring: ${JSON.stringify(tally)}`);
  assert.ok(tally.undone > 0 && tally.restored > 0, JSON.stringify(tally));
  const safety = await bot.order({ do: 'restore', name: first });
  assert.match(safety, /^nescordbot_backup_/);
  await bot.kill();
});
