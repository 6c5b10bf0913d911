/**
 * Imported before the real program (`NODE_OPTIONS=--import=…`): its clock is ahead by CLOCK_AHEAD_MS, and jumps ahead by
 * CLOCK_JUMP_MS at SIGUSR2, while time passes as ever.
 */
const stepMs = Number(process.env['CLOCK_AHEAD_MS'] ?? 0);
const jumpMs = Number(process.env['CLOCK_JUMP_MS'] ?? 0);
const Real = Date;
let aheadMs = stepMs;

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
if (jumpMs !== 0) process.on('SIGUSR2', () => void (aheadMs += jumpMs));
