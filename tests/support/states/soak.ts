import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tempFolder } from '../temp-store.ts';
import type { Played, Run } from './sequence.ts';

type Figures = Omit<Run, 'form' | 'first'>;
type Play = (folder: string, run: Omit<Run, 'form'>) => Promise<Played>;

/** As many sequences as the environment says, or else as these figures do. */
export function soakStates(figures: Figures, play: Play): void {
  const sequences = Number(process.env['SEQUENCES'] ?? figures.sequences);
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  test(`of ${sequences} sequences none ends with a wrong state (first seed ${first})`, async (t) => {
    const atOnce = Number(process.env['AT_ONCE'] ?? figures.atOnce);
    const { wrong, counts } = await play(tempFolder(t), { ...figures, atOnce, first, sequences });
    t.diagnostic(`first seed ${first}\n${JSON.stringify(counts, null, 2)}`);
    assert.deepEqual(wrong, []);
  });
}

/** As many processes as are to play at once, each with its share. */
export async function playInLanes(folder: string, { first, sequences, operations, atOnce }: Omit<Run, 'form'>) {
  const ends = Array.from({ length: atOnce + 1 }, (_, at) => first + Math.round((sequences * at) / atOnce));
  const lanes = ends.slice(1).map(async (end, at): Promise<Played> => {
    const child = fork(fileURLToPath(new URL('lane.ts', import.meta.url)));
    const begin = ends[at] ?? first;
    child.send({ folder, first: begin, sequences: end - begin, operations, atOnce: 1 });
    const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`A lane ended with ${code}.`)));
    const [played] = await Promise.race([once(child, 'message'), gone]);
    gone.catch(() => undefined);
    return played as Played;
  });
  return sumOf(await Promise.all(lanes));
}

function sumOf(all: readonly Played[]): Played {
  const counts: Record<string, number> = {};
  for (const [what, times] of all.flatMap((one) => Object.entries(one.counts)))
    counts[what] = (counts[what] ?? 0) + times;
  return { wrong: all.flatMap(({ wrong }) => wrong), counts };
}
