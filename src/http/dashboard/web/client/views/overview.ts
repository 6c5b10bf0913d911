import { Fragment, h } from 'preact';
import { count, moment, percent } from '../format.ts';
import type { Overview as Whole } from '../model.ts';
import { partName } from '../names.ts';
import { useStore } from '../store.ts';
import { locale, t, type TextName } from '../texts/index.ts';
import { card, chip, levelIcon, tile, votesInWords } from '../ui/parts.ts';
import { Copies } from './copies.ts';
import { Hero } from './hero.ts';
import { QuestionsPerDay } from './questions-per-day.ts';
import { StorageCard } from './storage.ts';

export function Overview({ overview }: { readonly overview: Whole }) {
  const { totals, questions, startedAt } = overview;
  const number = (value: number): string => count(value, locale());
  const asked = questions?.totals;
  return h(
    Fragment,
    {},
    h(Hero, { overview }),
    h(
      'dl',
      { class: 'tiles' },
      tile(t('documents'), number(totals.documents), `${number(totals.passages)} ${t('passages').toLowerCase()}`),
      tile(t('servers'), number(totals.guilds), `${t('upSince')} ${moment(startedAt, locale())}`),
      tile(t('questions'), asked === undefined ? '–' : number(asked.questions), t('thirtyDays')),
      tile(
        t('answered'),
        asked === undefined ? '–' : percent(asked.answered, asked.questions),
        asked === undefined ? t('noVotes') : votesInWords(asked),
      ),
    ),
    h(
      'div',
      { class: 'grid two' },
      h('div', { class: 'stack' }, h(Copies, { overview }), h(Parts, { overview })),
      h('div', { class: 'stack' }, h(QuestionsPerDay, { overview }), h(StorageCard, { overview, brief: true })),
    ),
  );
}

const states: Readonly<Record<string, { readonly level: 'good' | 'warn' | 'bad'; readonly name: TextName }>> = {
  ok: { level: 'good', name: 'partOk' },
  degraded: { level: 'warn', name: 'partDegraded' },
  down: { level: 'bad', name: 'partStopped' },
  starting: { level: 'warn', name: 'partStarting' },
};

function Parts({ overview }: { readonly overview: Whole }) {
  const { live } = useStore();
  return card(
    { title: t('parts'), id: 'parts' },
    h(
      'ul',
      { class: 'parts' },
      ...(live?.parts ?? overview.parts).map(({ name, state, detail, words }) => {
        const { level, name: word } = states[state] ?? { level: 'warn', name: 'partDegraded' };
        return h(
          'li',
          { key: name },
          h('strong', {}, partName(name)),
          chip(level, t(word), levelIcon(level)),
          h('span', { class: 'muted' }, words?.[locale()] ?? detail),
        );
      }),
    ),
  );
}
