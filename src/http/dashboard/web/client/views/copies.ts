import { h } from 'preact';
import { bytes, count, ago } from '../format.ts';
import type { Copy, Overview } from '../model.ts';
import { since } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { card, chip, levelIcon } from '../ui/parts.ts';

/** Every place that holds backups, and whether one could come back from it. */
export function Copies({ overview }: { readonly overview: Overview }) {
  const { copies } = overview;
  return card(
    { title: t('copies'), id: 'copies' },
    h('ul', { class: 'copies' }, ...copies.map((copy) => row(copy))),
    copies.length === 1 && h('p', { class: 'advice warn' }, icon('circle', 18), h('span', {}, t('noVault'))),
  );
}

function row(copy: Copy) {
  const { name, label, backups, newestAt, usedBytes, limitBytes, problem } = copy;
  const level = problem !== null ? 'warn' : newestAt === null ? 'bad' : 'good';
  const facts = [
    backups === 1 ? t('copyOneBackup') : t('copyBackups', { count: count(backups, locale()) }),
    ...(newestAt === null ? [] : [t('copyNewest', { ago: ago(since(newestAt), locale()) })]),
    ...(usedBytes === null
      ? []
      : [limitBytes === null ? bytes(usedBytes) : t('copyOf', { used: bytes(usedBytes), limit: bytes(limitBytes) })]),
  ];
  return h(
    'li',
    { key: name },
    h('span', { class: 'place' }, icon(name === 'local' ? 'machine' : 'cloud', 22)),
    h(
      'div',
      {},
      h('strong', {}, name === 'local' ? t('local') : label),
      h('p', { class: 'muted' }, facts.join(' · ')),
      problem !== null && h('p', { class: 'trouble' }, problem),
    ),
    chip(level, t(problem !== null ? 'copyTrouble' : newestAt === null ? 'copyNone' : 'copyGood'), levelIcon(level)),
  );
}
