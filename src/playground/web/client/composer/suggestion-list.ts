import { h, type Child } from '../dom.ts';
import { t } from '../texts.ts';

export interface Row {
  readonly icon?: Node;
  readonly label: string;
  /** Beside the label: the options of a command, the user name of a person. */
  readonly hint?: string;
  readonly description?: string;
  readonly choose: () => void;
}

/**
 * The list above the composer. Arrows move what `aria-activedescendant` names, from the field or, where somebody has gone
 * back into it, from the list.
 */
export function suggestionList() {
  const title = h('div', { class: 'suggest-title' });
  const list = h('ul', { class: 'suggest-list', role: 'listbox', id: 'suggestions', tabindex: 0 });
  const extra = h('div', { class: 'suggest-extra' });
  const element = h('div', { class: 'suggest', hidden: true }, title, list, extra);
  let rows: readonly Row[] = [];
  let active = 0;
  let field: HTMLElement | null = null;

  element.addEventListener('pointerdown', (event) => event.preventDefault());

  function mark(): void {
    [...list.children].forEach((row, index) => {
      row.classList.toggle('active', index === active);
      row.setAttribute('aria-selected', String(index === active));
      if (index === active) row.scrollIntoView({ block: 'nearest' });
    });
    for (const element of [field, list]) {
      if (rows.length > 0) element?.setAttribute('aria-activedescendant', `suggestion-${active}`);
      else element?.removeAttribute('aria-activedescendant');
    }
  }

  function move(step: number): void {
    active = (active + step + rows.length) % Math.max(1, rows.length);
    mark();
  }

  list.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter' || event.key === 'Escape') {
      const chosen = event.key === 'Enter' ? rows[active] : undefined;
      field?.focus();
      chosen?.choose();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('blur', ({ relatedTarget }) => {
    if (relatedTarget !== field) hide();
  });

  function hide(): void {
    element.hidden = true;
    rows = [];
    mark();
  }

  return {
    element,
    /** `field`: the input it belongs to. */
    show(next: { field: HTMLElement; title: Child; rows: readonly Row[]; extra?: readonly Child[] }): void {
      list.setAttribute('aria-label', t('suggestions'));
      field = next.field;
      field.setAttribute('aria-controls', 'suggestions');
      field.setAttribute('aria-autocomplete', 'list');
      rows = next.rows;
      active = 0;
      title.replaceChildren(...(next.title ? [next.title] : []));
      list.replaceChildren(
        ...rows.map((row, index) =>
          h(
            'li',
            {
              class: 'suggest-row',
              role: 'option',
              id: `suggestion-${index}`,
              on: {
                click: () => row.choose(),
                pointermove: () => {
                  if (active === index) return;
                  active = index;
                  mark();
                },
              },
            },
            row.icon,
            h(
              'span',
              { class: 'suggest-text' },
              h(
                'span',
                { class: 'suggest-label' },
                row.label,
                row.hint && h('span', { class: 'suggest-hint' }, row.hint),
              ),
              row.description && h('span', { class: 'suggest-description' }, row.description),
            ),
          ),
        ),
      );
      extra.replaceChildren(...(next.extra ?? []).filter((child) => child instanceof Node));
      list.hidden = rows.length === 0;
      element.hidden = false;
      mark();
    },
    hide,
    /** The focus has gone from the field. */
    left({ relatedTarget }: FocusEvent): void {
      if (relatedTarget !== list) hide();
    },
    isOpen: () => !element.hidden && rows.length > 0,
    move,
    choose(): void {
      rows[active]?.choose();
    },
  };
}

export type SuggestionList = ReturnType<typeof suggestionList>;
