import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { avatar, nameColor, rolesOf } from '../names.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { openUserMenu } from './message-actions.ts';

export function drawHeader(
  page: Page,
  header: HTMLElement,
  toggles: { readonly channels: () => void; readonly members: () => void },
): void {
  const channel = page.store.channel();
  const parent = channel?.kind === 'thread' ? page.store.channel(channel.parentId) : null;
  const button = (name: 'menu' | 'people', label: string, run: () => void) =>
    h(
      'button',
      { class: `icon-button toggle-${name}`, type: 'button', 'aria-label': label, title: label, on: { click: run } },
      icon(name, 22),
    );
  header.replaceChildren(
    button('menu', t('openChannels'), toggles.channels),
    icon(channel?.kind === 'thread' ? 'thread' : channel?.kind === 'dm' ? 'at' : 'hash', 22),
    h(
      'div',
      { class: 'header-text' },
      parent &&
        h(
          'button',
          { class: 'header-parent', type: 'button', on: { click: () => page.openChannel(parent.id) } },
          parent.name,
        ),
      parent && h('span', { class: 'header-step' }, '›'),
      h('h1', {}, channel?.name ?? ''),
      channel?.topic && h('span', { class: 'topic', title: channel.topic }, channel.topic),
    ),
    button('people', t('members'), toggles.members),
  );
}

/** Who is here, grouped by highest role as Discord does. */
export function drawMembers(page: Page, aside: HTMLElement): void {
  const guild = page.store.guild();
  const online = page.store.snapshot()?.botOnline ?? false;
  const botId = page.store.snapshot()?.bot.id;
  const groups = new Map<string, HTMLElement[]>();
  for (const member of guild?.members ?? []) {
    const { user } = member;
    const here = user.id === botId ? online : member.online;
    const group = here ? (rolesOf(guild, user.id)[0]?.name ?? t('online')) : t('offline');
    const color = nameColor(guild, user.id);
    const row = h(
      'li',
      {},
      h(
        'button',
        {
          class: here ? 'person' : 'person away',
          type: 'button',
          on: { click: (event) => openUserMenu(page, user, event.clientX - 250, event.clientY) },
        },
        h('span', { class: here ? 'presence on' : 'presence' }, avatar(user, 32)),
        h(
          'span',
          color ? { class: 'person-name role-name', style: { '--role': color } } : { class: 'person-name' },
          user.displayName,
        ),
        user.bot && h('span', { class: 'tag' }, t('app')),
      ),
    );
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  // Roles from the highest down, then everyone else.
  const roleNames = (guild?.roles ?? []).map(({ name }) => name);
  const rank = (name: string) => (name === t('offline') ? -2 : roleNames.lastIndexOf(name));
  const sorted = [...groups].sort(([a], [b]) => rank(b) - rank(a));
  aside.setAttribute('aria-label', t('members'));
  aside.replaceChildren(
    ...sorted.map(([name, rows]) => h('section', {}, h('h3', {}, `${name} — ${rows.length}`), h('ul', {}, ...rows))),
  );
}
