import type { APIApplicationCommandBasicOption } from 'discord-api-types/v10';
import { Option } from '../discord.ts';
import { h } from '../dom.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { localDescription, localName, takesText, type Typed } from './command-list.ts';
import { localChoice, matching, type Suggestion } from './option-value.ts';
import { optionPill, type Pill } from './option-pill.ts';
import type { SuggestionList } from './suggestion-list.ts';

const AUTOCOMPLETE_DELAY_MS = 250;

interface Done {
  /** Sent to the server, or given up: back to plain text (null: nothing to keep). */
  readonly closed: (text: string | null) => void;
}

/** A chosen command: its name, a pill for each required option, and the optional ones on offer. */
export function commandForm(
  page: Page,
  list: SuggestionList,
  { leaf, values }: Pick<Typed, 'leaf' | 'values'>,
  done: Done,
) {
  const { locale } = page.settings();
  const command = h('span', { class: 'pill-command' }, `/${leaf.localPath}`);
  const more = h('button', { class: 'pill-more', type: 'button', on: { click: () => addNext() } });
  const element = h('form', { class: 'command-form', tabindex: -1, 'aria-label': `/${leaf.localPath}` }, command, more);
  const pills: Pill[] = [];
  let request = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;

  const missing = () => leaf.options.filter((option) => !pills.some((pill) => pill.option.name === option.name));

  function add(option: APIApplicationCommandBasicOption, text = ''): Pill {
    const pill = optionPill(page, option, text, { focused: suggest, typed: suggest, key: onKey, removed: remove });
    pills.push(pill);
    element.insertBefore(pill.element, more);
    drawMore();
    return pill;
  }

  function addNext(): boolean {
    const next = missing()[0];
    if (next) add(next).field.focus();
    return next !== undefined;
  }

  function remove(pill: Pill): void {
    const at = pills.indexOf(pill);
    pills.splice(at, 1);
    pill.element.remove();
    drawMore();
    focus(pills[at - 1] ?? pills[0]);
  }

  function drawMore(): void {
    const count = missing().length;
    more.hidden = count === 0;
    more.textContent = t('moreOptions', { count });
  }

  function focus(pill: Pill | undefined): void {
    if (!pill) {
      element.focus(); // Enter sends it as it is
      return suggest(null);
    }
    pill.field.focus();
    const { length } = pill.typed();
    if (pill.field instanceof HTMLTextAreaElement) pill.field.setSelectionRange(length, length);
  }

  /** What is said above: the option's meaning, what it offers, and which other options there are. */
  function show(pill: Pill | null, found: readonly Suggestion[], status?: string): void {
    const option = pill?.option;
    const title = h(
      'span',
      {},
      h('strong', {}, option ? localName(option, locale) : `/${leaf.localPath}`),
      h('span', {}, option ? localDescription(option, locale) : leaf.description),
    );
    const others = missing().map((other) =>
      h(
        'button',
        {
          class: 'option-chip',
          type: 'button',
          tabindex: -1,
          title: localDescription(other, locale),
          on: { click: () => add(other).field.focus() },
        },
        localName(other, locale),
      ),
    );
    list.show({
      field: pill?.field ?? element,
      title,
      rows: found.map((suggestion) => ({
        label: suggestion.label,
        ...(suggestion.detail === undefined ? {} : { hint: suggestion.detail }),
        choose: () => {
          pill?.pick(suggestion);
          const next = pills.find((other) => other.option.required && 'problem' in other.read());
          if (next) focus(next);
          else if (pill) show(pill, []);
        },
      })),
      extra: [
        status ? h('div', { class: 'suggest-status', role: 'status' }, status) : null,
        others.length > 0 ? h('div', { class: 'option-chips' }, h('span', {}, t('optional')), ...others) : null,
      ],
    });
  }

  function suggest(pill: Pill | null): void {
    clearTimeout(timer);
    request += 1;
    if (!pill) return show(null, []);
    if (pill.picked() && pill.offers === null) return show(pill, []);
    if (pill.offers) {
      const typed = pill.picked() ? '' : pill.typed();
      const found = matching(pill.offers, typed);
      return show(pill, found, found.length === 0 ? t('noOptions') : undefined);
    }
    if (!('autocomplete' in pill.option) || !pill.option.autocomplete) return show(pill, []);
    show(pill, [], t('loadingOptions'));
    const mine = request;
    timer = setTimeout(() => void complete(pill, mine), AUTOCOMPLETE_DELAY_MS);
  }

  async function complete(pill: Pill, mine: number): Promise<void> {
    const channelId = page.store.channel()?.id ?? '';
    const options = { ...collect().options, [pill.option.name]: pill.typed() };
    try {
      const answer = await page.request('autocomplete', {
        channelId,
        name: leaf.path,
        options,
        focused: pill.option.name,
      });
      if (mine !== request) return; // typed on, or elsewhere by now
      const found = answer.choices.map((choice) => ({ label: localChoice(choice, locale), value: choice.value }));
      show(pill, found, found.length === 0 ? t('noOptions') : undefined);
    } catch {
      if (mine === request) show(pill, [], t('optionsFailed'));
    }
  }

  function collect() {
    const options: Record<string, string | number | boolean> = {};
    const wrong: { readonly pill: Pill; readonly problem: string }[] = [];
    for (const pill of pills) {
      const outcome = pill.read();
      if ('problem' in outcome) wrong.push({ pill, problem: outcome.problem });
      else if (outcome.value !== undefined) options[pill.option.name] = outcome.value;
    }
    return { options, wrong };
  }

  async function submit(): Promise<void> {
    const { options, wrong } = collect();
    for (const { pill, problem } of wrong) pill.showProblem(problem);
    if (wrong[0]) return focus(wrong[0].pill);
    if (sending) return;
    sending = true;
    const sent = await page.act('command', { channelId: page.store.channel()?.id ?? '', name: leaf.path, options });
    sending = false;
    if (sent) done.closed(null);
  }

  /** With no option in use, what is typed goes into the first that takes text, the character of this key among it. */
  function type(event: KeyboardEvent): void {
    const next = missing().find(takesText);
    if (next) return add(next).field.focus();
    event.preventDefault();
    sayLeft(event.key);
  }

  function sayLeft(text: string): void {
    show(null, [], t('takesNoText', { command: `/${leaf.localPath}`, text }));
  }

  function onKey(pill: Pill | null, event: KeyboardEvent): void {
    const at = pill ? pills.indexOf(pill) : -1;
    const choosing =
      list.isOpen() && pill !== null && !(pill.typed() === '' && !pill.option.required && event.key === 'Enter');
    if (event.key === 'ArrowDown' && list.isOpen()) list.move(1);
    else if (event.key === 'ArrowUp' && list.isOpen()) list.move(-1);
    else if (event.key === 'Enter' && choosing && !pill.picked()) list.choose();
    else if (event.key === 'Enter') void submit();
    else if (event.key === 'Tab' && !event.shiftKey) {
      if (choosing && !pill.picked() && (pill.typed() !== '' || pill.option.required)) list.choose();
      else if (pills[at + 1]) focus(pills[at + 1]);
      else if (!addNext()) return;
    } else if (!pill && isPrintable(event)) return type(event);
    else if (event.key === 'Escape') done.closed(null);
    else if (event.key === 'Backspace' && (!pill || (pill.typed() === '' && pill.option.type !== Option.attachment))) {
      if (pill && !pill.option.required) remove(pill);
      else if (at > 0) focus(pills[at - 1]);
      else done.closed(`/${leaf.localPath}`);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  for (const option of leaf.options) {
    if (option.required || values[option.name] !== undefined) add(option, values[option.name]);
  }
  // Where all may be left out, the first is there to write into at once, with an input method too.
  const [first] = leaf.options;
  if (pills.length === 0 && first?.type === Option.string) add(first);
  drawMore();
  element.addEventListener('submit', (event) => event.preventDefault());
  element.addEventListener('keydown', (event) => {
    if (event.target === element || (event.target === more && event.key !== 'Enter')) onKey(null, event);
  });
  more.addEventListener('focus', () => suggest(null));
  element.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) list.left(event);
  });

  return {
    element,
    submit,
    sayLeft,
    focus: () => focus(pills.find((pill) => pill.typed() === '') ?? pills.at(-1)),
    /** A dropped or pasted file goes to the first file option. */
    async attach(file: File): Promise<void> {
      const open = missing().find((option) => option.type === Option.attachment);
      const pill = pills.find((one) => one.option.type === Option.attachment) ?? (open && add(open));
      await pill?.attach(file);
    },
  };
}

const isPrintable = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  Array.from(key).length === 1 && !ctrlKey && !metaKey && !altKey;

export type CommandForm = ReturnType<typeof commandForm>;
