import { h } from 'preact';
import { useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { call } from '../api.ts';
import { moment } from '../format.ts';
import { refresh } from '../live.ts';
import type { Backup } from '../model.ts';
import { shortName } from '../names.ts';
import { closeDialog } from '../open-dialog.ts';
import { notify } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { button } from '../ui/parts.ts';
import { Frame } from './frame.ts';

export function DeleteDialog({ backup: { name, createdAt } }: { readonly backup: Backup }) {
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    const done = await attempt(() => call('DELETE', `/api/backup/${name}`));
    closeDialog();
    if (done !== null) notify('good', t('deleted', { name: shortName(name) }));
    void refresh();
  };
  return h(
    Frame,
    {
      title: t('deleteTitle'),
      onSubmit: () => void go(),
      actions: [
        h('button', { type: 'button', class: 'button soft', 'data-first': '', onClick: closeDialog }, t('cancel')),
        button({ label: t('deleteGo'), look: 'danger', submit: true, disabled: busy }),
      ],
    },
    h('p', {}, t('deleteText', { name: shortName(name), moment: moment(createdAt, locale()) })),
  );
}
