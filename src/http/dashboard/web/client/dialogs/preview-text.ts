import { Fragment, h } from 'preact';
import { count, duration } from '../format.ts';
import type { Preview } from '../model.ts';
import { locale, t, type TextName } from '../texts/index.ts';

/** The same as Discord shows before a restore. */
export function PreviewText({ preview }: { readonly preview: Preview }) {
  const { votesChanging, guildsWithOtherSettings, scheduleChanges, remarks, estimatedMs, undoable } = preview;
  const lost = [...documents(preview.documentsLost), ...line(preview.questionsLost, 'questionsCount', 'oneQuestion')];
  const returning = [
    ...documents(preview.documentsReturning),
    ...line(preview.questionsReturning, 'questionsCount', 'oneQuestion'),
  ];
  const changing = [
    ...line(votesChanging, 'votesCount'),
    ...line(guildsWithOtherSettings, 'settingsOf'),
    ...(scheduleChanges ? [h('li', {}, t('scheduleOfBackups'))] : []),
  ];
  const nothing = lost.length + returning.length + changing.length === 0;
  return h(
    Fragment,
    {},
    nothing && h('p', {}, t('nothingChanges')),
    lost.length > 0 && block('bad', t('disappear'), lost),
    returning.length > 0 && block('good', t('returning'), returning),
    changing.length > 0 && block('warn', t('changing'), changing),
    ...remarks.map((remark) => h('p', { class: 'note' }, remark[locale()])),
    h('p', {}, t('takes', { time: duration(estimatedMs, locale()) }), ' ', t(undoable ? 'undoable' : 'notUndoable')),
  );
}

const block = (level: string, title: string, lines: readonly ReturnType<typeof h>[]) =>
  h('div', { class: `change ${level}` }, h('h3', {}, title), h('ul', {}, ...lines));

const line = (value: number, many: TextName, one = many) =>
  value === 0 ? [] : [h('li', {}, t(value === 1 ? one : many, { count: count(value, locale()) }))];

function documents({ count: all, titles }: Preview['documentsLost']) {
  const more = all - titles.length;
  if (all === 0) return [];
  const item = h(
    'li',
    {},
    t('documentsCount', { count: count(all, locale()) }),
    h(
      'ul',
      { class: 'titles' },
      ...titles.map((title) => h('li', {}, title)),
      more > 0 && h('li', { class: 'muted' }, t('andMore', { count: count(more, locale()) })),
    ),
  );
  return [item];
}
