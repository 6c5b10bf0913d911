import { h } from 'preact';
import { useState } from 'preact/hooks';
import { begin } from '../actions.ts';
import { closeDialog } from '../open-dialog.ts';
import { t } from '../texts/index.ts';
import { button } from '../ui/parts.ts';
import { Frame } from './frame.ts';

export function BackupDialog() {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    await begin('/api/backup/create', { reason: reason.trim() === '' ? null : reason.trim() });
    closeDialog();
  };
  return h(
    Frame,
    {
      title: t('backupTitle'),
      onSubmit: () => void go(),
      actions: [
        button({ label: t('cancel'), run: closeDialog }),
        button({ label: t('backUpNow'), look: 'primary', submit: true, disabled: busy }),
      ],
    },
    h('p', {}, t('backupText')),
    h(
      'label',
      { class: 'field' },
      h('span', {}, t('reason')),
      h('input', {
        'data-first': '',
        type: 'text',
        maxLength: 200,
        value: reason,
        onInput: (event: Event) => setReason((event.currentTarget as HTMLInputElement).value),
      }),
      h('small', {}, t('reasonHint')),
    ),
  );
}
