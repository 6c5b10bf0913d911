/**
 * The same with the whole program, its Chroma and a vault, each start a process of its own: `npm run soak:programs`. When a
 * process is killed depends on the machine, too, so that a seed that is played again may end otherwise.
 */
import { playSequences } from '../../support/states/sequence.ts';
import { soakStates } from '../../support/states/soak.ts';
import { wholeProgram } from '../../support/states/whole-program.ts';

soakStates({ sequences: 50, operations: 8, atOnce: 2 }, (folder, run) =>
  playSequences(folder, { ...run, form: wholeProgram }),
);
