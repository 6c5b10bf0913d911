import type { ComponentType } from 'discord-api-types/v10';
import { Kind } from '../discord.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';

export interface Choice {
  readonly label: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly emoji?: { readonly name?: string | null; readonly id?: string | null } | undefined;
  readonly default?: boolean | undefined;
}

interface SelectProps {
  readonly label: string | undefined;
  readonly choices: readonly Choice[];
  readonly chosen?: readonly string[] | undefined;
  readonly min: number;
  readonly max: number;
  readonly disabled: boolean;
  readonly pending?: boolean;
  readonly labelledBy?: string;
  readonly onChoose: (values: readonly string[]) => void;
}

let count = 0;

/** A select menu: one choice closes it; where several are allowed, closing it sends them. */
export function selectView(props: SelectProps): { readonly element: HTMLElement; values(): readonly string[] } {
  count += 1;
  const id = `select-${count}`;
  const initially = props.chosen ?? props.choices.filter((choice) => choice.default).map(({ value }) => value);
  let chosen = [...initially];
  let active = 0;
  let before = chosen.join('\n');

  const shown = h('span', { class: 'select-value' });
  const button = h(
    'button',
    {
      class: 'select-button',
      type: 'button',
      role: 'combobox',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-controls': id,
      'aria-labelledby': props.labelledBy,
      'aria-label': props.labelledBy ? undefined : (props.label ?? t('select')),
      disabled: props.disabled,
      'aria-busy': props.pending ? 'true' : undefined,
    },
    shown,
    icon('chevron'),
  );
  const list = h('ul', {
    class: 'select-list',
    id,
    role: 'listbox',
    'aria-multiselectable': props.max > 1 ? 'true' : undefined,
    hidden: true,
  });
  const element = h('div', { class: props.pending ? 'select pending' : 'select' }, button, list);

  function draw(): void {
    const names = props.choices.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
    shown.textContent = names.length > 0 ? names.join(', ') : (props.label ?? t('select'));
    shown.classList.toggle('placeholder', names.length === 0);
    list.replaceChildren(
      ...props.choices.map((choice, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${id}-${index}`,
            class: index === active ? 'active' : '',
            'aria-selected': chosen.includes(choice.value) ? 'true' : 'false',
            on: {
              pointerdown: (event) => event.preventDefault(),
              click: () => {
                active = index;
                choose();
              },
            },
          },
          choice.emoji?.name && h('span', { class: 'button-emoji' }, choice.emoji.name),
          h(
            'span',
            { class: 'select-text' },
            h('span', {}, choice.label),
            choice.description && h('small', {}, choice.description),
          ),
          h('span', { class: 'select-mark' }, chosen.includes(choice.value) && icon('check', 18)),
        ),
      ),
    );
    if (props.choices.length === 0) list.append(h('li', { class: 'empty' }, t('nothingFound')));
    button.setAttribute('aria-activedescendant', list.hidden ? '' : `${id}-${active}`);
  }

  function toggle(open: boolean): void {
    if (list.hidden === !open) return;
    list.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) {
      before = chosen.join('\n');
      active = Math.max(
        0,
        props.choices.findIndex(({ value }) => chosen.includes(value)),
      );
      element.classList.toggle('upwards', button.getBoundingClientRect().bottom > innerHeight - 240);
    } else if (props.max > 1 && before !== chosen.join('\n') && chosen.length >= props.min) props.onChoose(chosen);
    draw();
    if (open) list.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  }

  function choose(): void {
    const value = props.choices[active]?.value;
    if (value === undefined) return;
    if (props.max <= 1) {
      chosen = [value];
      toggle(false);
      return props.onChoose(chosen);
    }
    if (chosen.includes(value)) chosen = chosen.filter((other) => other !== value);
    else if (chosen.length < props.max) chosen.push(value);
    draw();
  }

  button.addEventListener('click', () => toggle(Boolean(list.hidden)));
  button.addEventListener('blur', () => toggle(false));
  button.addEventListener('keydown', (event) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      if (list.hidden) toggle(true);
      else active = (active + step + props.choices.length) % Math.max(1, props.choices.length);
      draw();
      list.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
    } else if (!list.hidden && (event.key === 'Enter' || event.key === ' ')) choose();
    else if (!list.hidden && event.key === 'Escape') toggle(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  draw();
  return { element, values: () => chosen };
}

/** People, roles or channels as choices, by the select's type. */
export function entityChoices(page: Page, type: ComponentType): readonly Choice[] {
  const guild = page.store.guild();
  const people = (guild?.members ?? []).map(({ user }) => ({
    value: user.id,
    label: user.displayName,
    description: user.username,
  }));
  const roles = (guild?.roles ?? []).map((role) => ({ value: role.id, label: `@${role.name}` }));
  if (type === Kind.userSelect) return people;
  if (type === Kind.roleSelect) return roles;
  if (type === Kind.mentionableSelect) return [...people, ...roles];
  const channels = page.store.snapshot()?.channels ?? [];
  return channels
    .filter(({ guildId }) => guildId === guild?.id)
    .map(({ id, name }) => ({ value: id, label: `#${name}` }));
}
