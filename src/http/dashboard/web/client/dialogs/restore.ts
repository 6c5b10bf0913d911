import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { begin, wordsOf } from '../actions.ts';
import { post } from '../api.ts';
import { ago, moment } from '../format.ts';
import type { Preview } from '../model.ts';
import { kindName, originName, shortName } from '../names.ts';
import { closeDialog } from '../open-dialog.ts';
import { since, until, useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { tick } from '../ui/fields.ts';
import { button, chip } from '../ui/parts.ts';
import { Frame } from './frame.ts';
import { PreviewText } from './preview-text.ts';

/** First what would change, then, when that has been read, doing it. */
export function RestoreDialog({ name }: { readonly name: string }) {
  useStore();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [read, setRead] = useState(false);
  const [busy, setBusy] = useState(false);

  function look(): void {
    setPreview(null);
    setProblem(null);
    setRead(false);
    post<Preview>(`/api/backup/${name}/preview`).then(setPreview, (error: unknown) => setProblem(wordsOf(error)));
  }
  useEffect(look, []);

  const isOld = preview !== null && until(preview.confirmUntil) === 0;
  const go = async (): Promise<void> => {
    if (preview === null || !read || busy || isOld) return;
    setBusy(true);
    await begin('/api/backup/restore', { name, confirm: preview.confirm });
    closeDialog();
  };
  const backup = preview?.backup;
  return h(
    Frame,
    {
      title: backup === undefined ? t('restoreOne') : t('restoreTitle', { moment: moment(backup.createdAt, locale()) }),
      wide: true,
      onSubmit: () => void go(),
      actions: [
        h('button', { type: 'button', class: 'button soft', 'data-first': '', onClick: closeDialog }, t('cancel')),
        (problem !== null || isOld) && button({ label: t('lookAgain'), run: look }),
        preview !== null &&
          !isOld &&
          button({ label: t('restoreGo'), icon: 'undo', look: 'danger', submit: true, disabled: !read || busy }),
      ],
    },
    h(
      'div',
      { 'aria-live': 'polite' },
      problem !== null && h('p', { class: 'trouble' }, problem),
      preview === null && problem === null && h('p', { class: 'looking' }, h('i', { class: 'spinner' }), t('looking')),
      backup !== undefined &&
        h(
          'p',
          { class: 'restore-about' },
          h('code', {}, shortName(name)),
          h(
            'span',
            { class: 'muted' },
            [ago(since(backup.createdAt), locale()), kindName(backup.kind), originName(backup)]
              .filter(Boolean)
              .join(' · '),
          ),
          backup.state === 'good' && chip('good', t('verified'), 'check'),
          backup.drilled?.ok === true && chip('good', t('drilled'), 'drill'),
        ),
      preview !== null && h(PreviewText, { preview }),
    ),
    isOld && h('p', { class: 'advice warn', role: 'alert' }, t('previewOld')),
    preview !== null && !isOld && tick(t('understood'), read, setRead),
  );
}
