import { h } from 'preact';
import { ago } from '../format.ts';
import { shortName } from '../names.ts';
import { openDialog } from '../open-dialog.ts';
import { allJobs, mayOperate, running, since, useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button } from '../ui/parts.ts';

/** The way back from a restore, for as long as it is remembered and what was there before is kept. */
export function LastRestore() {
  const { overview } = useStore();
  const job = allJobs().find(({ kind, state }) => kind === 'restore' && state === 'done');
  const safety = job?.result?.safety;
  const restored = job?.result?.backup;
  const kept = overview?.backups.find(({ name, state }) => name === safety?.name && state === 'good');
  if (job === undefined || kept === undefined || restored === undefined) return null;
  return h(
    'div',
    { class: 'last-restore' },
    icon('undo'),
    h(
      'p',
      {},
      t('undoHint', {
        name: shortName(restored.name),
        safety: shortName(kept.name),
        ago: ago(since(job.endedAt ?? job.startedAt), locale()),
      }),
    ),
    button({
      label: t('undo'),
      small: true,
      disabled: !mayOperate() || running() !== null,
      run: () => openDialog({ kind: 'restore', name: kept.name }),
    }),
  );
}
