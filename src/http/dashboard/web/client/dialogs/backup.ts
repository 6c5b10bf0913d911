import { h } from 'preact';
import { useState } from 'preact/hooks';
import { begin } from '../actions.ts';
import { closeDialog } from '../open-dialog.ts';
import { t } from '../texts/index.ts';
import { inputField } from '../ui/fields.ts';
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
    inputField(
      t('reason'),
      { 'data-first': '', type: 'text', maxLength: 200, value: reason },
      setReason,
      t('reasonHint'),
    ),
  );
}
