/** Says in which natural period of a time zone a moment lies. */
export interface Periods {
  readonly hourly: (at: number) => string;
  readonly daily: (at: number) => string;
  /** The Monday that the week begins with. */
  readonly weekly: (at: number) => string;
  readonly monthly: (at: number) => string;
}

const DAY_MS = 24 * 3_600_000;

export function periodsIn(timeZone: string): Periods {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });
  const partsOf = (at: number) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const month = `${parts['year']}-${parts['month']}`;
    return { month, day: `${month}-${parts['day']}`, hour: parts['hour'] ?? '' };
  };
  const daily = (at: number): string => partsOf(at).day;
  return {
    hourly(at) {
      const { day, hour } = partsOf(at);
      return `${day} ${hour}:00`;
    },
    daily,
    weekly(at) {
      const midnight = Date.parse(`${daily(at)}T00:00:00Z`);
      const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
      return new Date(midnight - sinceMonday * DAY_MS).toISOString().slice(0, 10);
    },
    monthly: (at) => partsOf(at).month,
  };
}
