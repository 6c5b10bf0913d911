import type { APIModalInteractionResponseCallbackComponent, APITextInputComponent } from 'discord-api-types/v10';
import type { ClientModal } from '../../../client-state.ts';
import { Kind, SHORT_TEXT } from '../discord.ts';
import { h, isComposing, type Child } from '../dom.ts';
import { icon } from '../icons.ts';
import { renderMarkdown } from '../markdown/render.ts';
import type { Page } from '../page.ts';
import { Refused } from '../socket.ts';
import { t } from '../texts.ts';
import { openDialog } from './popup.ts';
import { entityChoices, selectView } from './select.ts';

type Values = Record<string, string | readonly string[]>;
interface Field {
  readonly customId: string;
  readonly element: HTMLElement;
  read(): string | readonly string[];
}

let count = 0;

/** The bot's form. It stays open until the bot has taken it, so that nothing typed is lost when it fails. */
export async function showModal(page: Page, modal: ClientModal): Promise<void> {
  const bot = page.store.snapshot()?.bot.displayName ?? '';
  const fields: Field[] = [];
  const rows = modal.components.map((component) => row(page, component, fields));
  const failure = h('div', { class: 'failure', role: 'alert', hidden: true });
  const submit = h(
    'button',
    { class: 'button primary', type: 'submit' },
    h('span', { class: 'button-label' }, t('submit')),
    h('span', { class: 'dots' }, h('i'), h('i'), h('i')),
  );
  const form = h(
    'form',
    {},
    h(
      'header',
      {},
      h('h2', {}, modal.title),
      h(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': t('close'), on: { click: () => dialog.close() } },
        icon('close'),
      ),
    ),
    h('p', { class: 'form-note' }, t('formSentTo', { bot })),
    h('div', { class: 'form-rows' }, ...rows),
    failure,
    h(
      'div',
      { class: 'dialog-buttons' },
      h('button', { class: 'button secondary', type: 'button', on: { click: () => dialog.close() } }, t('cancel')),
      submit,
    ),
  );
  const dialog = h('dialog', { class: 'dialog form', 'aria-label': modal.title }, form);
  let taken = false;

  async function send(): Promise<void> {
    submit.classList.add('pending');
    failure.hidden = true;
    const values: Values = Object.fromEntries(fields.map((field) => [field.customId, field.read()]));
    try {
      const { interactionId } = await page.request('submitModal', { modalId: modal.id, values });
      taken = (await fateOf(page, interactionId)) === 'acknowledged';
      if (taken) return dialog.close();
      failure.replaceChildren(icon('alert', 16), t('formFailed'));
    } catch (error) {
      failure.replaceChildren(icon('alert', 16), error instanceof Refused ? error.message : t('formFailed'));
    }
    failure.hidden = false;
    submit.classList.remove('pending');
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!submit.classList.contains('pending')) void send();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isComposing(event)) form.requestSubmit();
  });
  const closed = openDialog(dialog);
  form.querySelector<HTMLElement>('input, textarea, .select-button')?.focus();
  await closed;
  if (!taken) await page.request('closeModal', { modalId: modal.id }).catch(() => null);
}

/** Waits until the bot has acknowledged the interaction, or failed to. */
function fateOf(page: Page, interactionId: string): Promise<'acknowledged' | 'failed'> {
  return new Promise((resolve) => {
    const look = () => {
      const state = page.store.interaction(interactionId)?.state;
      if (state !== 'acknowledged' && state !== 'failed') return;
      stop();
      resolve(state);
    };
    const stop = page.store.subscribe(({ kind }) => kind === 'interaction' && look());
    look();
  });
}

function row(page: Page, component: APIModalInteractionResponseCallbackComponent, fields: Field[]): Child {
  if (component.type === Kind.textDisplay) return renderMarkdown(component.content, page.names);
  if (component.type === Kind.actionRow) {
    const input = component.components[0];
    if (!input) return null;
    return labelled(input.label ?? '', undefined, input.required !== false, (id) => keep(fields, textField(input, id)));
  }
  if (component.type !== Kind.label) return null;
  const inner = component.component;
  if (inner.type === Kind.textInput) {
    return labelled(component.label, component.description, inner.required !== false, (id) =>
      keep(fields, textField(inner, id)),
    );
  }
  if (!('placeholder' in inner) && !('min_values' in inner) && inner.type !== Kind.stringSelect) return null;
  if (inner.type > Kind.channelSelect || !('custom_id' in inner)) return null;
  const required = !('required' in inner) || inner.required !== false;
  return labelled(component.label, component.description, required, (id) => {
    const select = selectView({
      label: 'placeholder' in inner ? inner.placeholder : undefined,
      choices: inner.type === Kind.stringSelect ? inner.options : entityChoices(page, inner.type),
      min: 'min_values' in inner ? (inner.min_values ?? 1) : 1,
      max: 'max_values' in inner ? (inner.max_values ?? 1) : 1,
      disabled: false,
      labelledBy: id,
      onChoose: () => {},
    });
    return keep(fields, { customId: inner.custom_id, element: select.element, read: () => select.values() });
  });
}

function keep(fields: Field[], field: Field): HTMLElement {
  fields.push(field);
  return field.element;
}

function labelled(
  label: string,
  description: string | undefined,
  required: boolean,
  build: (labelId: string) => HTMLElement,
): HTMLElement {
  count += 1;
  const id = `field-${count}`;
  return h(
    'div',
    { class: 'field' },
    h(
      'div',
      { class: 'field-label', id },
      label,
      required && h('span', { class: 'required', 'aria-hidden': 'true' }, '*'),
    ),
    description && h('div', { class: 'field-description' }, description),
    build(id),
  );
}

function textField(input: APITextInputComponent, labelId: string): Field {
  const attributes = {
    'aria-labelledby': labelId,
    placeholder: input.placeholder,
    required: input.required !== false,
    minlength: input.min_length,
    maxlength: input.max_length ?? 4000,
    name: input.custom_id,
  };
  const field =
    input.style === SHORT_TEXT
      ? h('input', { type: 'text', ...attributes })
      : h('textarea', { rows: 6, ...attributes });
  field.value = input.value ?? '';
  const left = h('span', { class: 'characters-left', 'aria-hidden': 'true' });
  const countLeft = () => (left.textContent = `${field.value.length} / ${input.max_length ?? 4000}`);
  field.addEventListener('input', countLeft);
  countLeft();
  return { customId: input.custom_id, element: h('div', { class: 'input' }, field, left), read: () => field.value };
}
