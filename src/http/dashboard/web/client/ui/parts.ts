import { h, type ComponentChildren } from 'preact';
import { count } from '../format.ts';
import { locale, t } from '../texts/index.ts';
import type { Level } from '../verdict.ts';
import { icon, type IconName } from './icon.ts';

export interface ButtonProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly submit?: boolean;
  /** For those who hear the page: more than the label says. */
  readonly says?: string | undefined;
  readonly run?: () => void;
}

export function button({ label, icon: name, look, small, disabled, submit, says, run }: ButtonProps) {
  return h(
    'button',
    {
      type: submit === true ? 'submit' : 'button',
      class: `button ${look ?? 'soft'}${small === true ? ' small' : ''}`,
      disabled,
      'aria-label': says,
      onClick: run,
    },
    name !== undefined && icon(name, small === true ? 16 : 18),
    h('span', {}, label),
  );
}

export const iconButton = (
  name: IconName,
  label: string,
  run: () => void,
  more: Readonly<Record<string, unknown>> = {},
) =>
  h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onClick: run, ...more },
    icon(name),
  );

/** A card with a heading that names it to those who hear the page. */
export function card(
  props: { readonly title: string; readonly id: string; readonly class?: string; readonly side?: ComponentChildren },
  ...children: ComponentChildren[]
) {
  const id = `${props.id}-title`;
  return h(
    'section',
    { class: `card ${props.class ?? ''}`, 'aria-labelledby': id, id: props.id },
    h('header', { class: 'card-head' }, h('h2', { id }, props.title), props.side),
    ...children,
  );
}

/** One figure, in a `dl`; the look is the colour it has in the charts. */
export const tile = (name: string, value: string, detail: string, look?: string) =>
  h(
    'div',
    { class: 'tile' },
    h('dt', {}, look !== undefined && h('i', { class: `swatch ${look}`, 'aria-hidden': 'true' }), name),
    h('dd', { class: 'tile-value' }, value),
    h('dd', { class: 'tile-detail' }, detail),
  );

export const votesInWords = ({ up, down }: { readonly up: number; readonly down: number }): string =>
  up + down === 0 ? t('noVotes') : `👍 ${count(up, locale())} · 👎 ${count(down, locale())}`;

export const chip = (level: Level | 'none', text: string, name?: IconName) =>
  h('span', { class: `chip ${level}` }, name !== undefined && icon(name, 14), h('span', {}, text));

/** What a level means, for eyes that do not tell its colour from others. */
export const levelIcon = (level: Level): IconName =>
  level === 'good' ? 'check' : level === 'warn' ? 'circle' : 'alert';
