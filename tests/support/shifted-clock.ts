import { readFileSync } from 'node:fs';

/**
 * Imported before the real program (`NODE_OPTIONS=--import=…`): its clock is ahead by CLOCK_AHEAD_MS, and jumps ahead by
 * CLOCK_JUMP_MS at SIGUSR2, while time passes as ever. Or it is ahead by what CLOCK_FILE holds, which is read at its start
 * and at each SIGUSR2.
 */
const stepMs = Number(process.env['CLOCK_AHEAD_MS'] ?? 0);
const jumpMs = Number(process.env['CLOCK_JUMP_MS'] ?? 0);
const file = process.env['CLOCK_FILE'];
const Real = Date;
const read = (): number | null => (file === undefined ? null : Number(readFileSync(file, 'utf8')));
let aheadMs = read() ?? stepMs;

class Shifted extends Real {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(Real.now() + aheadMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return Real.now() + aheadMs;
  }
}

globalThis.Date = Shifted as DateConstructor;
if (file !== undefined || jumpMs !== 0) process.on('SIGUSR2', () => void (aheadMs = read() ?? aheadMs + jumpMs));
