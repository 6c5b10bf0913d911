import { h } from 'preact';
import { useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { post } from '../api.ts';
import { count } from '../format.ts';
import { refresh } from '../live.ts';
import type { Cleanup } from '../model.ts';
import { shortName } from '../names.ts';
import { closeDialog } from '../open-dialog.ts';
import { notify } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { button } from '../ui/parts.ts';
import { Frame } from './frame.ts';

/** What the rules of retention would remove and what they keep, each with the reason, before anything is removed. */
export function CleanupDialog({ plan: { removed, kept } }: { readonly plan: Cleanup }) {
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    const done = await attempt(() => post<Cleanup>('/api/backup/cleanup', { dryRun: false }));
    closeDialog();
    if (done !== null) notify('good', t('cleanupDone', { count: count(done.removed.length, locale()) }));
    void refresh();
  };
  const line = (name: string, reasons: readonly string[]) =>
    h('li', { key: name }, h('code', {}, shortName(name)), h('span', {}, reasons.join(' · ')));
  return h(
    Frame,
    {
      title: t('cleanupTitle'),
      onSubmit: () => void go(),
      actions: [
        button({ label: t(removed.length === 0 ? 'close' : 'cancel'), run: closeDialog }),
        removed.length > 0 &&
          button({
            label: t('cleanupGo', { count: count(removed.length, locale()) }),
            look: 'danger',
            submit: true,
            disabled: busy,
          }),
      ],
    },
    removed.length === 0
      ? h('p', {}, t('cleanupNothing'))
      : [
          h('h3', {}, t('cleanupRemoved')),
          h('ul', { class: 'plan' }, ...removed.map(({ name, reason }) => line(name, [reason[locale()]]))),
        ],
    kept.length > 0 && [
      h('h3', {}, t('cleanupKept')),
      h(
        'ul',
        { class: 'plan' },
        ...kept.map(({ name, reasons }) =>
          line(
            name,
            reasons.map((reason) => reason[locale()]),
          ),
        ),
      ),
    ],
  );
}
