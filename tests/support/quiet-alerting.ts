import { createAlerting, type Alerting } from '../../src/health/alerting/alerting.ts';
import { recordingLog } from './fake-discord.ts';

/** The alerts of production with no way to people: what is open can be looked at. */
export function createQuietAlerting(): Alerting {
  return createAlerting({
    clock: () => 1_700_000_000_000,
    random: Math.random,
    later: () => () => undefined,
    log: recordingLog().log,
    redact: (text) => text,
  });
}
