import { h, type Child } from '../dom.ts';

export interface Row {
  readonly icon?: Node;
  readonly label: string;
  /** Beside the label: the options of a command, the user name of a person. */
  readonly hint?: string;
  readonly description?: string;
  readonly choose: () => void;
}

/** The list above the composer. The focus stays in the field; arrows move what `aria-activedescendant` names. */
export function suggestionList() {
  const title = h('div', { class: 'suggest-title' });
  const list = h('ul', { class: 'suggest-list', role: 'listbox', id: 'suggestions' });
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
    field?.setAttribute('aria-expanded', String(rows.length > 0));
    if (rows.length > 0) field?.setAttribute('aria-activedescendant', `suggestion-${active}`);
    else field?.removeAttribute('aria-activedescendant');
  }

  return {
    element,
    /** `field`: the input it belongs to. */
    show(next: { field: HTMLElement; title: Child; rows: readonly Row[]; extra?: readonly Child[] }): void {
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
    hide(): void {
      element.hidden = true;
      rows = [];
      mark();
    },
    isOpen: () => !element.hidden && rows.length > 0,
    move(step: number): void {
      active = (active + step + rows.length) % Math.max(1, rows.length);
      mark();
    },
    choose(): void {
      rows[active]?.choose();
    },
  };
}

export type SuggestionList = ReturnType<typeof suggestionList>;
