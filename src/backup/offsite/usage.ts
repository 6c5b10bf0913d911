import type { VaultUsage } from '../vault-ports.ts';
import type { QuotaForecast } from './api.ts';
import type { UsageSample } from './model.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_SAMPLES = 60;
const MOST_DAYS = 3650;

/** The last of each day stays. */
export function withSample(samples: readonly UsageSample[], usage: VaultUsage | null, at: number): UsageSample[] {
  if (usage === null) return [...samples];
  const day = Math.floor(at / DAY_MS);
  const earlier = samples.filter((sample) => Math.floor(sample.at / DAY_MS) < day);
  return [...earlier, { at, usedBytes: usage.usedBytes, limitBytes: usage.limitBytes }].slice(-MOST_SAMPLES);
}

/** What a vault takes, as far as it can be foreseen. */
export interface Pace {
  /** Of an archive as it is now. */
  readonly archiveBytes: number;
  readonly perDay: number;
}

/**
 * The line through what was measured, where that covers two days; before, what the schedule will send. Where removed copies
 * free their room, it grows until as many are kept as may be, which the line shows and the schedule does not.
 */
export function forecastQuota(samples: readonly UsageSample[], { archiveBytes, perDay }: Pace): QuotaForecast | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return null;
  const spanDays = (last.at - first.at) / DAY_MS;
  const measured = spanDays >= 2 ? (last.usedBytes - first.usedBytes) / spanDays : null;
  const bytesPerDay = Math.max(0, measured ?? archiveBytes * perDay);
  const { usedBytes, limitBytes } = last;
  const until = (share: number): number | null => {
    if (limitBytes === null) return null;
    const missing = limitBytes * share - usedBytes;
    if (missing <= 0) return 0;
    const days = bytesPerDay > 0 ? Math.floor(missing / bytesPerDay) : Infinity;
    return days <= MOST_DAYS ? days : null;
  };
  return { usedBytes, limitBytes, bytesPerDay, days: { to80: until(0.8), to95: until(0.95), to100: until(1) } };
}
