import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { stop } from './life.ts';
import { happen } from './operations.ts';
import { openWorld, WrongChoice, type Form } from './world.ts';

export interface Played {
  /** What was wrong, with its seed and what had been done until then. */
  readonly wrong: readonly string[];
  /** How often what was done. */
  readonly counts: Readonly<Record<string, number>>;
}

/** One sequence of what befalls bots, on real files and databases; the same one for the same seed. */
async function playSequence(folder: string, seed: number, { form, operations }: Run) {
  const place = join(folder, String(seed));
  mkdirSync(place, { recursive: true });
  using world = await openWorld(join(place, 'world'), seed, form);
  try {
    for (let at = 0; at < operations; at += 1) await happen(world);
    return { wrong: null, counts: world.counts };
  } catch (error) {
    const what =
      error instanceof WrongChoice ? error.message : error instanceof Error ? (error.stack ?? '') : String(error);
    return { wrong: `${what}\n${world.told.join('\n')}`, counts: world.counts };
  } finally {
    for (const bot of world.bots) await stop(world, bot, null);
  }
}

export interface Run {
  readonly form: Form;
  readonly first: number;
  readonly sequences: number;
  readonly operations: number;
  /** How many are played beside each other. */
  readonly atOnce: number;
}

/** Each with a seed of its own; what was wrong says with which. */
export async function playSequences(folder: string, run: Run): Promise<Played> {
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  let next = run.first;
  async function play(): Promise<void> {
    while (next < run.first + run.sequences) {
      const seed = next++;
      const played = await playSequence(folder, seed, run);
      if (played.wrong !== null) wrong.push(`seed ${seed}: ${played.wrong}`);
      for (const [what, times] of played.counts) counts[what] = (counts[what] ?? 0) + times;
      rmSync(join(folder, String(seed)), { recursive: true, force: true });
    }
  }
  await Promise.all(Array.from({ length: run.atOnce }, play));
  return { wrong, counts };
}
