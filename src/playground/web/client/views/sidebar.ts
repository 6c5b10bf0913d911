import type { DashboardLink } from '../../../client-protocol.ts';
import type { ClientChannel, ClientLocale, PersonaName } from '../../../client-state.ts';
import { h, type Child } from '../dom.ts';
import { icon } from '../icons.ts';
import { avatar, firstLetter } from '../names.ts';
import type { Page } from '../page.ts';
import { paths } from '../paths.ts';
import { t } from '../texts.ts';
import { openDm } from './message-actions.ts';

const personas: readonly PersonaName[] = ['member', 'moderator', 'operator'];

/** The servers on the far left. */
export function drawRail(page: Page, rail: HTMLElement): void {
  const { store } = page;
  const here = store.channel();
  const entry = (label: string, active: boolean, content: Child, open: () => void) =>
    h(
      'button',
      {
        class: active ? 'rail-entry active' : 'rail-entry',
        type: 'button',
        title: label,
        'aria-label': label,
        'aria-current': active ? 'true' : undefined,
        on: { click: open },
      },
      content,
    );
  const guilds = store.snapshot()?.guilds ?? [];
  rail.setAttribute('aria-label', t('servers'));
  rail.replaceChildren(
    entry(
      t('directMessages'),
      here?.kind === 'dm',
      h('img', { src: '/web/icon.svg', alt: '' }),
      () => void openDm(page),
    ),
    h('hr'),
    ...guilds.map((guild) =>
      entry(guild.name, here?.guildId === guild.id, initials(guild.name), () => {
        const first = store.snapshot()?.channels.find(({ guildId, kind }) => guildId === guild.id && kind === 'text');
        if (first) page.openChannel(first.id);
      }),
    ),
  );
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .map((word) => firstLetter(word))
    .join('')
    .slice(0, 3);
}

/** Channels, their threads, and who one is. */
export function drawSidebar(page: Page, sidebar: HTMLElement): void {
  const { store } = page;
  const channels = store.snapshot()?.channels ?? [];
  const guild = store.guild();
  const isDm = store.channel()?.kind === 'dm';
  const shown = channels.filter((channel) =>
    isDm ? channel.kind === 'dm' : channel.kind === 'text' && channel.guildId === guild?.id,
  );
  sidebar.replaceChildren(
    h(
      'div',
      { class: 'sidebar-head' },
      h('h2', { id: 'place' }, isDm ? t('directMessages') : (guild?.name ?? t('playground'))),
    ),
    h(
      'nav',
      { class: 'channels', 'aria-label': t('channels') },
      !isDm && h('div', { class: 'channels-title' }, t('textChannels')),
      h(
        'ul',
        {},
        ...shown.map((channel) => {
          const threads = channels.filter(
            ({ kind, parentId, archived }) => kind === 'thread' && parentId === channel.id && !archived,
          );
          return h(
            'li',
            {},
            channelLink(page, channel),
            threads.length > 0 &&
              h('ul', { class: 'threads' }, ...threads.map((thread) => h('li', {}, channelLink(page, thread)))),
          );
        }),
      ),
    ),
    h(
      'button',
      {
        class: 'to-dashboard',
        type: 'button',
        title: t('dashboardHint'),
        on: { click: () => void openDashboard(page) },
      },
      icon('chart', 18),
      h('span', {}, t('dashboard')),
      icon('external', 16),
    ),
    ...whoPanel(page),
  );
}

/** In a tab of its own, logged in: the server gives out the link to pages of this machine. */
async function openDashboard(page: Page): Promise<void> {
  const headers = { 'x-requested-with': 'nescordbot' };
  const response = await fetch(paths.dashboard, { method: 'POST', headers }).catch(() => null);
  if (response?.ok !== true) return page.notice(t('noDashboard'));
  const { href } = (await response.json()) as DashboardLink;
  open(href, '_blank', 'noopener');
}

function channelLink(page: Page, channel: ClientChannel): HTMLElement {
  const active = page.store.channel()?.id === channel.id;
  const classes = ['channel', active && 'active', page.store.isUnread(channel.id) && 'unread'];
  const bot = page.store.snapshot()?.bot;
  return h(
    'button',
    {
      class: classes.filter(Boolean).join(' '),
      type: 'button',
      'aria-current': active ? 'page' : undefined,
      'data-key': channel.id,
      on: { click: () => page.openChannel(channel.id) },
    },
    channel.kind === 'dm' && bot ? avatar(bot, 28) : channel.kind === 'thread' ? null : icon('hash', 18),
    h('span', {}, channel.name),
  );
}

/** Which person one is, and in which language: the playground's own switch. */
function whoPanel(page: Page): HTMLElement[] {
  const me = page.store.snapshot()?.me;
  if (!me) return [];
  const { persona, locale } = page.settings();
  const choice = <T extends string>(
    name: string,
    value: T,
    current: T,
    label: string,
    hint: string | undefined,
    choose: () => void,
  ) => {
    const input = h('input', { type: 'radio', name, value, 'data-key': `${name} ${value}`, on: { change: choose } });
    input.checked = value === current;
    return h('label', { title: hint }, input, h('span', {}, label));
  };
  const languages: readonly (readonly [ClientLocale, string])[] = [
    ['en', 'English'],
    ['ja', '日本語'],
  ];
  return [
    h(
      'section',
      { class: 'who' },
      h(
        'div',
        { class: 'who-me' },
        avatar(me, 36),
        h('div', {}, h('strong', {}, me.displayName), h('span', {}, t(`${persona}Hint`))),
      ),
      h(
        'fieldset',
        { class: 'switch' },
        h('legend', {}, t('tryAs')),
        h(
          'div',
          { class: 'segments' },
          ...personas.map((name) =>
            choice('persona', name, persona, t(name), t(`${name}Hint`), () => page.change({ persona: name })),
          ),
        ),
      ),
      h(
        'fieldset',
        { class: 'switch' },
        h('legend', {}, t('language')),
        h(
          'div',
          { class: 'segments' },
          ...languages.map(([name, label]) =>
            choice('language', name, locale, label, undefined, () => page.change({ locale: name })),
          ),
        ),
      ),
    ),
  ];
}
