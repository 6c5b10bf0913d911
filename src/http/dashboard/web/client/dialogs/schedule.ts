import { h } from 'preact';
import { useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { post } from '../api.ts';
import { moment } from '../format.ts';
import { refresh } from '../live.ts';
import type { Schedule } from '../model.ts';
import { closeDialog } from '../open-dialog.ts';
import { EVERY, everyName, ruleForm, ruleText, WEEKDAYS, weekdayName, type RuleForm } from '../rule.ts';
import { notify } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { choiceField, inputField, tick } from '../ui/fields.ts';
import { button } from '../ui/parts.ts';
import { Frame } from './frame.ts';

export function ScheduleDialog({ schedule }: { readonly schedule: Schedule }) {
  const [form, setForm] = useState<RuleForm>(ruleForm(schedule.rule));
  const [timeZone, setTimeZone] = useState(schedule.timeZone);
  const [afterChanges, setAfterChanges] = useState(schedule.afterChanges);
  const [busy, setBusy] = useState(false);
  const time = form.often === 'every' ? '02:00' : form.time;

  function choose(often: string): void {
    if (often === 'every') setForm({ often, every: '6h' });
    else if (often === 'weekly') setForm({ often, time, weekday: 'sun' });
    else if (often === 'monthly') setForm({ often, time, day: '1' });
    else setForm({ often: 'daily', time });
  }
  const go = async (): Promise<void> => {
    setBusy(true);
    const change = { enabled: true, rule: ruleText(form), timeZone: timeZone.trim(), afterChanges };
    const saved = await attempt(() => post<Schedule>('/api/backup/scheduler/configure', change));
    setBusy(false);
    if (saved === null) return;
    closeDialog();
    notify('good', t('saved', { when: saved.nextAt === null ? '–' : moment(saved.nextAt, locale()) }));
    void refresh();
  };
  return h(
    Frame,
    {
      title: t('scheduleTitle'),
      onSubmit: () => void go(),
      actions: [
        button({ label: t('cancel'), run: closeDialog }),
        button({ label: t('save'), look: 'primary', submit: true, disabled: busy }),
      ],
    },
    h(
      'div',
      { class: 'fields' },
      choiceField(t('often'), form.often, choose, [
        ['every', t('everyTime', { every: '…' })],
        ['daily', t('daily')],
        ['weekly', t('weekly')],
        ['monthly', t('monthly')],
      ]),
      form.often === 'every' &&
        choiceField(
          t('rule'),
          form.every,
          (every) => setForm({ often: 'every', every }),
          EVERY.map((every) => [every, t('everyTime', { every: everyName(every, locale()) })]),
        ),
      form.often === 'weekly' &&
        choiceField(
          t('onWeekday'),
          form.weekday,
          (weekday) => setForm({ ...form, weekday }),
          WEEKDAYS.map((day) => [day, weekdayName(day, locale())]),
        ),
      form.often === 'monthly' &&
        choiceField(
          t('onDay'),
          form.day,
          (day) => setForm({ ...form, day }),
          Array.from({ length: 28 }, (_, at) => [String(at + 1), String(at + 1)]),
        ),
      form.often !== 'every' &&
        inputField(t('atTime'), { type: 'time', required: true, value: form.time }, (value) =>
          setForm({ ...form, time: value }),
        ),
    ),
    inputField(
      t('timeZone'),
      { type: 'text', required: true, maxLength: 60, list: 'time-zones', value: timeZone },
      setTimeZone,
    ),
    h('datalist', { id: 'time-zones' }, ...zones().map((zone) => h('option', { value: zone }))),
    tick(t('afterChanges'), afterChanges, setAfterChanges),
  );
}

const zones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];
