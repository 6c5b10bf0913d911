import type { ClientChannel } from '../../../client-state.ts';
import { findCommand } from '../composer/available.ts';
import { localName } from '../composer/command-list.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t, type TextName } from '../texts.ts';

/** What to try first; those whose command this person has not are left out. `example` goes into the first option. */
const commands: readonly { readonly path: string; readonly example?: TextName; readonly hint: TextName }[] = [
  { path: 'ask', example: 'askExample', hint: 'askHint' },
  { path: 'knowledge add', hint: 'teachHint' },
  { path: 'backup', hint: 'backupHint' },
  { path: 'help', hint: 'helpHint' },
];

interface Suggestion {
  readonly hint: TextName;
  readonly shown: string;
  /** What goes into the composer. */
  readonly typed: string;
}

function suggestionsFor(page: Page): readonly Suggestion[] {
  const { locale } = page.settings();
  const found = commands.flatMap(({ path, example, hint }) => {
    const leaf = findCommand(page, path);
    if (!leaf) return [];
    const first = leaf.options[0];
    const typed = `/${leaf.localPath}${first && example ? ` ${localName(first, locale)}: ${t(example)}` : ''}`;
    return [{ hint, shown: typed, typed }];
  });
  const bot = page.store.snapshot()?.bot;
  if (!bot) return found;
  const text = t('mentionExample');
  return [...found, { hint: 'mentionHint', shown: `@${bot.displayName} ${text}`, typed: `<@${bot.id}> ${text}` }];
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
    h(
      'ul',
      { class: 'suggestions' },
      ...suggestionsFor(page).map(({ hint, shown, typed }) =>
        h(
          'li',
          {},
          h(
            'button',
            { class: 'suggestion', type: 'button', on: { click: () => page.prefill(typed) } },
            h('span', { class: 'suggestion-hint' }, t(hint)),
            h('span', { class: 'suggestion-text' }, shown),
          ),
        ),
      ),
    ),
  );
}
