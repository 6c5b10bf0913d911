import type { ClientChannel } from '../../../client-state.ts';
import { findCommand, whoHas } from '../composer/available.ts';
import { localName } from '../composer/command-list.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t, type TextName } from '../texts.ts';

interface Try {
  readonly path: string;
  readonly hint: TextName;
  /** Goes into the first option. */
  readonly example?: TextName;
}

/** Questions that what the playground was taught answers. */
const questions: readonly Try[] = [
  { path: 'ask', hint: 'askHint', example: 'askExample' },
  { path: 'ask', hint: 'askMoreHint', example: 'askMoreExample' },
];
/** What to try then; where somebody else has the command, a click makes one them. */
const more: readonly Try[] = [
  { path: 'knowledge add', hint: 'teachHint' },
  { path: 'backup', hint: 'backupHint' },
  { path: 'help', hint: 'helpHint' },
];

interface Suggestion {
  readonly hint: TextName;
  readonly shown: string;
  readonly run: () => void;
}

function commandsToTry(page: Page, tries: readonly Try[]): readonly Suggestion[] {
  const { locale } = page.settings();
  return tries.flatMap(({ path, example, hint }) => {
    const leaf = findCommand(page, path);
    if (!leaf) return personToBecome(page, path, hint);
    const first = leaf.options[0];
    const typed = `/${leaf.localPath}${first && example ? ` ${localName(first, locale)}: ${t(example)}` : ''}`;
    return [{ hint, shown: typed, run: () => page.prefill(typed) }];
  });
}

function personToBecome(page: Page, path: string, hint: TextName): readonly Suggestion[] {
  const persona = whoHas(page, path);
  return persona === null ? [] : [{ hint, shown: t(`become ${persona}`), run: () => page.change({ persona }) }];
}

function mentionToTry(page: Page): readonly Suggestion[] {
  const bot = page.store.snapshot()?.bot;
  if (!bot) return [];
  const text = t('mentionExample');
  const run = () => page.prefill(`<@${bot.id}> ${text}`);
  return [{ hint: 'mentionHint', shown: `@${bot.displayName} ${text}`, run }];
}

/** The channel's beginning. Empty, it says where one is and what to try; later it is a line above the messages. */
export function introView(page: Page, channel: ClientChannel, begun: boolean): HTMLElement {
  const bot = page.store.snapshot()?.bot;
  const names = { channel: channel.name, bot: bot?.displayName ?? '' };
  if (channel.kind !== 'text' || begun) {
    const text = channel.kind === 'dm' ? t('welcomeDm', names) : t('welcomeShort', names);
    return h(
      'section',
      { class: 'intro begun' },
      h(
        'span',
        { class: 'intro-icon' },
        icon(channel.kind === 'thread' ? 'thread' : channel.kind === 'dm' ? 'at' : 'hash', 28),
      ),
      h('h2', {}, channel.kind === 'text' ? t('welcomeTitle', names) : channel.name),
      h('p', {}, text),
    );
  }
  return h(
    'section',
    { class: 'intro' },
    h('span', { class: 'intro-icon' }, icon('hash', 40)),
    h('h2', {}, t('welcomeTitle', names)),
    h('p', {}, t('welcomeText', names)),
    h('h3', {}, t('welcomeTry')),
    cards([...commandsToTry(page, questions), ...mentionToTry(page)]),
    h('h3', {}, t('welcomeThen')),
    cards(commandsToTry(page, more)),
  );
}

function cards(suggestions: readonly Suggestion[]): HTMLElement {
  return h(
    'ul',
    { class: 'suggestions' },
    ...suggestions.map(({ hint, shown, run }) =>
      h(
        'li',
        {},
        h(
          'button',
          { class: 'suggestion', type: 'button', on: { click: run } },
          h('span', { class: 'suggestion-hint' }, t(hint)),
          h('span', { class: 'suggestion-text' }, shown),
        ),
      ),
    ),
  );
}
