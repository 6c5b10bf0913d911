import { h } from 'preact';
import { bytes, count, moment } from '../format.ts';
import type { Overview } from '../model.ts';
import { useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { Line } from '../ui/line.ts';
import { card } from '../ui/parts.ts';

const DAY_MS = 24 * 3_600_000;
/** Further ahead there is nothing to see. */
const FORECAST_DAYS = 365;
const STEPS = 30;

/** What the volume holds, and when it is full if backups go on growing as they do. */
export function StorageCard({ overview, brief }: { readonly overview: Overview; readonly brief?: boolean }) {
  const { storage, now } = overview;
  const { now: here, clockSkewMs } = useStore();
  const { usedBytes, freeBytes, bytesPerDay, fullInDays } = storage;
  const whole = usedBytes + freeBytes;
  const parts = [
    { name: t('usedByBackups'), size: usedBytes, look: 'series-1' },
    { name: t('free'), size: freeBytes, look: 'series-free' },
  ];
  const fullAt = fullInDays === null ? null : here + clockSkewMs + fullInDays * DAY_MS;
  const from = Date.parse(now);
  const isSeen = brief !== true && fullInDays !== null && fullInDays <= FORECAST_DAYS;
  const stepDays = Math.max(1, fullInDays ?? 0) / STEPS;
  const points = Array.from({ length: STEPS + 1 }, (_, index) => ({
    at: from + index * stepDays * DAY_MS,
    value: Math.max(0, freeBytes - bytesPerDay * index * stepDays),
  }));
  return card(
    { title: t('storage'), id: 'storage' },
    h(
      'div',
      { class: 'meter', role: 'img', 'aria-label': parts.map(({ name, size }) => `${name} ${bytes(size)}`).join(', ') },
      ...parts.map(({ look, size }) => h('i', { class: look, style: { flexGrow: String(Math.max(size / whole, 0)) } })),
    ),
    h(
      'ul',
      { class: 'legend' },
      ...parts.map(({ name, look, size }) =>
        h('li', {}, h('i', { class: look }), `${name} `, h('strong', {}, bytes(size))),
      ),
    ),
    // Without a backup there is nothing to foresee from.
    usedBytes > 0 &&
      h(
        'p',
        { class: fullAt === null ? 'muted' : 'strong' },
        [
          bytesPerDay > 0 ? t('growing', { bytes: bytes(bytesPerDay) }) : t('notGrowing'),
          fullAt === null
            ? t('neverFull')
            : t('fullOn', { day: moment(fullAt, locale()), days: count(Math.floor(fullInDays ?? 0), locale()) }),
        ].join(locale() === 'ja' ? '' : ' '),
      ),
    isSeen && h('h3', {}, t('forecast')),
    isSeen &&
      h(Line, {
        id: 'forecast-chart',
        label: t('forecastLabel'),
        points,
        value: bytes,
        when: (at) => new Intl.DateTimeFormat(locale(), { month: 'short', day: 'numeric' }).format(at),
        head: [t('day'), t('free')],
        look: 'series-1',
        dots: false,
      }),
  );
}
