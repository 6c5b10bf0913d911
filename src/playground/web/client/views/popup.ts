import { h, type Child } from '../dom.ts';
import { icon, type IconName } from '../icons.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly run: () => void;
}
export type MenuSection = { readonly title?: string; readonly items: readonly MenuItem[] };

/** Opens a menu at a point and gives the focus back to where it was. */
export function openMenu(label: string, x: number, y: number, sections: readonly MenuSection[], top?: Child): void {
  document.querySelector<HTMLElement>('.menu')?.dispatchEvent(new Event('dismiss'));
  const origin = document.activeElement;
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label });
  const close = () => {
    removeEventListener('pointerdown', outside, true);
    menu.remove();
  };
  const outside = (event: Event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) close();
  };
  const item = (entry: MenuItem) =>
    h(
      'button',
      {
        class: entry.danger ? 'menu-item danger' : 'menu-item',
        role: 'menuitem',
        type: 'button',
        on: {
          click: () => {
            close();
            if (origin instanceof HTMLElement) origin.focus();
            entry.run();
          },
        },
      },
      h('span', {}, entry.label),
      entry.icon && icon(entry.icon, 18),
    );
  menu.append(
    ...(top instanceof Node ? [top] : []),
    ...sections
      .filter(({ items }) => items.length > 0)
      .map((section) =>
        h(
          'div',
          { class: 'menu-section', role: 'group', 'aria-label': section.title },
          section.title && h('div', { class: 'menu-title' }, section.title),
          ...section.items.map(item),
        ),
      ),
  );
  menu.addEventListener('dismiss', close);
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.querySelectorAll<HTMLElement>('button')];
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') {
      close();
      if (origin instanceof HTMLElement) origin.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // In a landmark, as all that can be read is.
  (document.querySelector('main') ?? document.body).append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.setProperty('left', `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`);
  menu.style.setProperty('top', `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`);
  addEventListener('pointerdown', outside, true);
  menu.querySelector<HTMLElement>('.menu-item')?.focus();
}

/** A native dialog keeps the focus inside and gives it back. Resolves when closed. */
export function openDialog(dialog: HTMLDialogElement): Promise<void> {
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      // Chromium gives the focus back before the caret, which goes with the dialog: typed keys would come to nothing.
      const back = document.activeElement;
      if (back instanceof HTMLElement && back !== document.body) {
        back.blur();
        back.focus();
      }
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A short word that goes away by itself and is read out. */
export function showNotice(text: string): void {
  const region =
    document.querySelector('.notices') ?? h('div', { class: 'notices', role: 'status', 'aria-live': 'assertive' });
  if (!region.isConnected) document.body.append(region);
  const notice = h('div', { class: 'notice' }, icon('alert', 18), h('span', {}, text));
  region.append(notice);
  setTimeout(() => notice.remove(), 6000);
}
