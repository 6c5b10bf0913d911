import { Fragment, h } from 'preact';
import { attempt } from '../actions.ts';
import { post } from '../api.ts';
import { bytes, duration, shortMoment } from '../format.ts';
import type { Cleanup, Overview } from '../model.ts';
import { openDialog } from '../open-dialog.ts';
import { mayOperate, running } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { Line } from '../ui/line.ts';
import { button, card } from '../ui/parts.ts';
import { BackupTable } from './backup-table.ts';
import { LastRestore } from './last-restore.ts';
import { ScheduleCard } from './schedule.ts';
import { StorageCard } from './storage.ts';
import { Timeline } from './timeline.ts';

export function Backups({ overview }: { readonly overview: Overview }) {
  const { backups } = overview;
  const may = mayOperate() && running() === null;
  const plan = async (): Promise<void> => {
    const found = await attempt(() => post<Cleanup>('/api/backup/cleanup', { dryRun: true }));
    if (found !== null) openDialog({ kind: 'cleanup', plan: found });
  };
  return h(
    Fragment,
    {},
    h(
      'div',
      { class: 'toolbar' },
      button({
        label: t('backUpNow'),
        icon: 'save',
        look: 'primary',
        disabled: !may,
        run: () => openDialog({ kind: 'backup' }),
      }),
      button({ label: t('cleanup'), icon: 'broom', disabled: !may, run: () => void plan() }),
    ),
    h(LastRestore, {}),
    card({ title: t('timeline'), id: 'timeline' }, h(Timeline, { overview })),
    card({ title: t('allBackups'), id: 'all-backups' }, h(BackupTable, { backups })),
    h('div', { class: 'grid two' }, h(ScheduleCard, { overview }), h(StorageCard, { overview })),
    h(
      'div',
      { class: 'grid two' },
      history(overview, {
        id: 'sizes',
        title: t('sizes'),
        name: t('size'),
        of: ({ sizeBytes }) => sizeBytes,
        value: bytes,
      }),
      history(overview, {
        id: 'durations',
        title: t('durations'),
        name: t('took'),
        of: ({ durationMs }) => durationMs,
        value: (ms) => (ms === 0 ? '0' : duration(ms, locale())),
      }),
    ),
  );
}

interface History {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly of: (backup: Overview['backups'][number]) => number | null;
  readonly value: (value: number) => string;
}

function history({ backups }: Overview, { id, title, name, of, value }: History) {
  const points = [...backups]
    .reverse()
    .map((backup) => ({ at: Date.parse(backup.createdAt), value: of(backup) }))
    .filter((point): point is { at: number; value: number } => point.value !== null);
  return card(
    { title, id },
    points.length < 2
      ? h('p', { class: 'muted' }, t('tooFew'))
      : h(Line, {
          id: `${id}-chart`,
          label: title,
          points,
          value,
          when: (at) => shortMoment(at, locale()),
          head: [t('made'), name],
          dots: points.length <= 40,
          look: id === 'sizes' ? 'series-1' : 'series-4',
        }),
  );
}
