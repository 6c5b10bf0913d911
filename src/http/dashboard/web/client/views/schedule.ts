import { h } from 'preact';
import { startSchedule } from '../actions.ts';
import { ahead, moment } from '../format.ts';
import type { Overview } from '../model.ts';
import { openDialog } from '../open-dialog.ts';
import { ruleInWords } from '../rule.ts';
import { mayOperate, until } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { button, card, chip } from '../ui/parts.ts';
import { agoTime } from '../ui/time.ts';

export function ScheduleCard({ overview: { schedule } }: { readonly overview: Overview }) {
  if (schedule === null)
    return card({ title: t('schedule'), id: 'schedule' }, h('p', { class: 'muted' }, t('restoringNow')));
  const { enabled, rule, timeZone, afterChanges, nextAt, lastAt } = schedule;
  const may = mayOperate();
  return card(
    {
      title: t('schedule'),
      id: 'schedule',
      side: enabled ? chip('good', t('scheduleOn'), 'play') : chip('warn', t('scheduleStopped'), 'pause'),
    },
    h(
      'dl',
      { class: 'facts' },
      fact(t('rule'), `${ruleInWords(rule, locale())} · ${timeZone}`),
      fact(t('next'), nextAt === null ? '–' : `${moment(nextAt, locale())} (${ahead(until(nextAt), locale())})`),
      h('div', {}, h('dt', {}, t('last')), h('dd', {}, lastAt === null ? '–' : agoTime(lastAt))),
      fact(t('onChanges'), t(afterChanges ? 'yes' : 'no')),
    ),
    h(
      'div',
      { class: 'toolbar' },
      button({
        label: t('configure'),
        icon: 'clock',
        disabled: !may,
        run: () => openDialog({ kind: 'schedule', schedule }),
      }),
      button({ label: t(enabled ? 'stop' : 'start'), disabled: !may, run: () => void startSchedule(!enabled) }),
    ),
  );
}

const fact = (name: string, value: string) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
