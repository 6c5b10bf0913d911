import { Fragment, h } from 'preact';
import { count, duration } from '../format.ts';
import type { Preview } from '../model.ts';
import { locale, t, type TextName } from '../texts/index.ts';

/** The same as Discord shows before a restore. */
export function PreviewText({ preview }: { readonly preview: Preview }) {
  const { documentsLost, documentsReturning, questionsLost, guildsWithOtherSettings, remarks, estimatedMs, undoable } =
    preview;
  const lost = [
    documentsLost.count > 0 && documents(documentsLost),
    questionsLost > 0 && h('li', {}, counted(questionsLost, 'oneQuestion', 'questionsCount')),
  ].filter((line) => line !== false);
  const nothing = lost.length === 0 && documentsReturning.count === 0 && guildsWithOtherSettings === 0;
  return h(
    Fragment,
    {},
    nothing && h('p', {}, t('nothingChanges')),
    lost.length > 0 && block('bad', t('disappear'), lost),
    documentsReturning.count > 0 && block('good', t('returning'), [documents(documentsReturning)]),
    guildsWithOtherSettings > 0 &&
      block('warn', t('changing'), [h('li', {}, counted(guildsWithOtherSettings, 'settingsOfOne', 'settingsOf'))]),
    ...remarks.map((remark) => h('p', { class: 'note' }, remark[locale()])),
    h('p', {}, t('takes', { time: duration(estimatedMs, locale()) }), ' ', t(undoable ? 'undoable' : 'notUndoable')),
  );
}

const block = (level: string, title: string, lines: readonly ReturnType<typeof h>[]) =>
  h('div', { class: `change ${level}` }, h('h3', {}, title), h('ul', {}, ...lines));

const counted = (value: number, one: TextName, many: TextName): string =>
  value === 1 ? t(one) : t(many, { count: count(value, locale()) });

function documents({ count: all, titles }: Preview['documentsLost']) {
  const more = all - titles.length;
  return h(
    'li',
    {},
    counted(all, 'oneDocument', 'documentsCount'),
    h(
      'ul',
      { class: 'titles' },
      ...titles.map((title) => h('li', {}, title)),
      more > 0 && h('li', { class: 'muted' }, t('andMore', { count: count(more, locale()) })),
    ),
  );
}
