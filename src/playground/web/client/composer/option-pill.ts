import type { APIApplicationCommandBasicOption } from 'discord-api-types/v10';
import type { ClientAttachment } from '../../../client-state.ts';
import { Option } from '../discord.ts';
import { h, isComposing } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { localName } from './command-list.ts';
import { offered } from './offers.ts';
import { readOption, type Outcome, type Suggestion } from './option-value.ts';
import { chooseFile, upload } from './upload.ts';

export interface Pill {
  readonly option: APIApplicationCommandBasicOption;
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement | HTMLButtonElement;
  readonly offers: readonly Suggestion[] | null;
  typed(): string;
  /** What was picked from the list, while the text still says so. */
  picked(): Suggestion | null;
  pick(suggestion: Suggestion): void;
  read(): Outcome;
  showProblem(problem: string | null): void;
  attach(file: File): Promise<void>;
}

interface Events {
  readonly focused: (pill: Pill) => void;
  readonly typed: (pill: Pill) => void;
  readonly key: (pill: Pill, event: KeyboardEvent) => void;
  readonly removed: (pill: Pill) => void;
}

/** One option of the command: its name, and a field that grows with what is typed. */
export function optionPill(page: Page, option: APIApplicationCommandBasicOption, text: string, events: Events): Pill {
  const name = localName(option, page.settings().locale);
  const isFile = option.type === Option.attachment;
  const offers = offered(page, option);
  const area = h('textarea', {
    rows: 1,
    'aria-label': name,
    'aria-required': String(option.required ?? false),
    autocomplete: 'off',
    spellcheck: false,
    'data-option': option.name,
    enterkeyhint: 'send',
  });
  const button = h(
    'button',
    { type: 'button', class: 'pill-file', 'data-option': option.name },
    icon('file', 16),
    t('chooseFile'),
  );
  const field = isFile ? button : area;
  const grow = h('span', { class: 'pill-field' }, field);
  const problem = h('span', { class: 'pill-problem', role: 'alert' });
  const remove = h(
    'button',
    { class: 'pill-remove', type: 'button', tabindex: -1, 'aria-label': `${t('cancel')} ${name}` },
    icon('close', 12),
  );
  const element = h(
    'span',
    { class: 'pill' },
    h('span', { class: 'pill-name' }, name),
    grow,
    !option.required && remove,
    problem,
  );
  let picked: Suggestion | null = null;
  let file: { readonly id: string; readonly attachment: ClientAttachment } | null = null;

  const mirror = () => (grow.dataset['value'] = area.value);
  const pill: Pill = {
    option,
    element,
    field,
    offers,
    typed: () => area.value,
    picked: () => (picked?.label === area.value ? picked : null),
    pick(suggestion) {
      picked = suggestion;
      area.value = suggestion.label;
      mirror();
      pill.showProblem(null);
    },
    read() {
      if (isFile)
        return file ? { value: file.id } : option.required ? { problem: t('required') } : { value: undefined };
      return picked?.label === area.value ? { value: picked.value } : readOption(option, area.value, offers);
    },
    showProblem(words) {
      problem.textContent = words;
      element.classList.toggle('wrong', words !== null);
      field.setAttribute('aria-invalid', String(words !== null));
    },
    async attach(chosen) {
      if (!isFile) return;
      button.replaceChildren(t('uploading', { name: chosen.name }));
      const sent = await upload(page, chosen);
      file = sent ? { id: sent.uploadId, attachment: sent.attachment } : null;
      button.replaceChildren(icon('file', 16), file ? file.attachment.filename : t('chooseFile'));
      pill.showProblem(null);
    },
  };

  area.value = text;
  mirror();
  area.addEventListener('input', () => {
    if (area.value.includes('\n')) area.value = area.value.replaceAll(/\s*\n\s*/g, ' ');
    mirror();
    pill.showProblem(null);
    events.typed(pill);
  });
  button.addEventListener(
    'click',
    () =>
      void chooseFile()
        .then((chosen) => (chosen ? pill.attach(chosen) : null))
        .then(() => button.focus()),
  );
  field.addEventListener('focus', () => events.focused(pill));
  field.addEventListener('keydown', (event) => {
    // Enter on the file button opens the chooser until a file is there; then it sends.
    if (event instanceof KeyboardEvent && !isComposing(event) && !(isFile && !file && event.key === 'Enter'))
      events.key(pill, event);
  });
  remove.addEventListener('click', () => events.removed(pill));
  element.addEventListener('pointerdown', (event) => {
    if (event.target !== element && !(event.target instanceof Element && event.target.matches('.pill-name'))) return;
    event.preventDefault();
    field.focus();
  });
  return pill;
}
