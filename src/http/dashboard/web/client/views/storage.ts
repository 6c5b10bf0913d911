import { h } from 'preact';
import { bytes, count, moment } from '../format.ts';
import type { Overview } from '../model.ts';
import { useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { Line } from '../ui/line.ts';
import { card } from '../ui/parts.ts';

const DAY_MS = 24 * 3_600_000;
const AHEAD_DAYS = 90;
const STEP_DAYS = 3;

/** What the volume holds, and when it is full if backups go on growing as they do. */
export function StorageCard({ overview, brief }: { readonly overview: Overview; readonly brief?: boolean }) {
  const { storage, now } = overview;
  const { now: here, clockSkewMs } = useStore();
  const { usedBytes, freeBytes, volumeBytes, bytesPerDay, fullInDays } = storage;
  const others = Math.max(0, (volumeBytes ?? usedBytes + freeBytes) - freeBytes - usedBytes);
  const whole = usedBytes + others + freeBytes;
  const parts = [
    { name: t('usedByBackups'), size: usedBytes, look: 'series-1' },
    { name: t('usedByOthers'), size: others, look: 'series-0' },
    { name: t('free'), size: freeBytes, look: 'series-free' },
  ];
  const fullAt = fullInDays === null ? null : here + clockSkewMs + fullInDays * DAY_MS;
  const from = Date.parse(now);
  const points = Array.from({ length: AHEAD_DAYS / STEP_DAYS + 1 }, (_, index) => ({
    at: from + index * STEP_DAYS * DAY_MS,
    value: Math.max(0, freeBytes - bytesPerDay * index * STEP_DAYS),
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
    brief !== true && h('h3', {}, t('forecast')),
    brief !== true &&
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
