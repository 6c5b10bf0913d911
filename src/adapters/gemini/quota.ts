/** Which quota a 429 speaks of, and after how many milliseconds Google says to come back. */
export interface QuotaDetails {
  readonly perDay: boolean;
  readonly retryAfterMs: number | null;
}

/**
 * Reads `google.rpc.QuotaFailure` and `google.rpc.RetryInfo` out of an error's details. When both the minute's and the
 * day's quota are gone, the day's decides: waiting a minute would not help.
 */
export function readQuota(details: unknown): QuotaDetails {
  const entries: readonly unknown[] = Array.isArray(details) ? details : [];
  const ids = entries.flatMap((entry) => listAt(entry, 'violations')).map((violation) => textAt(violation, 'quotaId'));
  const delay = entries.map((entry) => textAt(entry, 'retryDelay')).find((text) => text !== '') ?? '';
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1];
  return {
    perDay: ids.some((id) => id.includes('PerDay')),
    retryAfterMs: seconds === undefined ? null : Math.ceil(Number(seconds) * 1_000),
  };
}

const PACIFIC = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/** The next midnight in California, when Gemini's day quotas start anew (ai.google.dev/gemini-api/docs/rate-limits). */
export function nextPacificMidnight(now: number): number {
  const { year, month, day } = pacificParts(now);
  const wall = Date.UTC(year, month - 1, day + 1);
  const guess = wall - pacificOffset(now);
  return wall - pacificOffset(guess); // the clocks may change in between
}

/** What is added to UTC to get California's wall clock, in ms; negative. */
function pacificOffset(at: number): number {
  const { year, month, day, hour, minute, second } = pacificParts(at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

function pacificParts(at: number) {
  const parts = PACIFIC.formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((found) => found.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : null;
}

function textAt(value: unknown, key: string): string {
  const field = fieldOf(value, key);
  return typeof field === 'string' ? field : '';
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const field = fieldOf(value, key);
  return Array.isArray(field) ? field : [];
}
