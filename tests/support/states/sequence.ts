import { mock } from 'node:test';
import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { stop } from './life.ts';
import { happen } from './operations.ts';
import { openWorld, WrongChoice } from './world.ts';

export interface Played {
  readonly seed: number;
  /** What was wrong, and what had been done until then; null where all was right. */
  readonly wrong: string | null;
  readonly counts: ReadonlyMap<string, number>;
}

/** One sequence of what befalls two bots, on real files and databases; the same one for the same seed. */
export async function playSequence(folder: string, seed: number, operations: number): Promise<Played> {
  const place = join(folder, String(seed));
  mkdirSync(place, { recursive: true });
  // What happens by itself every few seconds would happen at other steps each time.
  mock.timers.enable({ apis: ['setInterval'] });
  using world = await openWorld(join(place, 'world'), seed);
  try {
    for (let at = 0; at < operations; at += 1) await happen(world);
    return { seed, wrong: null, counts: world.counts };
  } catch (error) {
    const what =
      error instanceof WrongChoice ? error.message : error instanceof Error ? (error.stack ?? '') : String(error);
    return { seed, wrong: `${what}\n${world.told.join('\n')}`, counts: world.counts };
  } finally {
    for (const bot of world.bots) await stop(world, bot, null);
    mock.timers.reset();
  }
}

export interface Run {
  readonly first: number;
  readonly sequences: number;
  readonly operations: number;
}

/** One after the other, each with a seed of its own; what was wrong says with which. */
export async function playSequences(folder: string, { first, sequences, operations }: Run) {
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  for (let seed = first; seed < first + sequences; seed += 1) {
    const played = await playSequence(folder, seed, operations);
    if (played.wrong !== null) wrong.push(`seed ${seed}: ${played.wrong}`);
    for (const [what, times] of played.counts) counts[what] = (counts[what] ?? 0) + times;
    rmSync(join(folder, String(seed)), { recursive: true, force: true });
  }
  return { wrong, counts };
}
