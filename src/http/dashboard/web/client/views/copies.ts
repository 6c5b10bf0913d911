import { h } from 'preact';
import { sendCopies } from '../actions.ts';
import { ago, bytes, count, duration } from '../format.ts';
import type { Copy, Overview } from '../model.ts';
import { isUnderWay, mayOperate, since } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button, card, chip } from '../ui/parts.ts';
import { LastCheck } from './integrity.ts';

/** Every place that holds backups, and whether one could come back from it. */
export function Copies({ overview }: { readonly overview: Overview }) {
  const { copies } = overview;
  return card(
    {
      title: t('copies'),
      id: 'copies',
      side:
        copies.length > 1 &&
        button({
          label: t('sendCopies'),
          icon: 'cloud',
          small: true,
          disabled: !mayOperate() || isUnderWay('sync'),
          run: () => void sendCopies(),
        }),
    },
    h('ul', { class: 'copies' }, ...copies.map((copy) => row(copy))),
    copies.length === 1 && h('p', { class: 'advice warn' }, icon('circle', 18), h('span', {}, t('noVault'))),
    h(LastCheck, {}),
  );
}

/** Sending a backup takes a while; that alone is no trouble. */
const LATE_MS = 3_600_000;
const states = {
  good: { level: 'good', word: 'copyGood', image: 'check' },
  sending: { level: 'none', word: 'copySending', image: 'clock' },
  trouble: { level: 'warn', word: 'copyTrouble', image: 'circle' },
  none: { level: 'bad', word: 'copyNone', image: 'alert' },
} as const;

function row(copy: Copy) {
  const { name, label, backups, newestAt, usedBytes, limitBytes, problemWords, pending, behindSince, fullInDays } =
    copy;
  const { rotten, readBackAt, rpoMs } = copy;
  const isUnsure = rpoMs === null && newestAt !== null;
  const behindMs = behindSince === null ? 0 : since(behindSince);
  const state =
    rotten > 0 || problemWords !== null || isUnsure || behindMs > LATE_MS
      ? 'trouble'
      : pending > 0
        ? 'sending'
        : newestAt === null
          ? 'none'
          : 'good';
  const { level, word, image } = states[state];
  const facts = [
    t('copyBackups', { count: count(backups, locale()) }),
    ...(newestAt === null ? [] : [t('copyNewest', { ago: ago(since(newestAt), locale()) })]),
    ...(rotten === 0 ? [] : [t('copyRotten', { count: count(rotten, locale()) })]),
    ...(readBackAt === null ? [] : [t('copyReadBack', { ago: ago(since(readBackAt), locale()) })]),
    ...(usedBytes === null
      ? []
      : [limitBytes === null ? bytes(usedBytes) : t('copyOf', { used: bytes(usedBytes), limit: bytes(limitBytes) })]),
    ...(pending === 0 ? [] : [t('pending', { count: count(pending, locale()) })]),
    ...(isUnsure ? [t('behindUnknown')] : []),
    ...(behindMs > LATE_MS && !isUnsure ? [t('behind', { time: duration(behindMs, locale()) })] : []),
    ...(fullInDays === null ? [] : [t('copyFull', { days: count(fullInDays, locale()) })]),
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
      problemWords !== null && h('p', { class: 'trouble' }, problemWords[locale()]),
    ),
    chip(level, t(word), image),
  );
}
