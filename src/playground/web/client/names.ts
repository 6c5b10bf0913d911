import type { ClientGuild, ClientMember, ClientRole, ClientUser } from '../../client-state.ts';
import { h, svg } from './dom.ts';

const palette = ['#5865f2', '#3ba55c', '#d9822b', '#c6418f', '#8e5bd6', '#1f8fb8', '#c4483d'];

function colorFor(user: ClientUser): string {
  const sum = user.id.split('').reduce((total, digit) => total + digit.charCodeAt(0), 0);
  return palette[sum % palette.length] ?? '#5865f2';
}

/** Drawn here: a book for bots, the first letter for people. Nothing is fetched. */
export function avatar(user: ClientUser, size: number): HTMLElement {
  const art = user.bot
    ? h('img', { src: '/web/icon.svg', alt: '', width: size, height: size })
    : svg(
        'svg',
        { viewBox: '0 0 40 40', width: size, height: size, 'aria-hidden': 'true' },
        svg('rect', { width: 40, height: 40, fill: colorFor(user) }),
        letter(user.displayName),
      );
  return h('span', { class: 'avatar', style: { '--size': `${size}px` } }, art);
}

export function firstLetter(name: string): string {
  return Array.from(name)[0] ?? '';
}

function letter(name: string): SVGElement {
  const text = svg('text', {
    x: 20,
    y: 21,
    fill: '#fff',
    'font-size': 18,
    'font-weight': 600,
    'text-anchor': 'middle',
    'dominant-baseline': 'central',
  });
  text.textContent = firstLetter(name).toUpperCase() || '?';
  return text;
}

export function memberOf(guild: ClientGuild | null, userId: string): ClientMember | null {
  return guild?.members.find(({ user }) => user.id === userId) ?? null;
}

/** Roles with the highest first; the one everybody has (the guild's own id) is left out. */
export function rolesOf(guild: ClientGuild | null, userId: string): readonly ClientRole[] {
  const ids = memberOf(guild, userId)?.roleIds ?? [];
  return (guild?.roles ?? []).filter((role) => role.id !== guild?.id && ids.includes(role.id)).reverse();
}

/** A role's colour as CSS, or null for the text's own. */
export function nameColor(guild: ClientGuild | null, userId: string): string | null {
  const color = rolesOf(guild, userId).find((role) => role.color !== 0)?.color;
  return color === undefined ? null : hexColor(color);
}

export function hexColor(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`;
}
