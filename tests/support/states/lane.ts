/**
 * A share of a run, as a process of its own: what stands between bots and their files does so in a whole process, which can
 * play one sequence at a time, and the test runner looks at each thing that waits there.
 */
import process from 'node:process';
import { inProcess } from './in-process.ts';
import { playSequences, type Run } from './sequence.ts';

process.once('message', (run: Omit<Run, 'form'> & { readonly folder: string }) => void play(run));

async function play({ folder, ...run }: Omit<Run, 'form'> & { readonly folder: string }): Promise<void> {
  const played = await playSequences(folder, { ...run, form: inProcess });
  process.send?.(played, () => process.disconnect());
}
