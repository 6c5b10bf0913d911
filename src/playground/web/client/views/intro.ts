import type { ClientChannel } from '../../../client-state.ts';
import { findCommand } from '../composer/available.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t, type TextName } from '../texts.ts';

/** What to try first; those whose command this person has not are left out. */
const suggestions: readonly {
  readonly text: () => string;
  readonly command: string | null;
  readonly hint: TextName;
}[] = [
  { text: () => `/ask question: ${t('askExample')}`, command: 'ask', hint: 'askHint' },
  { text: () => '/knowledge add', command: 'knowledge add', hint: 'teachHint' },
  { text: () => '/backup', command: 'backup', hint: 'backupHint' },
  { text: () => t('mentionExample'), command: null, hint: 'mentionHint' },
  { text: () => '/help', command: 'help', hint: 'helpHint' },
];

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
  const possible = suggestions.filter(({ command }) => command === null || findCommand(page, command));
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
      ...possible.map(({ text, command, hint }) => {
        const typed = command === null ? `<@${bot?.id ?? ''}> ${text()}` : text();
        const shown = command === null ? `@${names.bot} ${text()}` : text();
        return h(
          'li',
          {},
          h(
            'button',
            { class: 'suggestion', type: 'button', on: { click: () => page.prefill(typed) } },
            h('span', { class: 'suggestion-hint' }, t(hint)),
            h('span', { class: 'suggestion-text' }, shown),
          ),
        );
      }),
    ),
  );
}
