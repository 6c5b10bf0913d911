import { h } from 'preact';
import { bytes, dayName, moment } from '../format.ts';
import type { Backup, Overview } from '../model.ts';
import { kindName } from '../names.ts';
import { locale, t } from '../texts/index.ts';

const DAY_MS = 24 * 3_600_000;
const DAYS = 30;
const kinds = ['manual', 'scheduled', 'after-change', 'safety'];

/** Every backup of the last 30 days where it stands in time; one leads to its line in the table. */
export function Timeline({ overview }: { readonly overview: Overview }) {
  const now = Date.parse(overview.now);
  const from = now - DAYS * DAY_MS;
  const shown = overview.backups.filter(({ createdAt }) => Date.parse(createdAt) >= from);
  const ticks = [30, 20, 10].map((days) => ({ days, at: now - days * DAY_MS }));
  const there = kinds.filter((kind) => shown.some((backup) => backup.kind === kind));
  const place = (at: number): string => `${(((at - from) / (now - from)) * 100).toFixed(2)}%`;
  return h(
    'div',
    { class: 'timeline' },
    h(
      'ul',
      { class: 'legend', 'aria-hidden': 'true' },
      ...there.map((kind) => h('li', {}, h('i', { class: `dot ${kind}` }), kindName(kind))),
    ),
    h(
      'div',
      { class: 'track' },
      h(
        'ol',
        { 'aria-label': t('timelineLabel') },
        ...[...shown].reverse().map((backup) => dot(backup, place(Date.parse(backup.createdAt)))),
      ),
    ),
    h(
      'div',
      { class: 'ticks', 'aria-hidden': 'true' },
      ...ticks.map(({ at }) =>
        h(
          'span',
          { style: { insetInlineStart: place(at) } },
          dayName(new Date(at).toISOString().slice(0, 10), locale()),
        ),
      ),
      h('span', { class: 'now' }, t('today')),
    ),
  );
}

function dot({ name, kind, createdAt, state, sizeBytes, drilled }: Backup, place: string) {
  const words = [
    moment(createdAt, locale()),
    kindName(kind),
    bytes(sizeBytes),
    ...(drilled?.ok === true ? [t('drilled')] : []),
  ].join(' · ');
  const toRow = (): void => {
    const row = document.getElementById(`row-${name}`);
    row?.scrollIntoView({ block: 'center' });
    row?.focus();
  };
  return h(
    'li',
    { key: name, style: { insetInlineStart: place } },
    h('button', {
      type: 'button',
      class: `dot ${kind ?? ''} ${state}${drilled?.ok === true ? ' drilled' : ''}`,
      'aria-label': words,
      title: words,
      onClick: toRow,
    }),
  );
}
