import { h } from 'preact';
import { count, dayName } from '../format.ts';
import type { Overview } from '../model.ts';
import { kindName } from '../names.ts';
import { locale, t } from '../texts/index.ts';
import { Bars } from '../ui/bars.ts';

const DAY_MS = 24 * 3_600_000;
const DAYS = 30;
const looks = { scheduled: 'series-1', manual: 'series-4', 'after-change': 'series-2', safety: 'series-0' } as const;

/** How many backups there are of each of the last 30 days, and of which kind. */
export function Timeline({ overview }: { readonly overview: Overview }) {
  const now = Date.parse(overview.now);
  const days = Array.from({ length: DAYS }, (_, index) =>
    new Date(now - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
  const kinds = Object.keys(looks) as (keyof typeof looks)[];
  const there = kinds.filter((kind) => overview.backups.some((backup) => backup.kind === kind));
  return h(Bars, {
    id: 'timeline-chart',
    label: t('timelineLabel'),
    series: there.map((kind) => ({ name: kindName(kind), look: looks[kind] })),
    columns: days.map((day) => ({
      name: dayName(day, locale()),
      values: there.map(
        (kind) => overview.backups.filter((backup) => backup.kind === kind && backup.createdAt.startsWith(day)).length,
      ),
    })),
    column: t('day'),
    number: (value) => count(value, locale()),
    height: 130,
  });
}
