import { h } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { drill, setPinned, verify } from '../actions.ts';
import type { Backup } from '../model.ts';
import { shortName } from '../names.ts';
import { openDialog } from '../open-dialog.ts';
import { mayOperate, running } from '../store.ts';
import { t } from '../texts/index.ts';
import { icon, type IconName } from '../ui/icon.ts';
import { button } from '../ui/parts.ts';

/** The way back as a button, all else in a menu. */
export function BackupActions({ backup }: { readonly backup: Backup }) {
  const { name, state, pinned } = backup;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (!open) return undefined;
    box.current?.querySelector<HTMLElement>('[role="menuitem"]:not(:disabled)')?.focus();
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, [open]);
  if (!mayOperate()) return null;

  const busy = running() !== null;
  const close = (): void => {
    setOpen(false);
    more.current?.focus();
  };
  const item = (label: string, image: IconName, run: () => void, disabled = false) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabIndex: -1,
        disabled,
        onClick() {
          close();
          run();
        },
      },
      icon(image, 18),
      label,
    );
  function onKeyDown(event: KeyboardEvent): void {
    const items = [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)') ?? [])];
    const at = items.findIndex((one) => one === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') close();
    if (to === undefined) return;
    event.preventDefault();
    items[to % items.length]?.focus();
  }
  return h(
    'div',
    { class: 'actions', ref: box, onKeyDown: open ? onKeyDown : undefined },
    button({
      label: t('restoreOne'),
      small: true,
      says: `${t('restoreOne')} ${shortName(name)}`,
      disabled: busy || state === 'damaged',
      run: () => openDialog({ kind: 'restore', name }),
    }),
    h(
      'button',
      {
        type: 'button',
        ref: more,
        class: 'icon-button',
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-label': t('moreFor', { name: shortName(name) }),
        onClick: () => setOpen(!open),
      },
      icon('more'),
    ),
    open &&
      h(
        'div',
        { class: 'menu', role: 'menu', 'aria-label': t('moreFor', { name: shortName(name) }) },
        item(t('verifyOne'), 'check', () => void verify(name), busy),
        item(t('drillOne'), 'drill', () => void drill(name), busy || state === 'damaged'),
        item(t(pinned ? 'unpin' : 'pin'), 'pin', () => void setPinned(name, !pinned)),
        h(
          'a',
          { role: 'menuitem', tabIndex: -1, href: `/api/backup/${name}/download`, download: '', onClick: close },
          icon('save', 18),
          t('download'),
        ),
        item(t('delete'), 'trash', () => openDialog({ kind: 'delete', backup }), busy || pinned),
      ),
  );
}
