import { h } from 'preact';
import { count, dayName } from '../format.ts';
import type { Overview } from '../model.ts';
import { locale, t } from '../texts/index.ts';
import { Bars } from '../ui/bars.ts';
import { card } from '../ui/parts.ts';

export function QuestionsPerDay({ overview }: { readonly overview: Overview }) {
  const { questions } = overview;
  const body =
    questions === null
      ? h('p', { class: 'muted' }, t('restoringNow'))
      : questions.totals.questions === 0
        ? h('p', { class: 'muted' }, t('noQuestions'))
        : h(Bars, {
            id: 'per-day-chart',
            label: t('perDayLabel'),
            column: t('day'),
            series: [
              { name: t('answered'), look: 'series-1' },
              { name: t('refused'), look: 'series-2' },
              { name: t('failed'), look: 'series-3' },
            ],
            columns: questions.days.map(({ day, answered, refused, failed }) => ({
              name: dayName(day, locale()),
              values: [answered, refused, failed],
            })),
            number: (value) => count(value, locale()),
          });
  return card({ title: t('perDay'), id: 'per-day' }, body);
}
