import { h, type ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { closeDialog } from '../open-dialog.ts';
import { t } from '../texts/index.ts';
import { iconButton } from '../ui/parts.ts';

export interface FrameProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly onSubmit?: () => void;
  readonly children?: ComponentChildren;
  readonly actions: ComponentChildren;
}

/** The browser's own dialog: it holds the focus, gives it back, closes with Escape and leaves the rest of the page inert. */
export function Frame({ title, wide, onSubmit, children, actions }: FrameProps) {
  const element = useRef<HTMLDialogElement>(null);
  // At once, so that what is typed next goes into it.
  useLayoutEffect(() => {
    const { current } = element;
    current?.showModal();
    current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      current?.close();
      // Closing gave the focus back, unless what had it is gone. Where somebody has moved it since, it stays.
      if (document.activeElement === document.body) document.getElementById('content')?.focus();
    };
  }, []);
  return h(
    'dialog',
    {
      ref: element,
      class: wide === true ? 'dialog wide' : 'dialog',
      'aria-labelledby': 'dialog-title',
      // It is told late: when this dialog is gone, another may be open.
      onClose: () => element.current !== null && closeDialog(),
      // A click beside it closes it; one that began inside, selecting a text, does not. The second click of somebody who
      // opens everything with two does nothing at all.
      onMouseDown: (event: MouseEvent) => {
        if (event.target !== element.current) return;
        if (event.detail > 1) event.preventDefault();
        else closeDialog();
      },
    },
    h(
      'form',
      {
        method: 'dialog',
        onSubmit(event: Event) {
          event.preventDefault();
          onSubmit?.();
        },
      },
      h('header', {}, h('h2', { id: 'dialog-title' }, title), iconButton('close', t('close'), closeDialog)),
      h('div', { class: 'dialog-body' }, children),
      h('footer', {}, actions),
    ),
  );
}
