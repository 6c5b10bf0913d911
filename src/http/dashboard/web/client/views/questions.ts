import { Fragment, h } from 'preact';
import { ago, count, percent } from '../format.ts';
import { dismissQuestion } from '../actions.ts';
import type { Overview, Unanswered } from '../model.ts';
import { openDialog } from '../open-dialog.ts';
import { mayOperate, since } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button, card, tile, votesInWords } from '../ui/parts.ts';
import { QuestionsPerDay } from './questions-per-day.ts';

export function Questions({ overview }: { readonly overview: Overview }) {
  const { questions } = overview;
  if (questions === null) return h('p', { class: 'note' }, t('restoringNow'));
  const { totals, unanswered, unansweredPrivately } = questions;
  const number = (value: number): string => count(value, locale());
  const share = (value: number): string => t('ofAll', { percent: percent(value, totals.questions) });
  return h(
    Fragment,
    {},
    h(
      'dl',
      { class: 'tiles' },
      tile(t('asked'), number(totals.questions), t('thirtyDays')),
      tile(t('answered'), number(totals.answered), share(totals.answered), 'series-1'),
      tile(t('refused'), number(totals.refused), share(totals.refused), 'series-2'),
      tile(t('failed'), number(totals.failed), share(totals.failed), 'series-3'),
      tile(t('helpful'), percent(totals.up, totals.up + totals.down), votesInWords(totals)),
    ),
    h(QuestionsPerDay, { overview }),
    card(
      { title: t('unanswered'), id: 'unanswered' },
      h('p', { class: 'muted' }, t('unansweredHint')),
      unanswered.length === 0 && unansweredPrivately === 0
        ? h('p', { class: 'all-well' }, icon('check', 20), h('span', {}, t('unansweredNone')))
        : h('ol', { class: 'unanswered' }, ...unanswered.map(row)),
      unansweredPrivately === 0
        ? null
        : h('p', { class: 'muted' }, t('unansweredPrivately', { count: number(unansweredPrivately) })),
    ),
  );
}

function row(unanswered: Unanswered) {
  const { question, guild, times, lastAskedAt } = unanswered;
  const facts = [
    times === 1 ? t('once') : t('times', { count: count(times, locale()) }),
    t('lastAsked', { ago: ago(since(lastAskedAt), locale()) }),
  ];
  return h(
    'li',
    { key: `${guild} ${question}` },
    h('div', {}, h('p', { class: 'question' }, question), h('p', { class: 'muted' }, facts.join(' · '))),
    button({
      label: t('dismissQuestion'),
      small: true,
      says: t('dismissOne', { question }),
      disabled: !mayOperate(),
      run: () => void dismissQuestion(unanswered),
    }),
    button({
      label: t('teach'),
      icon: 'book',
      small: true,
      says: t('teachOne', { question }),
      disabled: !mayOperate(),
      run: () => openDialog({ kind: 'teach', unanswered }),
    }),
  );
}
