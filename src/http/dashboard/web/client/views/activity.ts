import { Fragment, h } from 'preact';
import { duration } from '../format.ts';
import type { Job, Overview } from '../model.ts';
import { jobNames, shortName, stageName } from '../names.ts';
import { allJobs, useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { card, chip, levelIcon } from '../ui/parts.ts';
import { agoTime } from '../ui/time.ts';
import { Alerts } from './alerts.ts';
import { Checks } from './integrity.ts';
import { LastRestore } from './last-restore.ts';
import { LogTail } from './log.ts';

export function Activity({ overview }: { readonly overview: Overview }) {
  useStore();
  const jobs = allJobs();
  return h(
    Fragment,
    {},
    h(LastRestore, {}),
    h(Alerts, { past: overview.recentAlerts }),
    card(
      { title: t('jobs'), id: 'jobs' },
      jobs.length === 0 ? h('p', { class: 'muted' }, t('noJobs')) : h('ul', { class: 'jobs' }, ...jobs.map(row)),
    ),
    h(Checks, {}),
    h(LogTail, {}),
  );
}

const looks = {
  queued: { level: 'none', name: 'jobQueued' },
  running: { level: 'none', name: 'jobRunning' },
  done: { level: 'good', name: 'jobDone' },
  failed: { level: 'bad', name: 'jobFailed' },
} as const;

function row({ id, kind, state, by, backup, result, startedAt, endedAt, progress, done, total, problem }: Job) {
  const { level, name } = looks[state];
  const about = backup ?? result?.backup?.name ?? null;
  const took = endedAt === null ? null : duration(Date.parse(endedAt) - Date.parse(startedAt), locale());
  const [part, whole] = total === null ? [progress?.doneBytes ?? 0, progress?.totalBytes ?? 0] : [done ?? 0, total];
  const isOpen = state === 'running' || state === 'queued';
  return h(
    'li',
    { key: id },
    h(
      'div',
      { class: 'job-head' },
      h('strong', {}, t(jobNames(kind))),
      about !== null && h('code', {}, shortName(about)),
      chip(level, t(name), level === 'none' ? 'clock' : levelIcon(level)),
    ),
    h(
      'p',
      { class: 'muted' },
      agoTime(startedAt),
      took !== null && ` · ${took}`,
      by !== null && ` · ${t('by', { name: by })}`,
      isOpen && progress !== null && ` · ${stageName(progress.stage)}`,
    ),
    isOpen && whole > 0 && h('progress', { max: whole, value: part, 'aria-label': t(jobNames(kind)) }),
    problem !== null && h('p', { class: 'trouble' }, problem.words?.[locale()] ?? problem.detail),
  );
}
