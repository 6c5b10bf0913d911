import { h, type ComponentChildren } from 'preact';

type Attributes = Readonly<Record<string, unknown>>;
type Typed = (value: string) => void;

const valueOf = (event: Event): string =>
  (event.currentTarget as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value;

const field = (name: string, control: ComponentChildren, hint?: string) =>
  h('label', { class: 'field' }, h('span', {}, name), control, hint !== undefined && h('small', {}, hint));

export const inputField = (name: string, attributes: Attributes, onInput: Typed, hint?: string) =>
  field(name, h('input', { ...attributes, onInput: (event: Event) => onInput(valueOf(event)) }), hint);

export const textField = (name: string, attributes: Attributes, onInput: Typed, hint?: string) =>
  field(name, h('textarea', { ...attributes, onInput: (event: Event) => onInput(valueOf(event)) }), hint);

type Options = readonly (readonly [value: string, name: string])[];

export const choice = (value: string, onChoose: Typed, options: Options) =>
  h(
    'select',
    { value, onChange: (event: Event) => onChoose(valueOf(event)) },
    ...options.map(([one, name]) => h('option', { value: one, selected: one === value }, name)),
  );

export const choiceField = (name: string, value: string, onChoose: Typed, options: Options) =>
  field(name, choice(value, onChoose, options));

export const searchField = (name: string, value: string, onInput: Typed) =>
  h(
    'label',
    { class: 'search' },
    h('span', {}, name),
    h('input', { type: 'search', value, onInput: (event: Event) => onInput(valueOf(event)) }),
  );

export const tick = (name: string, checked: boolean, onChange: (checked: boolean) => void) =>
  h(
    'label',
    { class: 'tick' },
    h('input', {
      type: 'checkbox',
      checked,
      onChange: (event: Event) => onChange((event.currentTarget as HTMLInputElement).checked),
    }),
    h('span', {}, name),
  );
