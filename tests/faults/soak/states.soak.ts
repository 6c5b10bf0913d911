/**
 * Sequences of what can befall two bots and their vault, held against who knows which state is right: `npm run soak:states`, or
 * with other figures `SEQUENCES=100 SEED=7 npm run soak:states`. The first seed is printed, and with each wrong choice its own:
 * `SEQUENCES=1` and that seed play it again.
 */
import { availableParallelism } from 'node:os';
import { playInLanes, soakStates } from '../../support/states/soak.ts';

soakStates({ sequences: 2_000, operations: 25, atOnce: availableParallelism() }, playInLanes);
