import { realpathSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { checkAll, type Taught } from './kill-trial-check.ts';
import { foldersIn, startKnowledgeChild, textAbout, type KnowledgeChild } from './kill-trial.ts';
import { seeded } from './seeded.ts';

export interface KillTrial {
  /** An empty folder. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
}

export interface KillCounts {
  readonly kills: number;
  /** By what was going on: teaching and removing, starting up, embedding all again for another model. */
  readonly moments: { teaching: number; starting: number; reembedding: number };
  readonly starts: number;
  readonly acknowledged: number;
  readonly removed: number;
  readonly rounds: number;
  /** Searches, over all rounds, for a word that only one document has. */
  readonly found: number;
  readonly seconds: number;
}

const guilds = ['100000000000000001', '100000000000000002'];
const dimensions = [128, 192] as const;

/** Kills the knowledge base at random moments and checks after each restart that nothing acknowledged is lost or half there. */
export async function killAgainAndAgain({ folder, kills: most, seed }: KillTrial): Promise<KillCounts> {
  const folders = foldersIn(realpathSync(folder));
  const random = seeded(seed);
  const taught: Taught[] = [];
  const moments = { teaching: 0, starting: 0, reembedding: 0 };
  let [kills, starts, rounds, found, model] = [0, 0, 0, 0, 0];
  const startedAt = performance.now();

  function start(): KnowledgeChild {
    starts += 1;
    return startKnowledgeChild(folders, dimensions[model % 2] ?? 0);
  }

  async function kill(child: KnowledgeChild, afterMs: number, moment: keyof typeof moments): Promise<void> {
    await Promise.race([wait(afterMs), child.exited.then(() => Promise.reject(new Error('It ended by itself.')))]);
    child.process.kill('SIGKILL');
    await child.exited;
    kills += 1;
    moments[moment] += 1;
  }

  async function teach(child: KnowledgeChild, onFirst: () => void): Promise<void> {
    while (child.process.connected && child.process.exitCode === null) {
      const guildId = guilds[Math.floor(random() * guilds.length)] ?? '';
      const word = `q${Array.from({ length: 9 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')}`;
      const text = textAbout(word, 1 + Math.floor(random() * 40));
      taught.push({ id: await child.order({ do: 'add', guildId, title: word, text }), guildId, word, state: 'told' });
      onFirst();
      if (random() < 0.25) await remove(child);
      await wait(random() * 60);
    }
  }

  async function remove(child: KnowledgeChild): Promise<void> {
    const told = taught.filter(({ state }) => state === 'told');
    const document = told[Math.floor(random() * told.length)];
    if (document === undefined) return;
    document.state = 'removing';
    await child.order({ do: 'remove', guildId: document.guildId, documentId: document.id });
    document.state = 'removed';
  }

  let child = start();
  try {
    await child.ready;
    while (kills < most) {
      // What the child had no time to answer was never acknowledged.
      const first = Promise.withResolvers<void>();
      const teaching = teach(child, first.resolve).catch(() => undefined);
      await Promise.race([first.promise, teaching]); // or a slow machine would have nothing to lose
      await kill(child, random() * 700, 'teaching');
      await teaching;
      if (kills < most && random() < 0.5) {
        child = start();
        await kill(child, random() * 1200, 'starting');
      }
      const changed = random() < 0.35;
      if (changed) model += 1;
      child = start();
      if (changed && kills < most) {
        await child.ready;
        await kill(child, random() * 250, 'reembedding');
        child = start();
      }
      await child.ready;
      await child.order({ do: 'settle' });
      rounds += 1;
      found += await checkAll(child, folders, taught, `offline-hash-v1/${dimensions[model % 2] ?? 0}`);
    }
  } finally {
    child.process.kill('SIGKILL');
    await child.exited;
  }
  return {
    kills,
    moments,
    starts,
    acknowledged: taught.length,
    removed: taught.filter(({ state }) => state === 'removed').length,
    rounds,
    found,
    seconds: Math.round((performance.now() - startedAt) / 1000),
  };
}
