import { h } from 'preact';
import { drill, startSchedule, verify } from '../actions.ts';
import { ago, ahead, bytes, count, duration, moment } from '../format.ts';
import type { Overview } from '../model.ts';
import { kindName, partName, shortName } from '../names.ts';
import { openDialog } from '../open-dialog.ts';
import { ruleInWords } from '../rule.ts';
import { mayOperate, running, since, until, useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button, levelIcon } from '../ui/parts.ts';
import { verdictOf, type Task } from '../verdict.ts';

const verdicts = { good: 'restorableYes', warn: 'restorableToDo', bad: 'restorableAtRisk' } as const;
const shields = { good: 'shield', warn: 'shieldAsk', bad: 'shieldOff' } as const;

/** The one thing to see: whether the knowledge is safe, and what to do when it is not. */
export function Hero({ overview }: { readonly overview: Overview }) {
  const { live } = useStore();
  const { restorable, backups, schedule } = overview;
  const oldest = backups.findLast(({ state, standing }) => state === 'good' && standing !== 'foreign');
  const { level, tasks } = verdictOf(overview, live);
  const newest = backups.find(({ name }) => name === restorable.newest);
  const { drilledAt, rtoMs } = restorable;
  const said = [
    drilledAt === null ? t('neverDrilled') : t('drilledAgo', { ago: ago(since(drilledAt), locale()) }),
    ...(rtoMs === null ? [] : [t('backIn', { time: duration(rtoMs, locale()) })]),
    lossInWords(restorable),
  ];
  const busy = running() !== null;
  return h(
    'section',
    { class: `hero ${level}`, 'aria-labelledby': 'verdict' },
    h('div', { class: 'hero-shield' }, icon(shields[level], 44)),
    h(
      'div',
      { class: 'hero-words' },
      h('h2', { id: 'verdict' }, t(restorable.ok ? verdicts[level] : 'restorableNo')),
      h('p', {}, restorable.ok ? said.join(locale() === 'ja' ? '、' : ', ') : t('nothingSafe')),
    ),
    h(
      'div',
      { class: 'hero-actions' },
      button({
        label: t('backUpNow'),
        icon: 'save',
        look: 'primary',
        disabled: !mayOperate() || busy,
        run: () => openDialog({ kind: 'backup' }),
      }),
      newest !== undefined &&
        button({
          label: t('drillNow'),
          icon: 'drill',
          disabled: !mayOperate() || busy,
          run: () => void drill(newest.name),
        }),
    ),
    h(
      'dl',
      { class: 'hero-figures' },
      newest === undefined
        ? figure(t('newest'), t('never'), '')
        : figure(
            t('newest'),
            ago(since(newest.createdAt), locale()),
            `${bytes(newest.sizeBytes)} · ${kindName(newest.kind)}`,
          ),
      nextBackup(schedule),
      figure(
        t('kept'),
        count(backups.length, locale()),
        oldest === undefined ? '' : t('backTo', { moment: moment(oldest.createdAt, locale()) }),
      ),
    ),
    tasks.length > 0 &&
      h(
        'div',
        { class: 'hero-tasks' },
        h('h3', {}, t('todo')),
        h(
          'ul',
          {},
          ...tasks.map((task) =>
            h(
              'li',
              { key: task.kind === 'alert' ? task.alert.key : task.kind, class: task.level },
              icon(levelIcon(task.level), 18),
              h(
                'span',
                {},
                wordsFor(task),
                task.kind === 'alert' && h('small', {}, t('sinceAgo', { ago: ago(since(task.alert.since), locale()) })),
              ),
              remedy(task, newest?.name ?? null, busy),
            ),
          ),
        ),
      ),
  );
}

/** By what the backups lack, and not by how old they are. */
function lossInWords({ rpoMs, behindSince, talkBehind }: Overview['restorable']): string {
  if (rpoMs === null) return t('lossUnknown');
  if (behindSince !== null && talkBehind === null)
    return t('stateNotBackedUp', { time: duration(since(behindSince), locale()) });
  if (behindSince !== null) return t('atMostLost', { time: duration(since(behindSince), locale()) });
  const talk = talkBehind ?? 0;
  if (talk === 0) return t('allBackedUp');
  const what = talk === 1 ? 'one question or vote' : `${count(talk, 'en')} questions and votes`;
  return t('allButTalk', { count: locale() === 'en' ? what : count(talk, locale()) });
}

/** Of what has changed, where that one comes before the one of the rule. */
function nextBackup(schedule: Overview['schedule']) {
  const { nextAt = null, afterChangesAt = null, rule = '' } = schedule ?? {};
  const isAfterChanges = afterChangesAt !== null && (nextAt === null || afterChangesAt < nextAt);
  const at = isAfterChanges ? afterChangesAt : nextAt;
  if (at === null) return figure(t('nextBackup'), '–', t(schedule === null ? 'restoringNow' : 'scheduleStopped'));
  const which = isAfterChanges ? kindName('after-change') : ruleInWords(rule, locale());
  return figure(t('nextBackup'), ahead(until(at), locale()), which);
}

const figure = (name: string, value: string, hint: string) =>
  h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'hint' }, hint));

function wordsFor(task: Task): string {
  switch (task.kind) {
    case 'no-verified':
      return t('noVerified');
    case 'not-drilled':
      return t('notDrilled');
    case 'drill-old':
      return t('drillOld', { ago: ago(since(task.at), locale()) });
    case 'backup-old':
      return t('backupOld', { age: duration(since(task.at), locale()) });
    case 'schedule-off':
      return t('scheduleOff');
    case 'unverified':
      return t('newestFailed', { name: shortName(task.name) });
    case 'damaged':
      return t('damaged', { count: task.count, name: shortName(task.name) });
    case 'full-soon':
      return t('fullSoon', { days: task.days });
    case 'alert':
      return task.alert.words[locale()];
    case 'part-down':
    default:
      return t('partDown', { part: partName(task.part.name), detail: task.part.words?.[locale()] ?? task.part.detail });
  }
}

function remedy(task: Task, newest: string | null, busy: boolean) {
  const offer = (label: string, run: () => void) =>
    button({ label, small: true, disabled: !mayOperate() || busy, run });
  switch (task.kind) {
    case 'not-drilled':
    case 'drill-old':
      return newest !== null && offer(t('drillNow'), () => void drill(newest));
    case 'unverified':
      return offer(t('verifyNow'), () => void verify(task.name));
    case 'schedule-off':
      return offer(t('startSchedule'), () => void startSchedule(true));
    case 'damaged':
    case 'full-soon':
      return h('a', { class: 'button soft small', href: '#backups' }, t('look'));
    // What makes a backup is the button at the top.
    case 'no-verified':
    case 'backup-old':
    case 'alert':
    case 'part-down':
    default:
      return null;
  }
}
